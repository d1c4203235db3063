using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Media;

namespace Switchhook.Server.Api;

/// <summary>Calls and their histories as our own REST routes show them.</summary>
internal static class CallJson
{
    public static ReadOnlyMemory<byte> Write(CallRecord call) => ApiJson.Write(json => Write(json, call));

    /// <summary>A page, newest first: <paramref name="hasMore"/> says whether older ones follow; ask for them with <c>before</c> = <c>last_id</c>.</summary>
    public static ReadOnlyMemory<byte> WriteList(IReadOnlyList<CallRecord> calls, bool hasMore) => ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (CallRecord call in calls) { Write(json, call); }
        json.WriteEndArray();
        json.WriteString("first_id"u8, calls.Count > 0 ? calls[0].Id.Value : null);
        json.WriteString("last_id"u8, calls.Count > 0 ? calls[^1].Id.Value : null);
        json.WriteBoolean("has_more"u8, hasMore);
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> WriteTimeline(IReadOnlyList<TimelineEntry> entries, bool hasMore) => ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (TimelineEntry entry in entries) { Write(json, entry); }
        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, hasMore);
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> WriteExplanation(CallRecord call, IReadOnlyList<TimelineEntry> entries) => ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "realtime.call.explanation"u8);
        json.WriteString("call_id"u8, call.Id.Value);
        json.WriteString("text"u8, Explanation.Of(call, entries));
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> Write(TimelineEntry entry) => ApiJson.Write(json => Write(json, entry));

    private static void Write(Utf8JsonWriter json, CallRecord call)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, call.Id.Value);
        json.WriteString("object"u8, "realtime.call"u8);
        json.WriteString("project"u8, call.Project);
        json.WriteString("state"u8, Words.Of(call.State));
        json.WriteString("model"u8, call.Model);
        json.WriteString("from"u8, call.From);
        json.WriteString("to"u8, call.To);
        json.WriteString("sip_call_id"u8, call.SipCallId);
        json.WriteString("peer"u8, call.Peer);
        json.WriteNumber("created_at"u8, call.CreatedAt.ToUnixTimeSeconds());
        WriteTime(json, "accepted_at"u8, call.AcceptedAt);
        WriteTime(json, "answered_at"u8, call.AnsweredAt);
        WriteTime(json, "ended_at"u8, call.EndedAt);
        if (call.Ended is { } ended) { WriteEnding(json, call, ended); }
        else { json.WriteNull("ended"u8); }
        json.WriteString("recording"u8, call.Recording is null ? null : $"/v1/realtime/calls/{call.Id}/recording");
        if (call.Media is { } media) { WriteMedia(json, media); }
        else { json.WriteNull("media"u8); }
        json.WriteNumber("timeline_gap"u8, call.TimelineGap);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? at)
    {
        if (at is { } time) { json.WriteNumber(name, time.ToUnixTimeSeconds()); }
        else { json.WriteNull(name); }
    }

    private static void WriteEnding(Utf8JsonWriter json, CallRecord call, EndReason ended)
    {
        json.WriteStartObject("ended"u8);
        json.WriteString("by"u8, Words.Of(ended.By));
        json.WriteString("because"u8, Words.Of(ended.Because));
        if (ended.SipStatus is { } status) { json.WriteNumber("sip_status"u8, status); }
        else { json.WriteNull("sip_status"u8); }
        json.WriteString("text"u8, EndSentence.Of(call));
        json.WriteEndObject();
    }

    private static void WriteMedia(Utf8JsonWriter json, MediaStats media)
    {
        json.WriteStartObject("media"u8);
        json.WriteNumber("packets_sent"u8, media.PacketsSent);
        json.WriteNumber("packets_received"u8, media.PacketsReceived);
        json.WriteNumber("packets_lost"u8, media.PacketsLost);
        json.WriteNumber("packets_late"u8, media.PacketsLate);
        json.WriteNumber("packets_dropped"u8, media.PacketsDropped);
        json.WriteNumber("frames_concealed"u8, media.FramesConcealed);
        json.WriteNumber("jitter_ms"u8, Math.Round(media.JitterMs, 2));
        json.WriteNumber("delay_ms"u8, media.DelayMs);
        if (media.RoundTripMs is { } roundTrip) { json.WriteNumber("round_trip_ms"u8, Math.Round(roundTrip, 2)); }
        else { json.WriteNull("round_trip_ms"u8); }
        if (media.RemoteLost is { } lost) { json.WriteNumber("remote_lost"u8, lost); }
        else { json.WriteNull("remote_lost"u8); }
        json.WriteNumber("mos"u8, Math.Round(media.Mos, 2));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TimelineEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, entry.Sequence);
        json.WriteString("at"u8, entry.At.UtcDateTime);
        json.WriteString("plane"u8, Words.Of(entry.Plane));
        json.WriteString("kind"u8, entry.Kind);
        json.WriteString("text"u8, entry.Text);
        json.WritePropertyName("data"u8);
        if (entry.Data.IsEmpty) { json.WriteNullValue(); }
        else { json.WriteRawValue(entry.Data.Span); }
        json.WriteEndObject();
    }
}
