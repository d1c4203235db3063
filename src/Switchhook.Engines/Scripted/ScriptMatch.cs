using System.Diagnostics;
using System.Text.Json;

namespace Switchhook.Engines.Scripted;

/// <summary>What a text that came from the application must be, or must hold. The text may be JSON; then its values count and not its spelling.</summary>
public abstract record ScriptMatch
{
    private ScriptMatch() { }

    /// <summary>It is this: the same JSON value, or the same text.</summary>
    public sealed record EqualTo(JsonElement Value) : ScriptMatch
    {
        public override string ToString() => $"equals {Value.GetRawText()}";
    }

    /// <summary>It holds this: a text that is not empty somewhere in it (in any case), or all members of an object, at least one, with the same values.</summary>
    public sealed record Containing(JsonElement Value) : ScriptMatch
    {
        public override string ToString() => $"contains {Value.GetRawText()}";
    }

    public bool Matches(string text) => this switch
    {
        EqualTo { Value: { ValueKind: JsonValueKind.String } same } when same.ValueEquals(text.Trim()) => true,
        EqualTo equal => TryParse(text) is { } value && JsonElement.DeepEquals(value, equal.Value),
        Containing { Value: { ValueKind: JsonValueKind.Object } members } => TryParse(text) is { ValueKind: JsonValueKind.Object } value
            && members.EnumerateObject().All(m => value.TryGetProperty(m.Name, out JsonElement held) && JsonElement.DeepEquals(held, m.Value)),
        Containing { Value: var part } => text.Contains(part.ToString(), StringComparison.OrdinalIgnoreCase),
        _ => throw new UnreachableException(),
    };

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException) { return null; }
    }
}
