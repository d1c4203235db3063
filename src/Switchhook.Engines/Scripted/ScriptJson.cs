using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Switchhook.Realtime.Conversations;

namespace Switchhook.Engines.Scripted;

/// <summary>Arguments and results are JSON for everybody else; in a script they are written as YAML (1.2, core schema).</summary>
internal static class ScriptJson
{
    // Arguments are read by people in logs; they are never put into HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(ScriptNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable)) { Write(writer, node); }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The failure of an MCP tool, for a script to match like an output.</summary>
    public static string Write(McpError error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, error.Type);
            if (error.Code is { } code) { writer.WriteNumber("code"u8, code); }
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static JsonElement Parse(ScriptNode node)
    {
        using var document = JsonDocument.Parse(Write(node));
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, ScriptNode node)
    {
        switch (node.Kind)
        {
            case ScriptNodeKind.List:
                writer.WriteStartArray();
                foreach (ScriptNode item in node.Items) { Write(writer, item); }
                writer.WriteEndArray();
                break;
            case ScriptNodeKind.Map:
                writer.WriteStartObject();
                foreach ((ScriptNode key, ScriptNode value) in node.Members)
                {
                    writer.WritePropertyName(key.Text);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            default:
                WriteText(writer, node);
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ScriptNode node)
    {
        if (!node.IsPlain) { writer.WriteStringValue(node.Text); return; }
        switch (node.Text)
        {
            case "" or "~" or "null": writer.WriteNullValue(); break;
            case "true": writer.WriteBooleanValue(true); break;
            case "false": writer.WriteBooleanValue(false); break;
            default:
                if (IsNumber(node.Text)) { writer.WriteRawValue(node.Text); }
                else { writer.WriteStringValue(node.Text); }
                break;
        }
    }

    /// <summary>Only what is a number in JSON as well: +7, 007, 0x1F and .5 stay text, as they are most likely meant.</summary>
    private static bool IsNumber(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) { return false; }
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try { return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.BytesConsumed == text.Length; }
        catch (JsonException) { return false; }
    }
}
