using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Mcp;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>Calls of MCP tools: the response makes them, asks for approval where it is required, and goes on; the session waits for their results.</summary>
internal sealed partial class ResponseMachine
{
    private readonly List<Conversation.Entry> _mcpEntries = [];

    private void Call(ModelOutput.McpCall call)
    {
        CloseMessage(ItemStatus.Completed);
        var begun = new McpCallItem(call.ServerLabel, call.Name, "") { Id = _outbox.NewId("item_"), Status = ItemStatus.InProgress };
        if (!Add(begun)) { return; }
        Conversation.Entry entry = _entry!;
        int index = _output.Count;
        if (call.Arguments.Length > 0)
        {
            _outbox.Send(new ResponseMcpCallArgumentsDelta(Id, begun.Id, index, call.Arguments) { EventId = _outbox.NewEventId() });
        }
        _outbox.Send(new ResponseMcpCallArgumentsDone(Id, begun.Id, index, call.Arguments) { EventId = _outbox.NewEventId() });
        _outputCharacters += call.Name.Length + call.Arguments.Length;
        entry.Item = begun with { Arguments = call.Arguments };
        _output.Add(entry.Item);
        _mcpEntries.Add(entry);

        McpServerTools? server = Request.McpServers.FirstOrDefault(loaded => loaded.Server.ServerLabel == call.ServerLabel);
        McpToolDescription? tool = server?.Find(call.Name);
        var open = new McpCall(Id, index, entry, _conversation, server?.Server ?? new McpTool(call.ServerLabel));
        McpError? error = tool is null ? McpError.Invalid($"The tool '{call.Name}' of the MCP server '{call.ServerLabel}' is not loaded.")
            : !_mcpServers.IsLoaded(open.Server) ? McpError.Execution($"The MCP server '{call.ServerLabel}' is not among the session's tools any more, or was defined anew.")
            : !IsObject(call.Arguments) ? McpError.Invalid("The arguments are not a JSON object.")
            : _mcpCalls.Refusal;
        if (error is not null) { _mcpCalls.Fail(open, error); }
        else if (open.Server.AsksBefore(tool!)) { Ask(open); }
        else { _mcpCalls.Run(open); }
    }

    // The request is an item of the response like others, so that a client finds it where it looks for items.
    private void Ask(McpCall call)
    {
        var request = new McpApprovalRequestItem(call.Item.ServerLabel, call.Item.Name, call.Item.Arguments) { Id = _outbox.NewId("item_"), Status = ItemStatus.InProgress };
        if (!Add(request))
        {
            _mcpCalls.Fail(call, McpError.Execution("There was no room to ask for approval."));
            return;
        }
        _mcpCalls.Wait(call, request.Id);
        Complete(request with { Status = ItemStatus.Completed });
    }

    // A call may have ended since it was put among the items.
    private IReadOnlyList<Item> Output() => [.. _output.Select(item => _mcpEntries.Find(entry => entry.Item.Id == item.Id)?.Item ?? item)];

    private static bool IsObject(string json)
    {
        try { return JsonElement.Parse(json).ValueKind == JsonValueKind.Object; }
        catch (JsonException) { return false; }
    }
}
