using System.Globalization;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Recording;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Realtime.Events;

namespace Switchhook.Calls.Effects;

/// <summary>How a call ends: audio first, then the record, then the word to everybody, then the sockets.</summary>
internal static class Ending
{
    public static void TellDisconnected(CallParts parts, string? reason) =>
        parts.Publish(Plane.Call, new CallCallerDisconnected(parts.Record.Id.Value, reason) { EventId = parts.NewEventId() });

    public static void CloseMedia(CallParts parts)
    {
        if (parts.Leg is not { } leg)
        {
            parts.Line?.Complete();
            return;
        }
        parts.Leg = null;
        parts.MediaClosed = CloseAsync(parts, leg, parts.Line, parts.Recorder);
    }

    /// <summary>The disk is awaited: <c>call.ended</c> is told of a call whose record stands.</summary>
    public static async ValueTask FinishAsync(CallParts parts, EndReason reason)
    {
        if (await parts.MediaClosed is { } stats)
        {
            parts.Record = parts.Record with { Media = stats };
            parts.Note(Plane.Media, "media.stats", "", TimelineData.Of(stats));
        }
        if (parts.Line is { HeardLost: > 0 } line)
        {
            parts.Note(Plane.Session, "engine.late", string.Create(CultureInfo.InvariantCulture, $"{line.HeardLost * 20} ms of the caller's voice came faster than the model took them, and were lost"));
        }
        await FinishRecordingAsync(parts);
        parts.Record = parts.Record with
        {
            State = CallState.Ended,
            EndedAt = parts.Ports.Time.GetUtcNow(),
            Ended = reason,
            TimelineGap = parts.Record.TimelineGap + parts.LinesLost,
        };

        ReadOnlyMemory<byte> ended = parts.NoteEvent(Plane.Call, Ended(parts, reason));
        OutboxMessage? webhook = parts.Policy.AnnounceEnd ? parts.Ports.Webhooks.Ended(parts.Record) : null;
        try { await parts.Ports.Store.EndedAsync(parts.Record, webhook, CancellationToken.None); }
        catch (Exception fault) { parts.Ports.Observer.Faulted(parts.Record.Id, fault); webhook = null; }

        parts.Sidebands.RefuseEarly();
        parts.Sidebands.Send(ended);
        parts.Sidebands.Close(1000, "The call has ended");
        if (webhook is not null) { parts.Ports.Webhooks.Send(webhook, static _ => { }, CancellationToken.None); }
        parts.Ports.Observer.Ended(parts.Record);
        parts.LetGo();
        parts.End();
    }

    private static CallEnded Ended(CallParts parts, EndReason reason) =>
        new(parts.Record.Id.Value, TimelineData.Snake(reason.Because), TimelineData.Snake(reason.By), new CallEndedSip(reason.SipStatus, reason.SipReason), parts.Record.Timing)
        { EventId = parts.NewEventId() };

    /// <summary>Beside the call's loop, so it touches nothing that the loop owns.</summary>
    private static async Task<MediaStats?> CloseAsync(CallParts parts, IMediaLeg leg, VoiceLine? line, Recorder? recorder)
    {
        try
        {
            await leg.CloseAsync();
            return leg.Stats;
        }
        catch (Exception fault)
        {
            parts.Ports.Observer.Faulted(parts.Record.Id, fault);
            return null;
        }
        finally
        {
            line?.Complete();       // also a line whose leg never started
            recorder?.Tap.Complete();
        }
    }

    /// <summary>A disk that failed in the middle costs the recording, not the record; the history says so.</summary>
    private static async ValueTask FinishRecordingAsync(CallParts parts)
    {
        if (parts.Recorder is not { } recorder) { return; }
        try
        {
            await recorder.Completion;
            if (recorder.Gap == 0) { return; }
            parts.Note(Plane.Media, "recording.gap", string.Create(CultureInfo.InvariantCulture, $"{recorder.Gap * 20} ms are silence: the disk was too slow"));
        }
        catch (Exception fault)
        {
            parts.Ports.Observer.Faulted(parts.Record.Id, fault);
            parts.Note(Plane.Media, "recording.failed", fault.Message);
        }
    }
}
