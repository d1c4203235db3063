using Switchhook.Calls.Ports;
using Switchhook.Calls.Recording;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Realtime.Events;
using Switchhook.Sip;

namespace Switchhook.Calls.Effects;

/// <summary>How the phone is answered, and how it is answered again when the peer wants another session.</summary>
internal static class Answering
{
    /// <summary>Ports, SDP, audio, 200 OK, in this order: what we promise in SDP stands before it is said.</summary>
    public static void Answer(CallParts parts)
    {
        if (parts.Ports.Media.Open() is not { } leg)
        {
            parts.Tell(new CallMessage.CannotAnswer(new SipCause(503, "No media port is free", 399) { RetryAfterSeconds = 5 }, EndedBecause.NoPort));
            return;
        }
        parts.Leg = leg;
        if (!AnswerPlan.TryBegin(parts.Invite.Offer, leg.Advertised, parts.Ports.Random, out AnswerPlan? plan, out SipCause? cause))
        {
            parts.Tell(new CallMessage.CannotAnswer(cause, EndedBecause.NoCodec));
            return;
        }
        if (parts.Policy.Record && parts.Ports.Recordings is { } folder) { Record(parts, folder); }
        Adopt(parts, plan);
        parts.Post(new SipCommand.Answer(parts.Dialog, plan.Sdp));
        parts.Record = parts.Record with { AnsweredAt = parts.Ports.Time.GetUtcNow() };
        // A queue that is full loses nothing that the end does not write again.
        _ = parts.Ports.Store.Answered(parts.Record);
        parts.Ports.Observer.Answered(parts.Record);
    }

    /// <summary>ACK: the caller hears us from now on (L20).</summary>
    public static void Release(CallParts parts) => parts.Leg?.Release();

    /// <summary>A re-INVITE: hold, resume, another address. The answer is made from the offer, never from memory (L1).</summary>
    public static void Renegotiate(CallParts parts, ReadOnlyMemory<byte>? offer)
    {
        SipCause? cause = null;
        if (parts.Plan is not { } before || !before.TryRenew(offer, out AnswerPlan? plan, out cause))
        {
            parts.Post(new SipCommand.RefuseReinvite(parts.Dialog, cause ?? new SipCause(488, "There is no session yet that could be changed", 399)));
            return;
        }
        parts.Post(new SipCommand.AnswerReinvite(parts.Dialog, plan.Sdp));
        Adopt(parts, plan);
    }

    /// <summary>The ACK carries the answer to our offer.</summary>
    public static void Complete(CallParts parts, ReadOnlyMemory<byte> answer)
    {
        if (parts.Plan is not { Media: null } offered) { return; }
        if (offered.TryComplete(answer, out AnswerPlan? plan, out SipCause? cause)) { Adopt(parts, plan); }
        else { parts.Tell(new CallMessage.CannotAnswer(cause, EndedBecause.NoCodec)); }
    }

    private static void Adopt(CallParts parts, AnswerPlan plan)
    {
        MediaPlan? before = parts.Media;
        parts.Plan = plan;
        if (plan.Media is not { } media || parts.Leg is not { } leg || parts.Line is not { } line) { return; }
        parts.Media = media;
        parts.Note(Plane.Media, "media.plan", $"{media.Codec} with {media.Remote}", TimelineData.Of(media, leg.Advertised));
        if (before is null)
        {
            leg.Start(media, line, parts.Recorder?.Tap, heard => Hear(parts, heard));
            return;
        }
        leg.Update(media);
        TellHold(parts, before, media);
    }

    /// <summary>On the media thread.</summary>
    private static void Hear(CallParts parts, MediaEvent heard)
    {
        if (heard.Kind is MediaEventKind.Silent or MediaEventKind.Faulted) { parts.Tell(new CallMessage.Heard(heard)); }
        else { parts.Jot(new CallMessage.Heard(heard)); }
    }

    private static void TellHold(CallParts parts, MediaPlan before, MediaPlan now)
    {
        string id = parts.Record.Id.Value;
        if (before.MaySend && !now.MaySend) { parts.Publish(Plane.Call, new CallHeld(id) { EventId = parts.NewEventId() }); }
        if (!before.MaySend && now.MaySend) { parts.Publish(Plane.Call, new CallResumed(id) { EventId = parts.NewEventId() }); }
    }

    private static void Record(CallParts parts, string folder)
    {
        try
        {
            parts.Recorder = Recorder.Start(folder, parts.Record.Id, AnswerPlan.SampleRate);
            parts.Record = parts.Record with { Recording = parts.Recorder.Path };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            parts.Ports.Observer.Faulted(parts.Record.Id, fault);       // the call goes on without its recording
            parts.Note(Plane.Media, "recording.failed", fault.Message);
        }
    }
}
