using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Mcp;

namespace Switchhook.Realtime;

/// <summary>What MCP servers answer, and what the client decides about them. They are reached by whoever drives the session, never from here.</summary>
public sealed partial class RealtimeSession
{
    private readonly McpCalls _mcpCalls;
    private readonly McpServers _mcpServers;

    /// <summary>The tools that a server has; those that its definition does not allow are left out here.</summary>
    public void ToolsListed(Instant now, string itemId, IReadOnlyList<McpToolDescription> tools)
    {
        if (_isOver) { return; }
        _mcpServers.Listed(itemId, tools);
        Settle(now);
    }

    public void ToolsNotListed(Instant now, string itemId, string reason)
    {
        if (_isOver) { return; }
        _mcpServers.NotListed(itemId, reason);
        Settle(now);
    }

    public void McpCallCompleted(Instant now, string itemId, string output)
    {
        if (_isOver) { return; }
        _mcpCalls.Completed(itemId, output);
        Settle(now);
    }

    public void McpCallFailed(Instant now, string itemId, McpError error)
    {
        if (_isOver) { return; }
        _mcpCalls.Failed(itemId, error);
        Settle(now);
    }

    /// <summary>Whoever drives the session leaves before MCP servers have answered: that is said of everything that is still open.</summary>
    public void LeaveMcp(string reason)
    {
        if (_isOver) { return; }
        _mcpServers.FailAll(reason);
        _mcpCalls.FailAll(reason);
    }

    private void Decide(ConversationItemCreate create, McpApprovalResponseItem response)
    {
        string request = response.ApprovalRequestId;
        if (_mcpCalls.Waiting(request) is not { } call)
        {
            // To a request that a client brought back: both are history.
            if (_conversation.Find(request) is { IsGiven: true, Item: McpApprovalRequestItem })
            {
                TryInsert(create, response);
                return;
            }
            string why = _conversation.Find(request) is { Item: McpApprovalRequestItem }
                ? $"the approval request with id {Reading.Faults.Quote(request)} was answered already, or its call has ended."
                : $"there is no approval request with id {Reading.Faults.Quote(request)}.";
            Refuse(create, "invalid_value", $"Error creating item: {why}", "item.approval_request_id");
            return;
        }
        if (TryInsert(create, response)) { _mcpCalls.Decide(call, response.Approve, response.Reason); }
    }
}
