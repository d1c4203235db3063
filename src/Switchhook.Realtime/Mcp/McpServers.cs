using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Mcp;

/// <summary>
/// The MCP servers that a session knows: one definition a label, the one that appeared last, and what became of its list (realtime-api §6.4).
/// <code>
///   unknown ─► loading ─► loaded
///      ▲          └─────► failed       another definition, or a failed one that is given again: loading again
///      └── removed from session.tools
/// </code>
/// The list is an item of the conversation from the moment it is asked for: clients retrieve it at once.
/// </summary>
internal sealed class McpServers(Conversation conversation, McpCalls calls, SessionOutbox outbox)
{
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    private enum State : byte { Loading, Loaded, Failed }

    /// <summary>What a label alone may mean.</summary>
    public IReadOnlyList<McpTool> Definitions => [.. _known.Values.Select(known => known.Server)];

    /// <summary>The session's tools are these from now on: servers that are not among them are forgotten.</summary>
    public void Replace(IReadOnlyList<Tool> tools)
    {
        HashSet<string> kept = [.. tools.OfType<McpTool>().Select(server => server.ServerLabel)];
        foreach (Known known in _known.Values.Where(known => !kept.Contains(known.Server.ServerLabel)).ToArray()) { Forget(known, "The server was removed from the session's tools."); }
        Meet(tools, isGiven: true);
    }

    /// <summary>Asks for the lists of servers that are new or changed. <paramref name="isGiven"/>: a client has just named them, so what failed is tried again.</summary>
    public void Meet(IReadOnlyList<Tool> tools, bool isGiven)
    {
        foreach (McpTool server in tools.OfType<McpTool>())
        {
            if (_known.TryGetValue(server.ServerLabel, out Known? known))
            {
                if (known.Server.IsSameAs(server) && !(isGiven && known.State == State.Failed))
                {
                    if (isGiven) { known.Server = server; }
                    continue;
                }
                Forget(known, "Another definition of this server has taken its place.");
            }
            Ask(server);
        }
    }

    /// <summary>What of these tools can be called now.</summary>
    public IReadOnlyList<McpServerTools> Loaded(IReadOnlyList<Tool> tools) =>
        [.. tools.OfType<McpTool>().Where(IsLoaded).Select(server => new McpServerTools(server, _known[server.ServerLabel].Tools))];

    /// <summary>Whether this very definition still stands, and its list has come.</summary>
    public bool IsLoaded(McpTool server) =>
        _known.TryGetValue(server.ServerLabel, out Known? known) && known.State == State.Loaded && known.Server.IsSameAs(server);

    public void Listed(string itemId, IReadOnlyList<McpToolDescription> tools)
    {
        if (Loading(itemId) is not { } known) { return; }
        IReadOnlyList<McpToolDescription> allowed = [.. tools.Where(known.Server.Allows)];
        if (allowed.Count > Limits.Tools)
        {
            Fail(known, $"The server has {allowed.Count} tools; at most {Limits.Tools} can be used. Name those you need in 'allowed_tools'.");
            return;
        }
        (known.State, known.Tools) = (State.Loaded, allowed);
        TellDone(known, new McpListToolsItem(known.Server.ServerLabel, allowed) { Id = itemId });
        outbox.Send(new McpListToolsCompleted(itemId) { EventId = outbox.NewEventId() });
    }

    public void NotListed(string itemId, string reason)
    {
        if (Loading(itemId) is { } known) { Fail(known, reason); }
    }

    /// <summary>No list is waited for any longer.</summary>
    public void FailAll(string reason)
    {
        foreach (Known known in _known.Values.Where(known => known.State == State.Loading)) { Fail(known, reason); }
    }

    private Known? Loading(string itemId) => _known.Values.FirstOrDefault(known => known.State == State.Loading && known.ItemId == itemId);

    private void Ask(McpTool server)
    {
        var item = new McpListToolsItem(server.ServerLabel, []) { Id = outbox.NewId("item_"), Status = ItemStatus.InProgress };
        var known = new Known(server, item.Id);
        if (_known.Count >= Limits.McpServers) { known.State = State.Failed; }
        else { _known.Add(server.ServerLabel, known); }
        if (conversation.Append(item) is not { } entry)
        {
            known.State = State.Failed;
            outbox.Refuse(Conversation.Full, null);
            return;
        }
        outbox.Send(new ConversationItemAdded(entry.PreviousItemId, item) { EventId = outbox.NewEventId() });
        outbox.Send(new McpListToolsInProgress(item.Id) { EventId = outbox.NewEventId() });
        if (known.State == State.Failed) { Fail(known, $"At most {Limits.McpServers} MCP servers can be known to a session."); }
        else { outbox.Put(new SessionOutput.ListTools(item.Id, server)); }
    }

    private void Forget(Known known, string reason)
    {
        string label = known.Server.ServerLabel;
        _known.Remove(label);
        if (known.State == State.Loading) { Fail(known, reason); }
        calls.Revoke(label);
        outbox.Put(new SessionOutput.ForgetServer(label));
    }

    // The event has no room for the reason; the item has, as in the neighbouring Responses API.
    private void Fail(Known known, string reason)
    {
        known.State = State.Failed;
        TellDone(known, new McpListToolsItem(known.Server.ServerLabel, []) { Id = known.ItemId, Status = ItemStatus.Incomplete, Error = reason });
        outbox.Send(new McpListToolsFailed(known.ItemId) { EventId = outbox.NewEventId() });
    }

    // A client may have deleted the item while it was waited for, and made its own of this name: the list counts all the same.
    private void TellDone(Known known, McpListToolsItem item)
    {
        if (conversation.Find(known.ItemId) is not { IsGiven: false } entry) { return; }
        entry.Item = item;
        outbox.Send(new ConversationItemDone(conversation.Before(entry), item) { EventId = outbox.NewEventId() });
    }

    private sealed class Known(McpTool server, string itemId)
    {
        public McpTool Server { get; set; } = server;
        public string ItemId { get; } = itemId;
        public State State { get; set; }
        public IReadOnlyList<McpToolDescription> Tools { get; set; } = [];
    }
}
