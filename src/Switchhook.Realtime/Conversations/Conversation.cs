using System.Diagnostics.CodeAnalysis;

namespace Switchhook.Realtime.Conversations;

/// <summary>The items of a session in their order, at most <see cref="Limits.ConversationItems"/>; those that clients put here weigh no more than <see cref="Limits.ConversationBytes"/>.</summary>
internal sealed class Conversation(string id)
{
    private readonly List<Entry> _entries = [];
    private long _givenBytes;

    /// <summary><c>conv_…</c></summary>
    public string Id { get; } = id;

    public string? LastId => _entries.Count == 0 ? null : _entries[^1].Item.Id;

    public bool IsFull => _entries.Count >= Limits.ConversationItems;

    /// <summary>Whether the model called a function and nobody has said what came of it. A call that a client put here is history.</summary>
    public bool HasUnansweredCall
    {
        get
        {
            if (!_entries.Exists(e => e is { Item: FunctionCallItem, IsGiven: false })) { return false; }
            var answered = _entries.Select(e => e.Item).OfType<FunctionCallOutputItem>().Select(o => o.CallId).ToHashSet();
            return _entries.Exists(e => e is { Item: FunctionCallItem call, IsGiven: false } && !answered.Contains(call.CallId));
        }
    }

    /// <summary>Appends an item that the session itself made; null when the conversation is full.</summary>
    public Entry? Append(Item item, TimeSpan heard = default)
    {
        if (IsFull) { return null; }
        var entry = new Entry(item, LastId) { Heard = heard };
        _entries.Add(entry);
        return entry;
    }

    /// <summary>Inserts a client's item: at the end (null), at the start (<c>root</c>), or after another.</summary>
    public bool TryInsert(Item item, string? previousItemId, [NotNullWhen(true)] out Entry? entry, [NotNullWhen(false)] out RealtimeError? error)
    {
        entry = null;
        error = null;
        int at = previousItemId switch
        {
            null => _entries.Count,
            "root" => 0,
            _ => IndexOf(previousItemId) + 1,
        };
        long bytes = item.Weight();
        if (IsFull || _givenBytes + bytes > Limits.ConversationBytes) { error = Full; }
        else if (IndexOf(item.Id) >= 0)
        {
            error = RealtimeError.Invalid("invalid_value", $"Error creating item: an item with id '{item.Id}' exists already.", "item.id");
        }
        else if (at == 0 && previousItemId is not (null or "root"))
        {
            error = RealtimeError.Invalid("invalid_value", $"Error creating item: the previous item with id {Reading.Faults.Quote(previousItemId)} does not exist.", "previous_item_id");
        }
        if (error is not null) { return false; }
        entry = new Entry(item, at == 0 ? null : _entries[at - 1].Item.Id) { IsGiven = true };
        _givenBytes += bytes;
        _entries.Insert(at, entry);
        return true;
    }

    public Entry? Find(string id) => IndexOf(id) is >= 0 and var at ? _entries[at] : null;

    /// <summary>The item that stands before this one now; null where none does.</summary>
    public string? Before(Entry entry) => _entries.IndexOf(entry) is > 0 and var at ? _entries[at - 1].Item.Id : null;

    public bool Remove(string id)
    {
        if (IndexOf(id) is not (>= 0 and var at)) { return false; }
        Entry entry = _entries[at];
        if (entry.IsGiven) { _givenBytes -= entry.Item.Weight(); }
        entry.IsRemoved = true;
        _entries.RemoveAt(at);
        return true;
    }

    /// <summary>What a model may build on: everything that is complete as it stands, calls of MCP tools that it has made and that still run, and nothing that was forgotten.</summary>
    public IReadOnlyList<Entry> Settled() => [.. _entries.Where(e => (e.Item.Status != ItemStatus.InProgress || e.Item is McpCallItem) && !e.IsForgotten)];

    public static RealtimeError Full => RealtimeError.Invalid("conversation_full", $"The conversation holds {Limits.ConversationItems} items, and those of clients at most {Limits.ConversationBytes} bytes; delete some first.");

    private int IndexOf(string id) => _entries.FindIndex(e => e.Item.Id == id);

    /// <summary>An item and what is known of its sound.</summary>
    internal sealed class Entry(Item item, string? previousItemId)
    {
        public Item Item { get; set; } = item;

        /// <summary>The item before it when it was added. That one may be deleted until this one is done (<see cref="Before"/>).</summary>
        public string? PreviousItemId { get; } = previousItemId;

        /// <summary>A client put it here, nobody has said it.</summary>
        public bool IsGiven { get; init; }

        /// <summary>How long the caller spoke, in an item made of the caller's voice.</summary>
        public TimeSpan Heard { get; init; }

        /// <summary>A client deleted it, perhaps before it was done: the conversation tells nothing more of it.</summary>
        public bool IsRemoved { get; set; }

        /// <summary>The conversation became too long for the model, and this was too old.</summary>
        public bool IsForgotten { get; set; }

        /// <summary>What the assistant said aloud.</summary>
        public SpokenTranscript? Spoken { get; set; }

        /// <summary>Cuts what was said at the moment until which it was heard.</summary>
        public void Truncate(int heardMs)
        {
            if (Spoken is null || Item is not MessageItem message) { return; }
            Spoken.Cut(heardMs);
            Item = message with { Content = [new OutputAudioPart(Spoken.Text)] };
        }
    }
}
