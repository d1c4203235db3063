using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Events;

/// <summary>Events as bytes of a stranger. Nothing here throws for what was read.</summary>
public static class EventReader
{
    /// <summary>
    /// A client event, or what is wrong with it. <paramref name="eventId"/> is the client's id whenever it could be read, for the
    /// <c>error</c> event to carry. Members that the contract does not know are read over, except in session objects.
    /// </summary>
    public static bool TryReadClientEvent(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ClientEvent? clientEvent, [NotNullWhen(false)] out RealtimeError? error, out string? eventId)
    {
        clientEvent = null;
        eventId = null;
        if (!JsonText.TryParse(utf8, out JsonElement root, out error)) { return false; }
        var faults = new Faults();
        var f = new FieldReader(root, "", faults);
        if (!f.IsObject) { faults.Add("invalid_event", "An event must be a JSON object with a 'type'.", "type"); }
        else
        {
            string? id = ReadEventId(f);
            eventId = id;
            string type = "";
            if (!f.TryFind("type", out JsonElement value)) { faults.Add("invalid_event", "The 'type' field is missing.", "type"); }
            else if (FieldReader.TryText(value, "type", out string? text, faults)) { type = text; }
            if (faults.First is null) { clientEvent = ReadTyped(f, type)?.Identified(id); }
        }
        error = faults.First;
        if (error is null && clientEvent is not null) { return true; }
        clientEvent = null;
        error ??= RealtimeError.Invalid("invalid_event", "The event could not be read.");
        return false;
    }

    /// <summary>The same for who has the session tell what is wrong: <see cref="UnreadableEvent"/>.</summary>
    public static ClientEvent ReadClientEvent(ReadOnlySpan<byte> utf8) =>
        TryReadClientEvent(utf8, out ClientEvent? said, out RealtimeError? error, out string? eventId) ? said : new UnreadableEvent(error) { EventId = eventId };

    /// <summary>
    /// A server event, typed where it is one of ours and as it should be, else as <see cref="RawServerEvent"/>. False only when it is not
    /// a JSON object with a <c>type</c>.
    /// </summary>
    public static bool TryReadServerEvent(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ServerEvent? serverEvent)
    {
        serverEvent = null;
        if (!TryPeek(utf8, out string? type, out string? eventId)) { return false; }
        if (RealtimeJson.Find(type) is { } typed)
        {
            try
            {
                serverEvent = JsonSerializer.Deserialize(utf8, typed) as ServerEvent;
            }
            catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
            {
                // Another server's idea of this event differs from ours: it is passed on as it is.
            }
        }
        serverEvent ??= new RawServerEvent(type, utf8.ToArray()) { EventId = eventId ?? "" };
        return true;
    }

    /// <summary>The <c>type</c> and <c>event_id</c> of an event, wherever in the object they stand; the whole text is checked to be JSON.</summary>
    public static bool TryPeek(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? type, out string? eventId)
    {
        type = eventId = null;
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) { return false; }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool atType = reader.ValueTextEquals("type"u8), atId = reader.ValueTextEquals("event_id"u8);
                reader.Read();
                if (atType && reader.TokenType == JsonTokenType.String) { type = reader.GetString(); }
                if (atId && reader.TokenType == JsonTokenType.String) { eventId = reader.GetString(); }
                reader.Skip();
            }
            return type is not null && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string? ReadEventId(FieldReader f)
    {
        string? id = f.OptionalText("event_id");
        if (id is null || id.Length <= Limits.ClientEventIdChars) { return id; }
        f.Faults.Value("event_id", id, $"It must have at most {Limits.ClientEventIdChars} characters.");
        return null;
    }

    private static ClientEvent? ReadTyped(FieldReader f, string type)
    {
        switch (type)
        {
            case "session.update": return Raw(f, "session") is { } session ? new SessionUpdate(session) : null;
            case "transcription_session.update": return Raw(f, "session") is { } session2 ? new TranscriptionSessionUpdate(session2) : null;
            case "input_audio_buffer.append": return Append(f);
            case "input_audio_buffer.commit": return new InputAudioBufferCommit();
            case "input_audio_buffer.clear": return new InputAudioBufferClear();
            case "output_audio_buffer.clear": return new OutputAudioBufferClear();
            case "conversation.item.create": return ItemCreate(f);
            case "conversation.item.retrieve": return new ConversationItemRetrieve(f.RequiredText("item_id"));
            case "conversation.item.delete": return new ConversationItemDelete(f.RequiredText("item_id"));
            case "conversation.item.truncate": return ItemTruncate(f);
            case "response.create":
                if (!f.TryFind("response", out JsonElement response)) { return new ResponseCreate(); }
                f.TryObject("response", out _);
                return new ResponseCreate(response);
            case "response.cancel": return new ResponseCancel(f.OptionalText("response_id"));
            default:
                f.Faults.Value("type", type, "It is not a client event of the Realtime API.");
                return null;
        }
    }

    private static JsonElement? Raw(FieldReader f, string name)
    {
        if (!f.TryFind(name, out JsonElement value)) { f.Faults.Missing(name); return null; }
        return f.TryObject(name, out _) ? value : null;
    }

    private static InputAudioBufferAppend? Append(FieldReader f)
    {
        if (!f.TryFind("audio", out JsonElement value)) { f.Faults.Missing("audio"); return null; }
        if (!ItemReader.TryAudio(value, "audio", f.Faults, out byte[]? audio)) { return null; }
        if (audio.Length is > 0 and <= Limits.AppendBytes) { return new InputAudioBufferAppend(audio); }
        f.Faults.Add("invalid_value", audio.Length == 0
            ? "Invalid value for 'audio': there are no bytes in it."
            : $"Invalid value for 'audio': it has {audio.Length} bytes; one event may append {Limits.AppendBytes}.", "audio");
        return null;
    }

    private static ConversationItemCreate? ItemCreate(FieldReader f)
    {
        if (!f.TryObject("item", out FieldReader item))
        {
            if (f.Faults.First is null) { f.Faults.Missing("item"); }
            return null;
        }
        return ItemReader.Read(item, mayRefer: false) is { } read ? new ConversationItemCreate(read, f.OptionalText("previous_item_id")) : null;
    }

    private static ConversationItemTruncate ItemTruncate(FieldReader f)
    {
        string id = f.RequiredText("item_id");
        foreach (string name in (ReadOnlySpan<string>)["content_index", "audio_end_ms"])
        {
            if (!f.TryFind(name, out _)) { f.Faults.Missing(name); }
        }
        return new ConversationItemTruncate(
            id, f.Whole("content_index", 0, 0, 0, Limits.ContentParts), f.Whole("audio_end_ms", 0, 0, 0, int.MaxValue));
    }

    private static ClientEvent Identified(this ClientEvent clientEvent, string? eventId) =>
        eventId is null ? clientEvent : clientEvent with { EventId = eventId };
}
