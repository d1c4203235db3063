using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Realtime.Events;
using Switchhook.Sip;

namespace Switchhook.Server.Webhooks;

/// <summary>The bodies of our webhooks. Each is written once; every attempt sends and signs these very bytes.</summary>
internal static class WebhookEvent
{
    public const string Incoming = "realtime.call.incoming";

    /// <summary>Our own, under our own prefix: the contract has no event for the end of a call, and its names are not ours to invent (realtime-api §9.26).</summary>
    public const string Ended = "switchhook.call.ended";

    // Headers are full of <, > and +; what is escaped is only what JSON asks for, so that a log of bodies can be read.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>realtime-api §2.2. The headers keep their order, repeats and spelling; the caller's credentials stay here.</summary>
    public static ReadOnlyMemory<byte> OfIncoming(string eventId, CallRecord call, IReadOnlyList<SipHeader> headers) =>
        Write(eventId, Incoming, call.CreatedAt, json =>
        {
            json.WriteString("call_id"u8, call.Id.Value);
            json.WriteStartArray("sip_headers"u8);
            foreach (SipHeader header in headers)
            {
                if (IsSecret(header.Name)) { continue; }
                json.WriteStartObject();
                json.WriteString("name"u8, header.Name);
                json.WriteString("value"u8, header.Value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("sip_media_security"u8, "rtp"u8);
        });

    /// <summary>The members of <c>call.ended</c> as the sideband has them, and who the call was with.</summary>
    public static ReadOnlyMemory<byte> OfEnded(string eventId, CallRecord call)
    {
        CallTiming timing = call.Timing;
        return Write(eventId, Ended, call.EndedAt ?? call.CreatedAt, json =>
        {
            json.WriteString("call_id"u8, call.Id.Value);
            json.WriteString("reason"u8, Word(call.Ended?.Because));
            json.WriteString("by"u8, Word(call.Ended?.By));
            json.WriteStartObject("sip"u8);
            if (call.Ended?.SipStatus is { } status) { json.WriteNumber("status"u8, status); }
            else { json.WriteNull("status"u8); }
            json.WriteString("reason"u8, call.Ended?.SipReason);
            json.WriteString("call_id"u8, call.SipCallId);
            json.WriteString("from"u8, call.From);
            json.WriteString("to"u8, call.To);
            json.WriteEndObject();
            json.WriteString("model"u8, call.Model);
            json.WriteStartObject("timing"u8);
            json.WriteNumber("created_at"u8, timing.CreatedAt);
            json.WriteNumber("ringing_ms"u8, timing.RingingMs);
            if (timing.AnsweredAt is { } answered) { json.WriteNumber("answered_at"u8, answered); }
            else { json.WriteNull("answered_at"u8); }
            json.WriteNumber("duration_ms"u8, timing.DurationMs);
            json.WriteEndObject();
        });
    }

    private static ReadOnlyMemory<byte> Write(string eventId, string type, DateTimeOffset createdAt, Action<Utf8JsonWriter> data)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(bytes, Options);
        json.WriteStartObject();
        json.WriteString("object"u8, "event"u8);
        json.WriteString("id"u8, eventId);
        json.WriteString("type"u8, type);
        json.WriteNumber("created_at"u8, createdAt.ToUnixTimeSeconds());
        json.WriteStartObject("data"u8);
        data(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    private static bool IsSecret(string header) =>
        header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || header.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase);

    private static string? Word<T>(T? value) where T : struct, Enum =>
        value is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : null;
}
