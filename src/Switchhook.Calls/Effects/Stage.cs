using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Realtime.Events;
using Switchhook.Sip;

namespace Switchhook.Calls.Effects;

/// <summary>Where a call's messages are witnessed and the machine's effects are performed, each by the file that knows how.</summary>
internal static class Stage
{
    /// <summary>Birth waits for the disk: nobody is told of a call that a crash would forget.</summary>
    public static async ValueTask BeginAsync(CallParts parts, CallMachine machine)
    {
        try { await Announcing.BearAsync(parts, announced: machine.State == CallState.Ringing); }
        catch when (machine.State == CallState.Ringing)
        {
            // Neither rung nor announced: the first that the caller hears is the refusal.
            while (machine.TryTake(out _)) { }
            throw;
        }
        await PerformAsync(parts, machine, CallState.Ringing);
    }

    /// <summary>What the call must know or remember of a message, whatever the machine makes of it.</summary>
    public static void Witness(CallParts parts, CallMessage message)
    {
        switch (message)
        {
            case CallMessage.Sip { Event: SipEvent.Message sip }:
                parts.Note(Plane.Sip, sip.Direction == SipDirection.Received ? "sip.received" : "sip.sent", sip.StartLine, TimelineData.Of(sip));
                break;
            case CallMessage.Sip { Event: SipEvent.ReferAnswered answered }:
                Referring.Answered(parts, answered);
                break;
            case CallMessage.Sip { Event: SipEvent.TransferProgress progress }:
                Referring.Progressed(parts, progress);
                break;
            case CallMessage.Heard heard:
                parts.Note(Plane.Media, TimelineData.KindOf(heard.Event), "", TimelineData.Of(heard.Event));
                break;
            case CallMessage.Note note:
                parts.Note(note.Plane, note.Kind, note.Text, note.Data);
                break;
            case CallMessage.EngineReady ready:
                parts.Engine = ready.Engine;
                parts.Sidebands.Flush();
                break;
            case CallMessage.EngineFailed failed:
                parts.Note(Plane.Session, "engine.failed", failed.Error.Message);
                break;
            case CallMessage.EngineSaid said:
                Opening.Said(parts, said.Event);
                break;
            case CallMessage.Attached attached:
                parts.Sidebands.Attach(attached.Sideband, attached.StartingAfter);
                break;
            case CallMessage.Detached detached:
                parts.Sidebands.Detach(detached.Sideband);
                break;
            case CallMessage.FromClient client:
                parts.Note(Plane.Session, $"client.{client.Event.Type}", client.Event.EventId ?? "");
                if (client.Event is SessionUpdate update) { parts.NoteFormats(update.Session); }
                parts.Sidebands.FromClient(client);
                break;
        }
    }

    /// <summary>Does all that the machine asks for, in order.</summary>
    public static async ValueTask PerformAsync(CallParts parts, CallMachine machine, CallState before)
    {
        if (machine.State != before)
        {
            parts.Record = parts.Record with { State = machine.State, Ended = machine.Reason };
            parts.Note(Plane.Call, "call.state", $"{before} → {machine.State}", TimelineData.OfState(before, machine.State));
        }
        while (machine.TryTake(out CallEffect? effect)) { await PerformAsync(parts, machine.State, effect); }
    }

    private static ValueTask PerformAsync(CallParts parts, CallState state, CallEffect effect)
    {
        switch (effect)
        {
            case CallEffect.Ring: parts.Post(new SipCommand.Ring(parts.Dialog)); break;
            case CallEffect.Announce: Announcing.Begin(parts); break;
            case CallEffect.StopAnnouncing: parts.Announcing.Cancel(); break;
            case CallEffect.OpenEngine open: Opening.Begin(parts, open.Accept); break;
            case CallEffect.Answer: Answering.Answer(parts); break;
            case CallEffect.Release: Answering.Release(parts); break;
            case CallEffect.Renegotiate renegotiate: Answering.Renegotiate(parts, renegotiate.Offer); break;
            case CallEffect.Complete complete: Answering.Complete(parts, complete.Sdp); break;
            case CallEffect.Decide decide: parts.Decide(new CallAnswer(decide.Verdict, state, decide.Error) { Cause = decide.Cause }); break;
            case CallEffect.Refuse refuse: parts.Post(new SipCommand.Refuse(parts.Dialog, refuse.Cause)); break;
            case CallEffect.HangUp hangUp: parts.Post(new SipCommand.HangUp(parts.Dialog, hangUp.Cause)); break;
            case CallEffect.Refer refer: Referring.Send(parts, refer.Target); break;
            case CallEffect.TransferEnded ended: Referring.Ended(parts, ended.Outcome, ended.SipStatus); break;
            case CallEffect.TellDisconnected disconnected: Ending.TellDisconnected(parts, disconnected.Reason); break;
            case CallEffect.CloseMedia: Ending.CloseMedia(parts); break;
            case CallEffect.FinishEngine: Opening.Finish(parts); break;
            case CallEffect.StopEngine: Opening.Stop(parts); break;
            case CallEffect.Finish finish: return Ending.FinishAsync(parts, finish.Reason);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>The loop itself broke: the phone, the ports and the record still get their end.</summary>
    public static async ValueTask CollapseAsync(CallParts parts, CallMachine machine)
    {
        try
        {
            CallState before = machine.State;
            machine.Handle(parts.Now, new CallMessage.Broken(EndedBecause.Fault));
            await PerformAsync(parts, machine, before);
        }
        catch (Exception fault)
        {
            parts.Ports.Observer.Faulted(parts.Record.Id, fault);
            Ending.CloseMedia(parts);
            Opening.Stop(parts);
        }
        finally
        {
            // Whoever was told the end is gone already; nobody else is left waiting for it.
            parts.Sidebands.Close(1011, "Internal failure");
        }
    }

    /// <summary>A message that came after the end gets an ordinary answer, and what it carries is not leaked.</summary>
    public static void Bury(CallMessage message, TaskCompletionSource<CallAnswer>? answer)
    {
        answer?.TrySetResult(new CallAnswer(Verdict.Gone, CallState.Ended));
        switch (message)
        {
            case CallMessage.EngineReady ready: _ = ready.Engine.DisposeAsync().AsTask(); break;
            case CallMessage.Attached attached: attached.Sideband.Close(1000, "The call has ended"); break;
        }
    }
}
