using System.Globalization;
using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Calls.Timeline;

/// <summary>
/// A call as a person wants to read it at three in the morning: who, with whom, how it ended; what stands out and what
/// to look at; then everything that happened, in order; then how the audio was. Pure: the same call, the same text.
/// </summary>
public static class Explanation
{
    /// <param name="entries">The timeline from its beginning; what is beyond <see cref="Limits.ExplainedEntries"/> is left out, and the text says so.</param>
    public static string Of(CallRecord call, IReadOnlyList<TimelineEntry> entries)
    {
        EntryFacts[] facts = [.. entries.Take(Limits.ExplainedEntries).Select(EntryFacts.Of)];
        var text = new StringBuilder();
        AppendHead(text, call);
        AppendFindings(text, Diagnosis.Of(call, facts));
        AppendTimeline(text, call, facts);
        if (entries.Count > facts.Length) { Line(text, $"  (and more than these {facts.Length} entries)"); }
        if (call.Media is { } media) { AppendMedia(text, media); }
        return text.ToString();
    }

    private static void AppendHead(StringBuilder text, CallRecord call)
    {
        Line(text, $"Call {call.Id} of {call.Project}");
        Line(text, $"  from    {call.From}  ({call.Peer})");
        Line(text, $"  to      {call.To}");
        Line(text, $"  model   {call.Model ?? "none: it was never accepted"}");
        Line(text, $"  SIP     Call-ID {call.SipCallId}");
        Line(text, $"  began   {call.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC{Lasted(call)}");
        Line(text, $"  end     {EndSentence.Of(call)}");
        if (call.Recording is { } path) { Line(text, $"  record  {path}"); }
    }

    private static string Lasted(CallRecord call) => (call.AnsweredAt, call.EndedAt) switch
    {
        ({ } answered, { } ended) => string.Create(CultureInfo.InvariantCulture, $", rang {Seconds(answered - call.CreatedAt)}, talked {Seconds(ended - answered)}"),
        ({ } answered, null) => $", rang {Seconds(answered - call.CreatedAt)}",
        (null, { } ended) => $", rang {Seconds(ended - call.CreatedAt)}, never answered",
        _ => "",
    };

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture);

    private static void AppendFindings(StringBuilder text, IReadOnlyList<string> findings)
    {
        if (findings.Count == 0) { return; }
        Line(text, $"");
        Line(text, $"What stands out");
        foreach (string finding in findings) { Line(text, $"  ! {finding}"); }
    }

    private static void AppendTimeline(StringBuilder text, CallRecord call, EntryFacts[] facts)
    {
        Line(text, $"");
        Line(text, $"What happened");
        if (facts.Length == 0) { Line(text, $"  (nothing is known any more)"); }
        foreach (StoryLine line in Story.Of(facts))
        {
            // The record says when the call was born; the first entry may be a moment younger.
            long ms = (long)(line.At - call.CreatedAt).TotalMilliseconds;
            string plane = line.Plane.ToString().ToLowerInvariant();
            Line(text, $"  {$"+{ms} ms",12}  {plane,-7}  {line}");
        }
    }

    private static void AppendMedia(StringBuilder text, MediaStats media)
    {
        double expected = media.PacketsReceived + Math.Max(0, media.PacketsLost);
        double lost = expected > 0 ? 100 * Math.Max(0, media.PacketsLost) / expected : 0;
        Line(text, $"");
        Line(text, $"How the audio was");
        Line(text, $"  from the caller  {media.PacketsReceived} packets, {media.PacketsLost} lost ({lost:0.0} %), {media.PacketsLate} late, {media.PacketsDropped} dropped, {media.FramesConcealed} frames concealed");
        Line(text, $"  to the caller    {media.PacketsSent} packets, {(media.RemoteLost is { } remote ? $"{remote} lost as the caller's side reports" : "and no report of how they arrived")}");
        // Without a packet there is no quality, only the numbers a counter starts with.
        if (media.PacketsReceived == 0) { return; }
        Line(text, $"  quality          MOS {media.Mos:0.0}, jitter {media.JitterMs:0.0} ms, buffer {media.DelayMs} ms{(media.RoundTripMs is { } trip ? string.Create(CultureInfo.InvariantCulture, $", round trip {trip:0} ms") : "")}");
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(Quoted.OneLine(line.ToString(CultureInfo.InvariantCulture)).TrimEnd()).Append('\n');
}
