using System.Buffers;
using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Events;

namespace Switchhook.Engines.Scripted;

/// <summary>Events that no orderly session would send: a script writes them itself, to try what an application does with them.</summary>
internal static class ScriptedEvent
{
    /// <summary>What is no JSON, as from a connection that lost its middle.</summary>
    public const string Unreadable = """{"type":"response.output_text.delta","delta":"Hel""";

    /// <summary>A word of a response that was never announced, or is over already.</summary>
    public const string OutOfOrder =
        """{"type":"response.output_audio_transcript.delta","response_id":"resp_unknown","item_id":"item_unknown","output_index":0,"content_index":0,"delta":"?"}""";

    /// <summary>The event as the script wrote it, with an id if it has none; what is no JSON goes out as it is and has no name.</summary>
    public static RawServerEvent Of(string json, string eventId)
    {
        byte[] written = Encoding.UTF8.GetBytes(json);
        if (!EventReader.TryPeek(written, out string? type, out string? given)) { return new RawServerEvent("unreadable", written) { EventId = "" }; }
        if (given is not null) { return new RawServerEvent(type, written) { EventId = given }; }
        using var document = JsonDocument.Parse(written);
        var buffer = new ArrayBufferWriter<byte>(written.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event_id"u8, eventId);
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (!member.NameEquals("event_id"u8)) { member.WriteTo(writer); }
            }
            writer.WriteEndObject();
        }
        return new RawServerEvent(type, buffer.WrittenMemory) { EventId = eventId };
    }
}
