using System.Buffers;
using System.Text.Json;
using Switchhook.Realtime;
using Switchhook.Realtime.Reading;

namespace Switchhook.Server.Api;

/// <summary>The JSON body of a request: read whole, up to <see cref="Limits.ApiBodyBytes"/>, whatever the Content-Type says or does not say (realtime-api §1.4).</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Limits.JsonDepth };

    /// <summary>A JSON object; an empty body is an empty one. Otherwise the error says where it stops being JSON.</summary>
    public static async Task<(JsonElement Body, RealtimeError? Error)> ReadObjectAsync(HttpContext http)
    {
        ArrayBufferWriter<byte> bytes = new();
        while (true)
        {
            int read = await http.Request.Body.ReadAsync(bytes.GetMemory(4096), http.RequestAborted);
            if (read == 0) { break; }
            bytes.Advance(read);
        }
        return Parse(bytes.WrittenMemory);
    }

    public static (JsonElement Body, RealtimeError? Error) Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0) { bytes = "{}"u8.ToArray(); }
        if (!JsonText.IsSound(bytes.Span, out RealtimeError? unsound)) { return (default, unsound); }
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), null)
                : (default, RealtimeError.Invalid("invalid_type", $"The body must be a JSON object, but is {Article(document.RootElement.ValueKind)}."));
        }
        catch (JsonException) when (JsonText.IsTooDeep(bytes.Span))
        {
            return (default, RealtimeError.Invalid("invalid_json", $"The body has more than {Limits.JsonDepth} levels of objects and arrays. Flatten it."));
        }
        catch (JsonException error)
        {
            // Of a member that is there twice the parser knows the name and not the place.
            string why = error.LineNumber is { } line ? $" at line {line + 1}, byte {error.BytePositionInLine + 1}." : $": {error.Message}";
            return (default, RealtimeError.Invalid("invalid_json", $"The body is not valid JSON{why}"));
        }
    }

    private static string Article(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
