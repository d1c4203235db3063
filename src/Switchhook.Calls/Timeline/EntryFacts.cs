using System.Text.Json;
using Switchhook.Calls.Ports;

namespace Switchhook.Calls.Timeline;

/// <summary>One entry and what its data says. Data that is absent, odd, or of a later version says nothing; it never throws.</summary>
internal readonly record struct EntryFacts(TimelineEntry Entry, JsonElement Data)
{
    public static EntryFacts Of(TimelineEntry entry)
    {
        try
        {
            return new EntryFacts(entry, entry.Data.IsEmpty ? default : JsonElement.Parse(entry.Data.Span));
        }
        catch (JsonException)
        {
            return new EntryFacts(entry, default);
        }
    }

    public string Kind => Entry.Kind;

    /// <summary>A member that is text, or "".</summary>
    public string Text(params ReadOnlySpan<string> path) => Find(path) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    /// <summary>A member that is a number, rounded; 0 when there is none.</summary>
    public long Number(params ReadOnlySpan<string> path) =>
        Find(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double value) ? (long)Math.Round(value) : 0;

    public bool IsTrue(string name) => Find([name]).ValueKind == JsonValueKind.True;

    private JsonElement Find(ReadOnlySpan<string> path)
    {
        JsonElement at = Data;
        foreach (string name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) { return default; }
        }
        return at;
    }
}
