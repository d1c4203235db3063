using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Server.Api.Shapes;

namespace Switchhook.Server.Api;

/// <summary>Calls and their histories as our own REST routes show them.</summary>
internal static class CallJson
{
    public static ReadOnlyMemory<byte> Write(CallRecord call) => ApiShapes.Write(Of(call), ApiShapes.Json.CallObject);

    /// <summary>A page, newest first: <paramref name="hasMore"/> says whether older ones follow; ask for them with <c>before</c> = <c>last_id</c>.</summary>
    public static ReadOnlyMemory<byte> WriteList(IReadOnlyList<CallRecord> calls, bool hasMore) => ApiShapes.Write(
        new CallPage
        {
            Data = [.. calls.Select(Of)],
            FirstId = calls.Count > 0 ? calls[0].Id.Value : null,
            LastId = calls.Count > 0 ? calls[^1].Id.Value : null,
            HasMore = hasMore,
        },
        ApiShapes.Json.CallPage);

    public static ReadOnlyMemory<byte> WriteTimeline(IReadOnlyList<TimelineEntry> entries, bool hasMore) =>
        ApiShapes.Write(new TimelinePage { Data = [.. entries.Select(Of)], HasMore = hasMore }, ApiShapes.Json.TimelinePage);

    public static ReadOnlyMemory<byte> WriteExplanation(CallRecord call, IReadOnlyList<TimelineEntry> entries) =>
        ApiShapes.Write(new ExplanationObject { CallId = call.Id.Value, Text = Explanation.Of(call, entries) }, ApiShapes.Json.ExplanationObject);

    public static ReadOnlyMemory<byte> Write(TimelineEntry entry) => ApiShapes.Write(Of(entry), ApiShapes.Json.TimelineObject);

    private static CallObject Of(CallRecord call) => new()
    {
        Id = call.Id.Value,
        Project = call.Project,
        State = call.State,
        Model = call.Model,
        From = call.From,
        To = call.To,
        SipCallId = call.SipCallId,
        Peer = call.Peer,
        CreatedAt = call.CreatedAt.ToUnixTimeSeconds(),
        AcceptedAt = call.AcceptedAt?.ToUnixTimeSeconds(),
        AnsweredAt = call.AnsweredAt?.ToUnixTimeSeconds(),
        EndedAt = call.EndedAt?.ToUnixTimeSeconds(),
        Ended = call.Ended is { } ended ? new() { By = ended.By, Because = ended.Because, SipStatus = ended.SipStatus, Text = EndSentence.Of(call) } : null,
        Recording = call.Recording is null ? null : $"/v1/realtime/calls/{call.Id}/recording",
        Media = call.Media is { } media ? Of(media) : null,
        TimelineGap = call.TimelineGap,
    };

    private static CallMedia Of(MediaStats media) => new()
    {
        PacketsSent = media.PacketsSent,
        PacketsReceived = media.PacketsReceived,
        PacketsLost = media.PacketsLost,
        PacketsLate = media.PacketsLate,
        PacketsDropped = media.PacketsDropped,
        FramesConcealed = media.FramesConcealed,
        JitterMs = Math.Round(media.JitterMs, 2),
        DelayMs = media.DelayMs,
        RoundTripMs = media.RoundTripMs is { } roundTrip ? Math.Round(roundTrip, 2) : null,
        RemoteLost = media.RemoteLost,
        Mos = Math.Round(media.Mos, 2),
    };

    private static TimelineObject Of(TimelineEntry entry) => new()
    {
        Sequence = entry.Sequence,
        At = entry.At.UtcDateTime,
        Plane = entry.Plane,
        Kind = entry.Kind,
        Text = entry.Text,
        Data = new RawJson(entry.Data),
    };
}
