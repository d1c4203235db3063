using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Reading;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>What response.create asked for: the session with the response's overrides, and what is to be answered.</summary>
internal sealed record ResponseTerms(
    SessionConfig Config, bool IsOutOfBand, IReadOnlyList<Conversation.Entry> Input, IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>The client chose what is to be answered; else it is the conversation.</summary>
    public bool IsInputGiven { get; init; }

    /// <summary>Reads <c>response</c>; absent, the session as it is. A fault names the member and nothing begins.</summary>
    public static bool TryRead(
        JsonElement? response, SessionConfig session, bool audioStarted, Conversation conversation, IReadOnlyList<McpTool> known,
        [NotNullWhen(true)] out ResponseTerms? terms, [NotNullWhen(false)] out RealtimeError? error)
    {
        terms = null;
        error = null;
        if (response is not { } given)
        {
            terms = new ResponseTerms(session, false, conversation.Settled(), null);
            return true;
        }
        if (!SessionRules.TryOverride(session, given, audioStarted, known, out SessionConfig? config, out error)) { return false; }
        var faults = new Faults();
        var f = new FieldReader(given, "response", faults);
        bool isOutOfBand = f.Choice("conversation", "auto", "auto", "auto", "none") == "none";
        bool isInputGiven = f.TryFind("input", out _);
        IReadOnlyList<Conversation.Entry> input = isInputGiven ? ReadInput(f, conversation) : conversation.Settled();
        IReadOnlyDictionary<string, string>? metadata = ReadMetadata(f);
        error = faults.First;
        if (error is not null) { return false; }
        terms = new ResponseTerms(config, isOutOfBand, input, metadata) { IsInputGiven = isInputGiven };
        return true;
    }

    private static List<Conversation.Entry> ReadInput(FieldReader f, Conversation conversation)
    {
        var input = new List<Conversation.Entry>();
        foreach ((JsonElement value, string at) in f.Elements("input", Limits.ConversationItems))
        {
            if (value.ValueKind != JsonValueKind.Object) { f.Faults.Type(at, "an object", FieldReader.Kind(value)); break; }
            var reader = new FieldReader(value, at, f.Faults);
            if (ItemReader.Read(reader, mayRefer: true) is not { } item) { break; }
            if (item is not ItemReference) { input.Add(new Conversation.Entry(item, null)); }
            else if (conversation.Find(item.Id) is { } known) { input.Add(known); }
            else { f.Faults.Value(reader.At("id"), item.Id, "No item of the conversation has this id."); break; }
        }
        return input;
    }

    private static Dictionary<string, string>? ReadMetadata(FieldReader f)
    {
        if (!f.TryObject("metadata", out FieldReader reader)) { return null; }
        f.TryFind("metadata", out JsonElement value);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty pair in value.EnumerateObject())
        {
            string at = reader.At(Quoted.Clipped(pair.Name, Limits.MetadataKeyChars));
            if (!FieldReader.TryText(pair.Value, at, out string? text, f.Faults)) { break; }
            if (metadata.Count == Limits.MetadataPairs || pair.Name.Length > Limits.MetadataKeyChars || text.Length > Limits.MetadataValueChars)
            {
                f.Faults.Value(at, text, $"Metadata has at most {Limits.MetadataPairs} pairs, keys of at most {Limits.MetadataKeyChars} characters and values of at most {Limits.MetadataValueChars}.");
                break;
            }
            metadata[pair.Name] = text;
        }
        return metadata;
    }
}
