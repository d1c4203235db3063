using System.Text.Json.Serialization;
using Switchhook.Realtime.Conversations;

namespace Switchhook.Realtime.Events;

/// <summary>A new item. <paramref name="PreviousItemId"/> absent: at the end; <c>root</c>: at the start; else after that item.</summary>
public sealed record ConversationItemCreate(Item Item, string? PreviousItemId = null) : ClientEvent("conversation.item.create");

public sealed record ConversationItemRetrieve(string ItemId) : ClientEvent("conversation.item.retrieve");

public sealed record ConversationItemTruncate(string ItemId, int ContentIndex, int AudioEndMs) : ClientEvent("conversation.item.truncate");

public sealed record ConversationItemDelete(string ItemId) : ClientEvent("conversation.item.delete");

public sealed record ConversationItemAdded(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PreviousItemId, Item Item) : ServerEvent("conversation.item.added");

public sealed record ConversationItemDone(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PreviousItemId, Item Item) : ServerEvent("conversation.item.done");

/// <summary>The name before <c>added</c> and <c>done</c>; read from other servers, never said by this one.</summary>
public sealed record ConversationItemCreated(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PreviousItemId, Item Item) : ServerEvent("conversation.item.created");

public sealed record ConversationItemDeleted(string ItemId) : ServerEvent("conversation.item.deleted");

/// <summary>The one event that tells of an item with the bytes of its audio, where they are still known.</summary>
public sealed record ConversationItemRetrieved(Item Item) : ServerEvent("conversation.item.retrieved")
{
    /// <summary>The same with what was heard, in the session's input format.</summary>
    public ConversationItemRetrieved WithAudio(ReadOnlyMemory<byte> audio) => Item is MessageItem message
        ? this with { Item = message with { Content = [.. message.Content.Select(part => part is InputAudioPart heard ? heard with { Audio = audio } : part)] } }
        : this;

    /// <summary>As all other events tell of it.</summary>
    public ConversationItemRetrieved WithoutAudio() => this with { Item = Item.WithoutAudio() };
}

public sealed record ConversationItemTruncated(string ItemId, int ContentIndex, long AudioEndMs) : ServerEvent("conversation.item.truncated");
