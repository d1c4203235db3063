using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>
/// The life of one call. Pure: messages in, effects out; the actor performs the effects.
/// <code>
///   Ringing ──accept──► Opening ──engine ready──► Answering ──ACK──► Active
///    │   ▲──engine failed──┘ │                        │                │
///    │                       │                        └── BYE, hangup, lost ──► Draining ──engine finished, limit──► Ended
///    │                                                                  ▲ Transferring: CallMachine.Transfer.cs
///    └── reject, CANCEL, no decision ──────────────────────────────────────────────────────────────────────────────► Ended
/// </code>
/// Opening: the model is being reached while the phone still rings, so nobody is answered by silence (S7).
/// Draining: the caller is gone, the conversation is not. What was said is still transcribed, tools still answer,
/// sidebands still listen; nothing new is spoken (S1).
/// Ended: the record stands; the SIP dialog may still absorb stragglers, and they still enter the history.
/// </summary>
internal sealed partial class CallMachine
{
    private readonly ProjectPolicy _policy;
    private readonly Queue<CallEffect> _effects = new();
    private Instant _deadline;
    private CallMessage.Accept? _accepted;
    private EndReason _reason;
    private bool _sipClosed;

    /// <summary>Born ringing, or, when <paramref name="refusal"/> says why the call can never be answered, refused at once.</summary>
    public CallMachine(Instant now, ProjectPolicy policy, (SipCause Cause, EndedBecause Because)? refusal)
    {
        _policy = policy;
        if (refusal is { } refused)
        {
            Do(new CallEffect.Refuse(refused.Cause));
            End(now, new EndReason(EndedBy.Switchhook, refused.Because, refused.Cause.Status));
            return;
        }
        Enter(CallState.Ringing, now + policy.Decision);
        Do(new CallEffect.Ring());
        Do(new CallEffect.Announce());
    }

    public CallState State { get; private set; }

    /// <summary>Set from the moment it is known why the call ends, which is before it has ended.</summary>
    public EndReason? Reason => State is CallState.Draining or CallState.Ended ? _reason : null;

    /// <summary>Nothing more can come: the call has ended and its dialog is closed.</summary>
    public bool IsOver { get; private set; }

    public Instant NextTimeout => IsOver ? Instant.Never : _deadline;

    public bool TryTake([NotNullWhen(true)] out CallEffect? effect) => _effects.TryDequeue(out effect);

    public Verdict Handle(Instant now, CallMessage message) => message switch
    {
        CallMessage.Accept accept => Accept(accept),
        CallMessage.Reject reject => Reject(now, reject),
        CallMessage.Hangup => Hangup(now),
        CallMessage.Refer refer => Refer(now, refer),
        CallMessage.Sip sip => HandleTransfer(now, sip.Event) ?? HandleSip(now, sip.Event),
        CallMessage.TimedOut => TimedOut(now),
        _ => HandleRest(now, message),
    };

    private Verdict Accept(CallMessage.Accept accept)
    {
        switch (State)
        {
            case CallState.Ringing:
                _accepted = accept;
                Do(new CallEffect.StopAnnouncing());
                Enter(CallState.Opening, _deadline);                    // the decision time goes on
                Do(new CallEffect.OpenEngine(accept));
                return Verdict.Held;

            case CallState.Opening or CallState.Answering when IsRepeated(accept):
                return Verdict.Held;

            case CallState.Active or CallState.Transferring when IsRepeated(accept):
                return Verdict.Done;                                    // a lost response, retried

            default:
                return Late();
        }
    }

    private Verdict Reject(Instant now, CallMessage.Reject reject)
    {
        switch (State)
        {
            case CallState.Ringing or CallState.Opening:
                Do(new CallEffect.Refuse(new SipCause(reject.Status, "Rejected by the application")));
                return End(now, new EndReason(EndedBy.Api, EndedBecause.Rejected, reject.Status));

            case CallState.Ended when _reason == new EndReason(EndedBy.Api, EndedBecause.Rejected, reject.Status):
                return Verdict.Done;

            default:
                return Late();
        }
    }

