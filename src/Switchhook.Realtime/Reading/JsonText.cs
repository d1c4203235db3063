using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Switchhook.Realtime.Reading;

/// <summary>Bytes of a stranger as JSON. What passes here can be read and written again without an exception.</summary>
public static class JsonText
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = Limits.JsonDepth };

    /// <summary>The text as JSON; or what is wrong with it: not UTF-8, not JSON, half a surrogate pair, a member given twice.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out JsonElement element, [NotNullWhen(false)] out RealtimeError? error)
    {
        element = default;
        if (!IsSound(utf8, out error)) { return false; }
        try
        {
            element = JsonElement.Parse(utf8, Options);
            return true;
        }
        catch (JsonException e)
        {
            error = Malformed(utf8, e);
            return false;
        }
    }

    /// <summary>Whether all strings of a text that somebody else has parsed can be read and written: parsers let some pass that cannot.</summary>
    public static bool IsSound(ReadOnlySpan<byte> utf8, [NotNullWhen(false)] out RealtimeError? error)
    {
        error = null;
        if (!Utf8.IsValid(utf8)) { error = Malformed("it is not UTF-8."); return false; }
        try
        {
            CheckEscapes(utf8);
            return true;
        }
        catch (JsonException e)
        {
            error = Malformed(utf8, e);
        }
        catch (InvalidOperationException)
        {
            error = Malformed("a string holds half of a surrogate pair.");
        }
        return false;
    }

    /// <summary>Whether more than <see cref="Limits.JsonDepth"/> levels are what a parser that refused the text has met first.</summary>
    public static bool IsTooDeep(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.JsonDepth + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= Limits.JsonDepth) { return true; }
            }
        }
        catch (JsonException) { }       // something else is wrong before that
        return false;
    }

    // The parser's own sentence names the line and the byte.
    private static RealtimeError Malformed(ReadOnlySpan<byte> utf8, JsonException error) =>
        Malformed(IsTooDeep(utf8) ? $"it has more than {Limits.JsonDepth} levels of objects and arrays." : error.Message);

    internal static RealtimeError Malformed(string why) =>
        RealtimeError.Invalid("invalid_json", $"The text could not be parsed as JSON: {why}");

    // The parser leaves escapes alone until they are asked for, and throws only then.
    private static void CheckEscapes(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOf("\\u"u8) < 0) { return; }
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.JsonDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) { _ = reader.GetString(); }
        }
    }
}
