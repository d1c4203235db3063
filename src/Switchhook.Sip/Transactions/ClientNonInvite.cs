namespace Switchhook.Sip.Transactions;

internal enum ClientNonInviteState : byte { Trying, Proceeding, Completed, Terminated }

/// <summary>
/// Non-INVITE client transaction, RFC 3261 §17.1.2.
/// <code>
///   Trying ──1xx──► Proceeding ──200-699──► Completed ──K──► Terminated   (over TCP at once)
///     ├────────200-699──────────────────────►┘                  ▲
///     └──F, transport error (from Proceeding too)───────────────┘
/// </code>
/// Over UDP the request is resent after E = T1, 2·T1, … up to T2, and every T2 in Proceeding.
/// </summary>
internal sealed class ClientNonInvite : Transaction
{
    private readonly Outgoing _request;
    private TimeSpan _retransmitAfter = SipTimers.T1;

    public ClientNonInvite(Instant now, SipFlow flow, Outgoing request, Outbox outbox) : base(flow, outbox)
    {
        _request = request;
        Timers.Set(Wake.GiveUp, now + SipTimers.GiveUp);
        if (!flow.IsReliable) { Timers.Set(Wake.Retransmit, now + _retransmitAfter); }
        Transmit(request, repeated: false);
    }

    public ClientNonInviteState State { get; private set; } = ClientNonInviteState.Trying;

    public override bool HasEnded => State == ClientNonInviteState.Terminated;

    public override string StateName => State.ToString();

    /// <summary>A response. Returns true when the user must see it.</summary>
    public bool Receive(Instant now, int status)
    {
        switch (State, status)
        {
            case (ClientNonInviteState.Trying or ClientNonInviteState.Proceeding, < 200):
                State = ClientNonInviteState.Proceeding;    // timers E and F run on
                return true;

            case (ClientNonInviteState.Trying or ClientNonInviteState.Proceeding, _) when Flow.IsReliable:
                Enter(ClientNonInviteState.Terminated);
                return true;

            case (ClientNonInviteState.Trying or ClientNonInviteState.Proceeding, _):
                Enter(ClientNonInviteState.Completed);
                Timers.Set(Wake.Linger, now + SipTimers.T4);
                return true;

            default:
                return false;
        }
    }

    public override bool Timeout(Instant now)
    {
        while (Timers.TryTakeExpired(now, out Wake timer))
        {
            switch (State, timer)
            {
                case (ClientNonInviteState.Trying or ClientNonInviteState.Proceeding, Wake.Retransmit):
                    Transmit(_request, repeated: true);
                    _retransmitAfter = State == ClientNonInviteState.Proceeding ? SipTimers.T2 : SipTimers.Doubled(_retransmitAfter);
                    Timers.Set(Wake.Retransmit, now + _retransmitAfter);
                    break;

                case (_, Wake.GiveUp):
                    Enter(ClientNonInviteState.Terminated);
                    return true;

                case (_, Wake.Linger):
                    Enter(ClientNonInviteState.Terminated);
                    break;
            }
        }
        return false;
    }

    public override bool TransportFailed()
    {
        bool pending = State is ClientNonInviteState.Trying or ClientNonInviteState.Proceeding;
        Enter(ClientNonInviteState.Terminated);
        return pending;
    }

    private void Enter(ClientNonInviteState next)
    {
        State = next;
        Timers.StopAll();
    }
}