    private Verdict Hangup(Instant now)
    {
        switch (State)
        {
            case CallState.Opening:
                Do(new CallEffect.Refuse(new SipCause(603, "Hung up by the application before the call was answered")));
                return End(now, new EndReason(EndedBy.Api, EndedBecause.HungUp, 603));

            case CallState.Answering or CallState.Active or CallState.Transferring:
                Do(new CallEffect.HangUp(null));
                return Drain(now, new EndReason(EndedBy.Api, EndedBecause.HungUp));

            case CallState.Draining or CallState.Ended when _reason is { By: EndedBy.Api, Because: EndedBecause.HungUp }:
                return Verdict.Done;

            default:
                return Late();
        }
    }

    private Verdict HandleSip(Instant now, SipEvent sipEvent)
    {
        switch (State, sipEvent)
        {
            case (CallState.Ringing or CallState.Opening or CallState.Answering, SipEvent.Cancelled cancelled):
                return End(now, new EndReason(EndedBy.Caller, EndedBecause.Cancelled, 487) { SipReason = cancelled.Reason });

            case (CallState.Ringing or CallState.Opening, SipEvent.HungUp hungUp):      // a BYE may end an early dialog too
                return End(now, new EndReason(EndedBy.Caller, EndedBecause.Cancelled, 487) { SipReason = hungUp.Reason });

            case (CallState.Answering, SipEvent.Message { Direction: SipDirection.Sent } sent) when IsAnswerSent(sent):
                Do(new CallEffect.Decide(Verdict.Done));
                return Verdict.Done;

            case (CallState.Answering, SipEvent.Established established):
                Enter(CallState.Active, Instant.Never);
                Do(new CallEffect.Decide(Verdict.Done));
                if (established.Sdp is { } answer) { Do(new CallEffect.Complete(answer)); }
                Do(new CallEffect.Release());
                return Verdict.Done;

            case (CallState.Active or CallState.Transferring, SipEvent.Established { Sdp: { } late }):
                Do(new CallEffect.Complete(late));
                return Verdict.Done;

            case (CallState.Answering, SipEvent.NotAcknowledged):                   // the endpoint says BYE by itself
                return Drain(now, new EndReason(EndedBy.Network, EndedBecause.NotAcknowledged));

            case (CallState.Answering or CallState.Active or CallState.Transferring, SipEvent.Reinvite reinvite):
                Do(new CallEffect.Renegotiate(reinvite.Offer));
                return Verdict.Done;

            case (CallState.Answering or CallState.Active or CallState.Transferring, SipEvent.HungUp hungUp):
                Do(new CallEffect.TellDisconnected(hungUp.Reason));
                return Drain(now, new EndReason(EndedBy.Caller, EndedBecause.HungUp) { SipReason = hungUp.Reason });

            case (CallState.Ended, SipEvent.Closed):
                IsOver = true;
                return Verdict.Done;

            case (_, SipEvent.Closed):
                _sipClosed = true;
                return State is CallState.Draining ? Verdict.Done : End(now, new EndReason(EndedBy.Network, EndedBecause.Fault));

            default:
                return Verdict.Done;
        }
    }

    private Verdict TimedOut(Instant now)
    {
        switch (State)
        {
            case CallState.Opening:                                     // decided it was; the phone does not ring for ever all the same
                Do(new CallEffect.Refuse(new SipCause(_policy.UndecidedStatus, "The model did not open in time")));
                return End(now, new EndReason(EndedBy.Engine, EndedBecause.EngineFailed, _policy.UndecidedStatus));

            case CallState.Ringing:
                Do(new CallEffect.Refuse(new SipCause(_policy.UndecidedStatus, "The application did not decide in time")));
                return End(now, new EndReason(EndedBy.Switchhook, EndedBecause.NoDecision, _policy.UndecidedStatus));

            case CallState.Transferring:
                return TransferTimedOut();

            case CallState.Draining:
                return End(now, _reason);

            case CallState.Ended:
                IsOver = true;
                return Verdict.Done;

            default:
                return Verdict.WrongState;
        }
    }

