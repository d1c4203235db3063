namespace Switchhook.Sip.Transactions;

internal enum ServerNonInviteState : byte { Trying, Proceeding, Completed, Terminated }

/// <summary>
/// Non-INVITE server transaction, RFC 3261 §17.2.2.
/// <code>
///   Trying ──1xx──► Proceeding ──200-699──► Completed ──J──► Terminated   (over TCP at once)
///     └───────────────200-699────────────────►┘
/// </code>
/// A repeated request is answered with the last response; in Trying, where there is none yet, with silence.
/// </summary>
internal sealed class ServerNonInvite(SipFlow flow, Outbox outbox) : Transaction(flow, outbox)
{
    private Outgoing? _lastResponse;

    public ServerNonInviteState State { get; private set; } = ServerNonInviteState.Trying;

    public override bool HasEnded => State == ServerNonInviteState.Terminated;

    public override string StateName => State.ToString();

    /// <summary>The request again.</summary>
    public void Receive()
    {
        if (_lastResponse is not null && !HasEnded) { Transmit(_lastResponse, repeated: true); }
    }

    /// <summary>A response chosen by the user of this transaction.</summary>
    public void Respond(Instant now, int status, Outgoing response)
    {
        switch (State, status)
        {
            case (ServerNonInviteState.Trying or ServerNonInviteState.Proceeding, < 200):
                State = ServerNonInviteState.Proceeding;
                Send(response);
                break;

            case (ServerNonInviteState.Trying or ServerNonInviteState.Proceeding, _):
                Send(response);
                if (Flow.IsReliable) { Enter(ServerNonInviteState.Terminated); break; }
                Enter(ServerNonInviteState.Completed);
                Timers.Set(Wake.Linger, now + SipTimers.GiveUp);
                break;
        }
    }

    public override bool Timeout(Instant now)
    {
        if (Timers.TryTakeExpired(now, out _)) { Enter(ServerNonInviteState.Terminated); }
        return false;
    }

    public override bool TransportFailed()
    {
        Enter(ServerNonInviteState.Terminated);
        return false;
    }

    private void Enter(ServerNonInviteState next)
    {
        State = next;
        Timers.StopAll();
    }

    private void Send(Outgoing response)
    {
        _lastResponse = response;
        Transmit(response, repeated: false);
    }
}
