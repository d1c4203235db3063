using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>
/// The transfer of a call by REFER (RFC 3515), and how it really ends.
/// <code>
///   Active ──refer──► Transferring ──NOTIFY 2xx────────────────────────────────► BYE, Draining
///     ▲                 │       └────BYE once the REFER was taken (probable)──────────► Draining
///     └─────────────────┘ refused, NOTIFY of a failure, 60 s of silence,
///                         5 s without a BYE where the peer will not tell how it ended
/// </code>
/// While it runs, the caller still hears the model. A transfer that failed leaves a call that goes on (S4).
/// </summary>
internal sealed partial class CallMachine
{
    private string? _target;
    private Transfer _transfer;

    /// <summary>What is known of the transfer that runs.</summary>
    private enum Transfer : byte
    {
        /// <summary>The REFER has no answer yet.</summary>
        Asked,
        /// <summary>NOTIFY ran ahead of the answer.</summary>
        Announced,
        /// <summary>The peer took it and will tell more.</summary>
        Followed,
        /// <summary>The peer took it and will tell nothing more: its BYE alone says that it succeeded.</summary>
        Untold,
    }

    private Verdict Refer(Instant now, CallMessage.Refer refer)
    {
        switch (State)
        {
            case CallState.Active:
                _target = refer.Target;
                _transfer = Transfer.Asked;
                Enter(CallState.Transferring, now + Limits.Transfer);
                Do(new CallEffect.Refer(refer.Target));
                return Verdict.Held;

            case CallState.Transferring when refer.Target == _target:           // a lost response, retried
                return _transfer is Transfer.Asked or Transfer.Announced ? Verdict.Held : Verdict.Done;

            case CallState.Draining or CallState.Ended when _reason.Because == EndedBecause.Transferred && refer.Target == _target:
                return Verdict.Done;

            default:
                return Late();
        }
    }

    /// <summary>Null for what has nothing to do with a transfer.</summary>
    private Verdict? HandleTransfer(Instant now, SipEvent sipEvent)
    {
        switch (State, sipEvent)
        {
            case (CallState.Transferring, SipEvent.ReferAnswered answered):
                return ReferAnswered(now, answered);

            // Also the one that came after we had given up: the caller speaks with somebody else.
            case (CallState.Active or CallState.Transferring, SipEvent.TransferProgress { Status: >= 200 and < 300 } success):
                Do(new CallEffect.Decide(Verdict.Done));
                Do(new CallEffect.TransferEnded(TransferOutcome.Completed, success.Status));
                Do(new CallEffect.HangUp(null));        // a peer that waits for our BYE leaves the caller in silence
                return Drain(now, new EndReason(EndedBy.Api, EndedBecause.Transferred));

            case (CallState.Transferring, SipEvent.TransferProgress progress):
                return Progressed(now, progress);

            // L15: the BYE overtakes the last NOTIFY, or there is none.
            case (CallState.Transferring, SipEvent.HungUp hungUp) when _transfer != Transfer.Asked:
                Do(new CallEffect.Decide(Verdict.Done));
                Do(new CallEffect.TransferEnded(TransferOutcome.Probable));
                Do(new CallEffect.TellDisconnected(hungUp.Reason));
                return Drain(now, new EndReason(EndedBy.Api, EndedBecause.Transferred) { SipReason = hungUp.Reason });

            case (CallState.Draining, SipEvent.TransferProgress { Status: >= 300 } late) when _reason.Because == EndedBecause.Transferred:
                Do(new CallEffect.TransferEnded(TransferOutcome.Failed, late.Status));
                _reason = _reason with { By = EndedBy.Caller, Because = EndedBecause.HungUp };
                return Verdict.Done;

            default:
                return null;
        }
    }

    private Verdict ReferAnswered(Instant now, SipEvent.ReferAnswered answered)
    {
        if (answered.Cause is { } cause)
        {
            Do(new CallEffect.Decide(Verdict.ReferRefused) { Cause = cause });
            return GoOn(TransferOutcome.Refused, answered.Status);
        }
        if (_transfer != Transfer.Untold)
        {
            Await(now, answered.WillNotify || _transfer == Transfer.Announced ? Transfer.Followed : Transfer.Untold);
        }
        Do(new CallEffect.Decide(Verdict.Done));
        return Verdict.Done;
    }

    private Verdict Progressed(Instant now, SipEvent.TransferProgress progress)
    {
        if (progress.Status >= 300)
        {
            Do(new CallEffect.Decide(Verdict.Done));
            return GoOn(TransferOutcome.Failed, progress.Status);
        }
        Await(now, progress.IsTerminated ? Transfer.Untold : _transfer is Transfer.Asked or Transfer.Announced ? Transfer.Announced : Transfer.Followed);
        return Verdict.Done;
    }

    private Verdict TransferTimedOut()
    {
        if (_transfer == Transfer.Asked) { Do(new CallEffect.Decide(Verdict.ReferRefused) { Cause = new SipCause(408, "The peer did not answer REFER") }); }
        return GoOn(_transfer == Transfer.Untold ? TransferOutcome.Unknown : TransferOutcome.TimedOut, null);
    }

    private void Await(Instant now, Transfer next)
    {
        _transfer = next;
        Enter(CallState.Transferring, now + (next == Transfer.Untold ? Limits.TransferUntold : Limits.Transfer));
    }

    private Verdict GoOn(TransferOutcome outcome, int? status)
    {
        Enter(CallState.Active, Instant.Never);
        Do(new CallEffect.TransferEnded(outcome, status));
        return Verdict.Done;
    }
}