    private Verdict HandleRest(Instant now, CallMessage message)
    {
        switch (State, message)
        {
            case (CallState.Opening, CallMessage.EngineReady):
                Enter(CallState.Answering, Instant.Never);              // the endpoint gives up on the ACK by itself
                Do(new CallEffect.Answer());
                return Verdict.Done;

            case (_, CallMessage.EngineReady):                          // it crossed with the end: nobody is to talk to nobody (S2)
                Do(new CallEffect.StopEngine());
                return Verdict.Done;

            case (CallState.Opening, CallMessage.EngineFailed failed):
                Enter(CallState.Ringing, _deadline);                    // the app may accept again, otherwise configured
                Do(new CallEffect.Decide(Verdict.EngineFailed, failed.Error));
                return Verdict.Done;

            case (CallState.Active or CallState.Transferring, CallMessage.CannotAnswer cannot):      // the answer to our offer
                Do(new CallEffect.HangUp(cannot.Cause));
                return Drain(now, new EndReason(EndedBy.Switchhook, cannot.Because, cannot.Cause.Status));

            case (CallState.Answering, CallMessage.CannotAnswer cannot):
                Do(new CallEffect.Refuse(cannot.Cause));
                return End(now, new EndReason(EndedBy.Switchhook, cannot.Because, cannot.Cause.Status));

            case (CallState.Answering or CallState.Active or CallState.Transferring, CallMessage.EngineFinished finished):
                Do(new CallEffect.HangUp(new SipCause(500, finished.Fault)));       // never a silent end (S3)
                return End(now, new EndReason(EndedBy.Engine, finished.Because));

            case (CallState.Draining, CallMessage.EngineFinished):
                return End(now, _reason);

            case (CallState.Active or CallState.Transferring, CallMessage.Heard { Event.Kind: MediaEventKind.Silent }):
                Do(new CallEffect.HangUp(new SipCause(408, "No RTP came from the caller")));
                return Drain(now, new EndReason(EndedBy.Network, EndedBecause.MediaLost));

            case (not CallState.Ended, CallMessage.Heard { Event.Kind: MediaEventKind.Faulted }):
                return Break(now, new EndReason(EndedBy.Switchhook, EndedBecause.Fault), "Internal failure");

            case (not CallState.Ended, CallMessage.Shutdown):
                return Break(now, new EndReason(EndedBy.Switchhook, EndedBecause.Shutdown), "The server is shutting down");

            case (not CallState.Ended, CallMessage.Broken broken):
                return Break(now, new EndReason(EndedBy.Switchhook, broken.Because), "Internal failure");

            default:
                return Verdict.Done;
        }
    }

    /// <summary>Whatever the state, the phone gets its final word now.</summary>
    private Verdict Break(Instant now, EndReason reason, string text)
    {
        switch (State)
        {
            case CallState.Ringing or CallState.Opening:
                Do(new CallEffect.Refuse(new SipCause(503, text)));
                return End(now, reason with { SipStatus = 503 });
            case CallState.Draining:
                return End(now, _reason);
            default:
                Do(new CallEffect.HangUp(new SipCause(503, text)));
                return End(now, reason);
        }
    }

    private Verdict Drain(Instant now, EndReason reason)
    {
        _reason = reason;
        Enter(CallState.Draining, now + Limits.Draining);
        Do(new CallEffect.Decide(Verdict.Gone));
        Do(new CallEffect.CloseMedia());
        Do(new CallEffect.FinishEngine());
        return Verdict.Done;
    }

    private Verdict End(Instant now, EndReason reason)
    {
        _reason = reason;
        Enter(CallState.Ended, now + 2 * Limits.SipGiveUp);
        IsOver = _sipClosed;
        Do(new CallEffect.StopAnnouncing());
        Do(new CallEffect.Decide(Verdict.Gone));
        Do(new CallEffect.CloseMedia());
        Do(new CallEffect.StopEngine());
        Do(new CallEffect.Finish(reason));
        return Verdict.Done;
    }

    /// <summary>A command that came too late, or too early: the caller is gone, or the state is another.</summary>
    private Verdict Late() => State is CallState.Draining or CallState.Ended ? Verdict.Gone : Verdict.WrongState;

    private bool IsRepeated(CallMessage.Accept accept) => _accepted is not null && JsonElement.DeepEquals(_accepted.Body, accept.Body);

    private static bool IsAnswerSent(SipEvent.Message message) =>
        message.StartLine.StartsWith("SIP/2.0 200", StringComparison.Ordinal) && message.CSeq.EndsWith("INVITE", StringComparison.Ordinal);

    private void Enter(CallState next, Instant deadline) => (State, _deadline) = (next, deadline);

    private void Do(CallEffect effect) => _effects.Enqueue(effect);
}
