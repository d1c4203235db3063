using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Switchhook.Engines.Scripted;

/// <summary>
/// How an expectation turned out. It is told as an event of the session, so that it is in the history of the call and
/// reaches everybody who reads it: the application, the timeline, <c>explain</c> and the test runner.
/// </summary>
public sealed record ScriptVerdict(string Step, int Line, bool Passed, string Text)
{
    /// <summary>The <c>type</c> of the event, and so the kind of its timeline entry.</summary>
    public const string EventType = "switchhook.script.expectation";

    // A history is read by people; it is never put into HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ReadOnlyMemory<byte> ToEvent(string eventId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, EventType);
            json.WriteString("event_id"u8, eventId);
            json.WriteString("step"u8, Step);
            json.WriteNumber("line"u8, Line);
            json.WriteBoolean("passed"u8, Passed);
            json.WriteString("text"u8, Text);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="ToEvent"/> wrote; null when it is something else, such as an event of this name that a script sends by itself.</summary>
    public static ScriptVerdict? Of(ReadOnlyMemory<byte> serverEvent)
    {
        try
        {
            using var document = JsonDocument.Parse(serverEvent);
            JsonElement root = document.RootElement;
            return new ScriptVerdict(
                root.GetProperty("step"u8).GetString() ?? "", root.GetProperty("line"u8).GetInt32(),
                root.GetProperty("passed"u8).GetBoolean(), root.GetProperty("text"u8).GetString() ?? "");
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or FormatException) { return null; }
    }
}
