using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Mcp;

/// <summary>
/// The calls of MCP tools that have not ended. A response makes them, and none of them ends with it: <c>response.done</c>, cancelled or
/// not, may come first (realtime-api §6.4).
/// <code>
///   begun ─► running ─► completed | failed
///     └────► waiting for approval ─► running | failed (refused, or its server is gone)
/// </code>
/// </summary>
internal sealed class McpCalls(SessionOutbox outbox)
{
    private readonly List<McpCall> _open = [];

    /// <summary>Something is being done. A call that waits for approval is not: who has left does not approve.</summary>
    public bool IsAnyRunning => _open.Exists(call => call.IsRunning);

    /// <summary>The client has to approve before it runs: <c>mcp_call.in_progress</c> comes after.</summary>
    public void Wait(McpCall call, string approvalRequestId)
    {
        call.Entry.Item = call.Item with { ApprovalRequestId = approvalRequestId };
        _open.Add(call);
    }

    public void Run(McpCall call)
    {
        if (!_open.Contains(call)) { _open.Add(call); }
        call.IsRunning = true;
        outbox.Send(new ResponseMcpCallInProgress(call.OutputIndex, call.Item.Id) { EventId = outbox.NewEventId() });
        outbox.Put(new SessionOutput.CallMcpTool(call.Item.Id, call.Server, call.Item.Name, call.Item.Arguments));
    }

    /// <summary>Why no other call may begin, or null.</summary>
    public McpError? Refusal => _open.Count < Limits.McpCallsAtOnce
        ? null
        : McpError.Execution($"{Limits.McpCallsAtOnce} calls of MCP tools run or wait for approval already.");

    /// <summary>The call that waits for this approval, or null.</summary>
    public McpCall? Waiting(string approvalRequestId) => _open.Find(call => !call.IsRunning && call.Item.ApprovalRequestId == approvalRequestId);

    public void Decide(McpCall call, bool isApproved, string? reason)
    {
        if (isApproved) { Run(call); }
        else { Fail(call, McpError.Execution(reason is { Length: > 0 } ? $"The call was not approved: {reason}" : "The call was not approved.")); }
    }

    public void Completed(string itemId, string output)
    {
        if (Running(itemId) is not { } call) { return; }
        End(call, call.Item with { Output = output, Status = ItemStatus.Completed },
            new ResponseMcpCallCompleted(call.OutputIndex, itemId) { EventId = outbox.NewEventId() });
    }

    public void Failed(string itemId, McpError error)
    {
        if (Running(itemId) is { } call) { Fail(call, error); }
    }

    public void Fail(McpCall call, McpError error) => End(call, call.Item with { Error = error, Status = ItemStatus.Incomplete },
        new ResponseMcpCallFailed(call.OutputIndex, call.Item.Id) { EventId = outbox.NewEventId() });

    /// <summary>The definition of this server is gone: nobody may approve a call of it any more. What runs already is not taken back.</summary>
    public void Revoke(string serverLabel)
    {
        foreach (McpCall call in _open.Where(call => !call.IsRunning && call.Item.ServerLabel == serverLabel).ToArray())
        {
            Fail(call, McpError.Execution($"The MCP server '{serverLabel}' is not among the session's tools any more, or was defined anew."));
        }
    }

    public void FailAll(string reason)
    {
        foreach (McpCall call in _open.ToArray()) { Fail(call, McpError.Execution(reason)); }
    }

    private McpCall? Running(string itemId) => _open.Find(call => call.IsRunning && call.Item.Id == itemId);

    private void End(McpCall call, McpCallItem item, ServerEvent outcome)
    {
        _open.Remove(call);
        call.Entry.Item = item;
        outbox.Send(outcome);
        outbox.Send(new ResponseOutputItemDone(call.ResponseId, call.OutputIndex, item) { EventId = outbox.NewEventId() });
        if (call.Conversation is { } conversation && !call.Entry.IsRemoved) { outbox.Send(new ConversationItemDone(conversation.Before(call.Entry), item) { EventId = outbox.NewEventId() }); }
    }
}

/// <summary>One call: the place it has among its response's items, and the server as it was defined when the response began.</summary>
internal sealed class McpCall(string responseId, int outputIndex, Conversation.Entry entry, Conversation? conversation, McpTool server)
{
    public string ResponseId { get; } = responseId;
    public int OutputIndex { get; } = outputIndex;
    public Conversation.Entry Entry { get; } = entry;

    /// <summary>Null outside the conversation.</summary>
    public Conversation? Conversation { get; } = conversation;

    public McpTool Server { get; } = server;

    public McpCallItem Item => (McpCallItem)Entry.Item;

    public bool IsRunning { get; set; }
}
