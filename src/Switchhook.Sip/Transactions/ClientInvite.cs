using Switchhook.Sip.Dialogs;

namespace Switchhook.Sip.Transactions;

internal enum ClientInviteState : byte { Calling, Proceeding, Accepted, Completed, Terminated }

/// <summary>
/// INVITE client transaction, RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2.
/// <code>
///   Calling ──1xx──► Proceeding ──2xx──► Accepted ───M───► Terminated
///      │ ├────2xx──────────┼──────────────►┘                  ▲
///      │ └──3xx-6xx────────┴──3xx-6xx──► Completed ─────D─────┤   (ACK sent; over TCP at once)
///      └──B, transport error──────────────────────────────────┘
/// </code>
/// Calling resends the INVITE after A = T1, 2·T1, 4·T1, … over UDP. A CANCEL starts B again, because then a final
/// answer is owed within 64·T1 (§9.1).
/// </summary>
internal sealed class ClientInvite : Transaction
{
    private readonly Outgoing _request;
    private TimeSpan _retransmitAfter = SipTimers.T1;
    private Outgoing? _ack;

    public ClientInvite(Instant now, SipFlow flow, Outgoing request, Outbox outbox) : base(flow, outbox)
    {
        _request = request;
        Timers.Set(Wake.GiveUp, now + SipTimers.GiveUp);
        if (!flow.IsReliable) { Timers.Set(Wake.Retransmit, now + _retransmitAfter); }
        Transmit(request, repeated: false);
    }

    public ClientInviteState State { get; private set; } = ClientInviteState.Calling;

    public override bool HasEnded => State == ClientInviteState.Terminated;

    public override string StateName => State.ToString();

    /// <summary>What the dialogs know of this INVITE.</summary>
    public PlacedInvite? Placed { get; set; }

    /// <summary>True while a final answer is still to come.</summary>
    public bool IsPending => State is ClientInviteState.Calling or ClientInviteState.Proceeding;

    /// <summary>
    /// A response. <paramref name="ack"/> is the ACK of the first 3xx to 6xx, which is part of this transaction (§17.1.1.3);
    /// the ACK of a 2xx is the dialog's. Returns true when the user must see the response.
    /// </summary>
    public bool Receive(Instant now, int status, Outgoing? ack = null)
    {
        switch (State, status)
        {
            case (ClientInviteState.Calling, < 200):
                Enter(ClientInviteState.Proceeding);
                return true;

            case (ClientInviteState.Proceeding, < 200):
                return true;

            case (ClientInviteState.Calling or ClientInviteState.Proceeding, < 300):
                Enter(ClientInviteState.Accepted);
                Timers.Set(Wake.Linger, now + SipTimers.GiveUp);
                return true;

            case (ClientInviteState.Calling or ClientInviteState.Proceeding, _):
                _ack = ack;
                SendAck(repeated: false);
                if (Flow.IsReliable) { Enter(ClientInviteState.Terminated); return true; }
                Enter(ClientInviteState.Completed);
                Timers.Set(Wake.Linger, now + SipTimers.GiveUp);
                return true;

            case (ClientInviteState.Accepted, >= 200 and < 300):
                return true;                    // the same 2xx again, or that of another branch of a fork

            case (ClientInviteState.Completed, >= 300):
                SendAck(repeated: true);
                return false;

            default:
                return false;
        }
    }

    /// <summary>A CANCEL was sent: from here on the final answer is owed.</summary>
    public void Cancelled(Instant now)
    {
        if (State == ClientInviteState.Proceeding) { Timers.Set(Wake.GiveUp, now + SipTimers.GiveUp); }
    }

    public override bool Timeout(Instant now)
    {
        while (Timers.TryTakeExpired(now, out Wake timer))
        {
            switch (State, timer)
            {
                case (ClientInviteState.Calling, Wake.Retransmit):
                    Transmit(_request, repeated: true);
                    _retransmitAfter *= 2;
                    Timers.Set(Wake.Retransmit, now + _retransmitAfter);
                    break;

                case (_, Wake.GiveUp):
                    Enter(ClientInviteState.Terminated);
                    return true;

                case (_, Wake.Linger):
                    Enter(ClientInviteState.Terminated);
                    break;
            }
        }
        return false;
    }

    public override bool TransportFailed()
    {
        bool pending = IsPending;
        if (State != ClientInviteState.Accepted) { Enter(ClientInviteState.Terminated); }
        return pending;
    }

    private void Enter(ClientInviteState next)
    {
        State = next;
        Timers.StopAll();
    }

    private void SendAck(bool repeated)
    {
        if (_ack is not null) { Transmit(_ack, repeated); }
    }
}
