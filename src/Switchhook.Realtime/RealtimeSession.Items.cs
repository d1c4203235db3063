using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;

namespace Switchhook.Realtime;

/// <summary>The client's hands in the conversation.</summary>
public sealed partial class RealtimeSession
{
    private void Create(ConversationItemCreate create)
    {
        if (create.Item is McpApprovalResponseItem response) { Decide(create, response); }
        else { TryInsert(create, create.Item is FunctionCallItem { CallId: "" } call ? call with { CallId = _outbox.NewId("call_") } : create.Item); }
    }

    private bool TryInsert(ConversationItemCreate create, Item item)
    {
        if (item.Id.Length == 0) { item = item with { Id = _outbox.NewId("item_") }; }
        if (item.Id == _speechItem)
        {
            Refuse(create, "invalid_value", $"Error creating item: the id '{item.Id}' is that of what the caller is saying.", "item.id");
            return false;
        }
        if (!_conversation.TryInsert(item, create.PreviousItemId, out Conversation.Entry? entry, out RealtimeError? error))
        {
            _outbox.Refuse(error, create.EventId);
            return false;
        }
        TellNew(entry);
        return true;
    }

    private void Retrieve(ConversationItemRetrieve retrieve)
    {
        if (_conversation.Find(retrieve.ItemId) is { } entry)
        {
            _outbox.Send(new ConversationItemRetrieved(entry.Item) { EventId = _outbox.NewEventId() });
            return;
        }
        Refuse(retrieve, "item_retrieve_invalid_item_id", $"Error retrieving item: the item with id {Reading.Faults.Quote(retrieve.ItemId)} does not exist.", "item_id");
    }

    private void Delete(ConversationItemDelete delete)
    {
        if (!_conversation.Remove(delete.ItemId))
        {
            Refuse(delete, "item_delete_invalid_item_id", $"Error deleting item: the item with id {Reading.Faults.Quote(delete.ItemId)} does not exist.", "item_id");
            return;
        }
        _outbox.Send(new ConversationItemDeleted(delete.ItemId) { EventId = _outbox.NewEventId() });
        foreach (string? eventId in _responses.SelectMany(response => response.TakeTruncations(delete.ItemId)))
        {
            _outbox.Refuse(RealtimeError.Invalid("item_truncate_invalid_item_id", $"Error truncating item: the item with id {Reading.Faults.Quote(delete.ItemId)} was deleted.", "item_id"), eventId);
        }
    }

    /// <summary>
    /// A client that plays the audio itself says how much was heard. On a telephone the session knows better: a position beyond the one
    /// at which it was cut already is answered with that one.
    /// </summary>
    private void Truncate(Instant now, ConversationItemTruncate truncate)
    {
        if (_conversation.Find(truncate.ItemId) is not { } entry)
        {
            Refuse(truncate, "item_truncate_invalid_item_id", $"Error truncating item: the item with id {Reading.Faults.Quote(truncate.ItemId)} does not exist.", "item_id");
            return;
        }
        if (entry.Spoken is not { } spoken)
        {
            Refuse(truncate, "invalid_value", "Error truncating item: only audio of the assistant can be truncated.", "item_id");
            return;
        }
        if (truncate.ContentIndex != 0)
        {
            Refuse(truncate, "invalid_value", $"Error truncating item: it has no content at index {truncate.ContentIndex}.", "content_index");
            return;
        }
        if (truncate.AudioEndMs > spoken.GeneratedMs)
        {
            Refuse(truncate, "invalid_value", $"Error truncating item: its audio of {spoken.GeneratedMs} ms is shorter than {truncate.AudioEndMs} ms already.", "audio_end_ms");
            return;
        }
        _outbox.Hush(now);
        if (_idleSince > now) { (_idleSince, _idleFrom) = (now, _turns.Clock); }
        foreach (ResponseMachine response in _responses)
        {
            if (response.TryTruncateLater(truncate.ItemId, truncate.AudioEndMs, truncate.EventId)) { return; }
        }
        entry.Truncate(truncate.AudioEndMs);
        _outbox.Send(new ConversationItemTruncated(truncate.ItemId, 0, spoken.DurationMs) { EventId = _outbox.NewEventId() });
    }

    private void TellNew(Conversation.Entry entry)
    {
        Item told = entry.Item.WithoutAudio();
        _outbox.Send(new ConversationItemAdded(entry.PreviousItemId, told) { EventId = _outbox.NewEventId() });
        _outbox.Send(new ConversationItemDone(entry.PreviousItemId, told) { EventId = _outbox.NewEventId() });
    }
}
