using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Reading;

namespace Switchhook.Engines.Mcp;

/// <summary>What an MCP server says, as the Realtime contract tells it. Whatever is in it goes into events, so it must be possible to write and read it there.</summary>
internal static class McpReading
{
    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = Limits.McpSchemaDepth };

    public static McpToolDescription Describe(Tool tool) =>
        // A string even when empty: strict clients drop the list otherwise (realtime-api §7.2).
        new(tool.Name, tool.Description ?? "", Sound(tool.InputSchema, tool.Name), tool.Annotations is { } annotations ? Sound(Json(annotations), tool.Name) : null);

    /// <summary>The text of a result; what is more than text is told as the JSON it came in.</summary>
    public static string Text(CallToolResult result)
    {
        if (result.Content.Count == 0) { return result.StructuredContent is { } structured ? structured.GetRawText() : ""; }
        return result.Content.All(block => block is TextContentBlock)
            ? string.Join('\n', result.Content.Select(block => ((TextContentBlock)block).Text))
            : Json(result.Content).GetRawText();
    }

    public static Dictionary<string, JsonElement> Arguments(string json) => JsonElement.Parse(json).EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);

    private static JsonElement Sound(JsonElement value, string tool)
    {
        ReadOnlySpan<byte> json = JsonMarshal.GetRawUtf8Value(value);
        try
        {
            if (JsonText.IsSound(json, out _)) { return JsonElement.Parse(json, Shallow); }
        }
        catch (JsonException)
        {
            // Deeper than events can be.
        }
        throw new McpRefusal($"The description of the tool '{McpFailure.Clipped(tool)}' cannot be told: it holds broken text, or more than {Limits.McpSchemaDepth} levels.");
    }

    private static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value, (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T)));
}
