using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>What becomes of MCP tools where there is no more room: for calls, for items, for a list.</summary>
public sealed class McpLimitTests
{
    /// <summary>One call too many fails in its item; the others go on.</summary>
    [Fact]
    public void Calls_have_a_limit()
    {
        var told = new List<SessionOutput>();
        Rehearsal rehearsal = Listed(told);
        for (int count = 0; count <= Limits.McpCallsAtOnce; count++) { rehearsal.Produce(new ModelOutput.McpCall("a", "run", "{}")); }
        Assert.Equal(Limits.McpCallsAtOnce, told.OfType<SessionOutput.CallMcpTool>().Count());
        Assert.Single(Sent<ResponseMcpCallFailed>(told));
        rehearsal.McpCallCompleted(told.OfType<SessionOutput.CallMcpTool>().First().ItemId, "1");
        rehearsal.Produce(new ModelOutput.McpCall("a", "run", "{}"));
        Assert.Equal(Limits.McpCallsAtOnce + 1, told.OfType<SessionOutput.CallMcpTool>().Count());
    }

    /// <summary>A response that has no room for the request has none for the call either: both end, and nothing waits.</summary>
    [Fact]
    public void A_response_without_room_for_the_approval_fails_with_its_call()
    {
        var told = new List<SessionOutput>();
        Rehearsal rehearsal = Listed(told);
        for (int count = 1; count < Limits.ResponseItems; count++) { rehearsal.Produce(new ModelOutput.ToolCall("f", "{}")); }
        rehearsal.Produce(new ModelOutput.McpCall("a", "ask", "{}"));
        Assert.Equal(ResponseStatus.Failed, Assert.Single(Sent<ResponseDone>(told)).Response.Status);
        Assert.Single(Sent<ResponseMcpCallFailed>(told));
        Assert.DoesNotContain(told, output => output is SessionOutput.CallMcpTool);
    }

    [Fact]
    public void A_list_that_is_too_long_or_has_no_place_in_the_conversation_is_none()
    {
        var told = new List<SessionOutput>();
        Rehearsal rehearsal = Listed(told, tools: [.. Enumerable.Range(0, Limits.Tools + 1).Select(number => $"t{number}")]);
        Assert.StartsWith("The server has 129 tools; at most 128 can be used.", Assert.IsType<McpListToolsItem>(Sent<ConversationItemDone>(told).Last().Item).Error, StringComparison.Ordinal);

        for (int count = 0; count < Limits.ConversationItems; count++)
        {
            rehearsal.Client("""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[]}}""");
        }
        told.Clear();
        rehearsal.Client(Server("b"));
        Assert.Equal("conversation_full", Assert.Single(Sent<ErrorEvent>(told)).Error.Code);
        Assert.DoesNotContain(told, output => output is SessionOutput.ListTools);
        told.Clear();
        rehearsal.Client("""{"type":"response.create","response":{"conversation":"none"}}""");
        Assert.Empty(Sent<ErrorEvent>(told));
    }

    // A session with one server whose list has come, and a response that has begun.
    private static Rehearsal Listed(List<SessionOutput> told, params string[] tools)
    {
        var rehearsal = new Rehearsal(SessionSurface.Call, told.Add);
        rehearsal.Client(Server("a"));
        rehearsal.ToolsListed(told.OfType<SessionOutput.ListTools>().Single().ItemId, tools.Length > 0 ? tools : ["run", "ask"]);
        rehearsal.Client("""{"type":"response.create"}""");
        return rehearsal;
    }

    private static string Server(string label) =>
        $$$$"""{"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"{{{{label}}}}","server_url":"https://a","require_approval":{"never":{"tool_names":["run"]}}}]}}""";

    private static IEnumerable<T> Sent<T>(List<SessionOutput> told) where T : ServerEvent => told.OfType<SessionOutput.Send>().Select(send => send.Event).OfType<T>();
}
