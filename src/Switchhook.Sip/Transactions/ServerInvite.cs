namespace Switchhook.Sip.Transactions;

internal enum ServerInviteState : byte { Proceeding, Accepted, Completed, Confirmed, Terminated }

/// <summary>
/// INVITE server transaction, RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1.
/// <code>
///   Proceeding ──2xx──► Accepted ───L───► Terminated
///       └────3xx-6xx──► Completed ─ACK─► Confirmed ─I─► Terminated   (over TCP at once)
///                           └──────H──────────────────► Terminated
/// </code>
/// The user answers 100 at once, so the timer that would do it after 200 ms is not needed. A repeated INVITE gets
/// the last response again, but none in Accepted: there the dialog resends the 2xx by its own timer (§13.3.1.4).
/// </summary>
internal sealed class ServerInvite(SipFlow flow, SipFlow reopened, Outbox outbox) : Transaction(flow, outbox)
{
    private TimeSpan _retransmitAfter = SipTimers.T1;
    private Outgoing? _lastResponse;

    public ServerInviteState State { get; private set; } = ServerInviteState.Proceeding;

    public override bool HasEnded => State == ServerInviteState.Terminated;

    public override string StateName => State.ToString();

    /// <summary>A repeated INVITE.</summary>
    public void Receive()
    {
        if (State is ServerInviteState.Proceeding or ServerInviteState.Completed) { Retransmit(); }
    }

    /// <summary>An ACK matched to this transaction: that of a 3xx to 6xx (§17.1.1.3). The ACK of a 2xx is the dialog's.</summary>
    public void ReceiveAck(Instant now)
    {
        if (State != ServerInviteState.Completed) { return; }
        if (Flow.IsReliable) { Enter(ServerInviteState.Terminated); return; }
        Enter(ServerInviteState.Confirmed);
        Timers.Set(Wake.Linger, now + SipTimers.T4);
    }

    /// <summary>A response chosen by the user of this transaction.</summary>
    public void Respond(Instant now, int status, Outgoing response)
    {
        switch (State, status)
        {
            case (ServerInviteState.Proceeding, < 200):
                Send(response, repeated: false);
                break;

            case (ServerInviteState.Proceeding, < 300):
                Enter(ServerInviteState.Accepted);
                Timers.Set(Wake.Linger, now + SipTimers.GiveUp);
                Send(response, repeated: false);
                break;

            case (ServerInviteState.Proceeding, _):
                Enter(ServerInviteState.Completed);
                Timers.Set(Wake.GiveUp, now + SipTimers.GiveUp);
                if (!Flow.IsReliable) { Timers.Set(Wake.Retransmit, now + _retransmitAfter); }
                Send(response, repeated: false);
                break;

            case (ServerInviteState.Accepted, >= 200 and < 300):
                Send(response, repeated: true);     // the dialog resends its 2xx; we only carry it
                break;
        }
    }

    public override bool Timeout(Instant now)
    {
        while (Timers.TryTakeExpired(now, out Wake timer))
        {
            switch (State, timer)
            {
                case (ServerInviteState.Completed, Wake.Retransmit):
                    Retransmit();
                    _retransmitAfter = SipTimers.Doubled(_retransmitAfter);
                    Timers.Set(Wake.Retransmit, now + _retransmitAfter);
                    break;

                case (ServerInviteState.Completed, Wake.GiveUp):
                    Enter(ServerInviteState.Terminated);
                    return true;

                case (_, Wake.Linger):
                    Enter(ServerInviteState.Terminated);
                    break;
            }
        }
        return false;
    }

    /// <summary>
    /// A lost connection is opened again once, to the address the request's Via names (§18.2.2), as long as something
    /// is still to be said; that failing too, or UDP, ends the transaction, except in Accepted (RFC 6026 §7.1).
    /// </summary>
    public override bool TransportFailed()
    {
        switch (State)
        {
            case ServerInviteState.Proceeding or ServerInviteState.Accepted when Flow != reopened && Flow.IsReliable:
                Flow = reopened;
                return false;

            case ServerInviteState.Accepted:
                return false;

            default:
                bool pending = State == ServerInviteState.Proceeding;
                Enter(ServerInviteState.Terminated);
                return pending;
        }
    }

    private void Enter(ServerInviteState next)
    {
        State = next;
        Timers.StopAll();
    }

    private void Send(Outgoing response, bool repeated)
    {
        _lastResponse = response;
        Transmit(response, repeated);
    }

    private void Retransmit()
    {
        if (_lastResponse is not null) { Transmit(_lastResponse, repeated: true); }
    }
}
