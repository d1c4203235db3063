using System.Buffers;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Server.Webhooks;

/// <summary>An attempt of the durable lane, as an entry of the timeline of the call that is over.</summary>
internal static class WebhookEntry
{
    public static TimelineEntry Of(WebhookAttempt attempt, DateTimeOffset at)
    {
        string text = attempt.IsDelivered
            ? $"{attempt.EventType} delivered, attempt {attempt.Attempt}: {attempt.Status}"
            : $"{attempt.EventType} attempt {attempt.Attempt} failed: {attempt.Error ?? $"{attempt.Status}"}";
        return new TimelineEntry(0, at, Plane.Webhook, "webhook.attempt", text, Data(attempt));
    }

    private static ReadOnlyMemory<byte> Data(WebhookAttempt attempt)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("id"u8, attempt.Id);
        json.WriteString("event"u8, attempt.EventType);
        json.WriteNumber("attempt"u8, attempt.Attempt);
        json.WriteString("url"u8, attempt.Url);
        json.WriteNumber("status"u8, attempt.Status);
        if (attempt.Error is not null) { json.WriteString("error"u8, attempt.Error); }
        json.WriteNumber("ms"u8, (long)attempt.Took.TotalMilliseconds);
        json.WriteBoolean("delivered"u8, attempt.IsDelivered);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
