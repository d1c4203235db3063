using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Server.Cli;
using Switchhook.Server.Tests.Api;

namespace Switchhook.Server.Tests.Mcp;

/// <summary>Whole calls whose model uses the tools of an MCP server: a phone, a sideband, and a server on the other side.</summary>
[Collection("Alone")]
public sealed class McpCallTests : IAsyncLifetime
{
    private LiveServer _server = null!;
    private McpPeer _peer = null!;

    public async ValueTask InitializeAsync() => (_server, _peer) = (await LiveServer.StartAsync(), await McpPeer.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _peer.DisposeAsync();
    }

    /// <summary>realtime-api §6.4 (MCP), §9 row 40: the result does not make the server speak; response.create does.</summary>
    [Fact]
    public async Task A_caller_is_told_what_a_tool_has_found_once_the_application_approved_and_asked()
    {
        (Call call, _) = await _server.RingAsync();
        using EventClient socket = await AttachAsync(call);
        Assert.Equal(200, (await _server.AcceptAsync(call, Session("/guarded", more: $$""","authorization":"{{McpPeer.Token}}","headers":{"X-Shop":"north"}"""))).Status);
        JsonElement list = await UntilAsync(socket, "conversation.item.done");
        Assert.Equal(["find_order", "cancel_order", "count", "slow"], list.GetProperty("item").GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        await UntilAsync(socket, "mcp_list_tools.completed");

        await socket.SayAsync("""{"type":"response.create"}""");
        JsonElement request = await ItemAsync(socket, "mcp_approval_request");
        await UntilAsync(socket, "response.done");
        await UntilAsync(socket, "output_audio_buffer.stopped");
        await DecideAsync(socket, request, isApproved: true);
        await UntilAsync(socket, "response.mcp_call.in_progress");
        await UntilAsync(socket, "response.mcp_call.completed");
        JsonElement done = await ItemAsync(socket, "mcp_call");
        Assert.Equal(("The order 7 was sent.", request.GetProperty("item").GetProperty("id").GetString()), (done.GetProperty("item").GetProperty("output").GetString(), done.GetProperty("item").GetProperty("approval_request_id").GetString()));

        await socket.SayAsync("""{"type":"response.create"}""");
        JsonElement said = await UntilAsync(socket, "response.output_audio_transcript.done", transcript => transcript.GetProperty("transcript").GetString() != "One moment.");
        Assert.Equal("It is on its way.", said.GetProperty("transcript").GetString());
        Assert.Equal(2, socket.Types.Count(type => type == "response.created"));

        // The next tool waits for an approval that nobody will give: that does not keep the call, and it is not left open.
        await UntilAsync(socket, "response.done");
        await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/hangup");
        await UntilAsync(socket, "response.mcp_call.failed");
        await UntilAsync(socket, "call.ended");
        await _peer.HearsAsync("goodbye");
        Answer history = await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/timeline?limit=1000");
        Assert.Contains("The order 7 was sent.", history.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(McpPeer.Token, history.Body + string.Concat(socket.Seen), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Shop", history.Body + string.Concat(socket.Seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_refused_is_a_result_too()
    {
        (Call call, _) = await _server.RingAsync();
        using EventClient socket = await AttachAsync(call);
        await _server.AcceptAsync(call, Session("/mcp"));
        await UntilAsync(socket, "mcp_list_tools.completed");
        await socket.SayAsync("""{"type":"response.create"}""");
        JsonElement request = await ItemAsync(socket, "mcp_approval_request");
        await UntilAsync(socket, "response.done");
        await DecideAsync(socket, request, isApproved: false);
        await UntilAsync(socket, "response.mcp_call.failed");
        await socket.SayAsync("""{"type":"response.create"}""");
        await UntilAsync(socket, "response.output_audio_transcript.done", transcript => transcript.GetProperty("transcript").GetString() == "I may not look.");
    }

    /// <summary>S1: a result that comes after the caller has hung up is still told, before the call ends.</summary>
    [Fact]
    public async Task A_caller_hangs_up_while_a_tool_is_called_and_its_result_is_still_told()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        using EventClient socket = await AttachAsync(call);
        await _server.AcceptAsync(call, Session("/mcp", more: ""","require_approval":"never" """));
        await UntilAsync(socket, "mcp_list_tools.completed");
        await socket.SayAsync("""{"type":"response.create"}""");
        await UntilBothAsync(socket, "response.mcp_call.completed", "response.done");
        await socket.SayAsync("""{"type":"response.create"}""");
        await _peer.HearsAsync("call slow");
        await phone.HangUpAsync();
        await UntilAsync(socket, "call.caller_disconnected");
        _peer.Slow.SetResult();
        await UntilAsync(socket, "response.mcp_call.completed");
        await UntilAsync(socket, "call.ended");
        await _peer.HearsAsync("goodbye");
    }

    [Fact]
    public async Task A_project_reaches_only_what_its_configuration_allows()
    {
        (Call call, _) = await _server.RingAsync();
        using EventClient socket = await AttachAsync(call);
        await _server.AcceptAsync(call, Session("/mcp").Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        JsonElement list = await UntilAsync(socket, "conversation.item.done");
        Assert.Contains("projects[].mcp.allow", list.GetProperty("item").GetProperty("error").GetString(), StringComparison.Ordinal);
        await UntilAsync(socket, "mcp_list_tools.failed");
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "mcp_list_tools.failed");
    }

    /// <summary>A session without a call has the same tools.</summary>
    [Fact]
    public async Task A_session_without_a_call_calls_tools_and_says_goodbye_to_the_server_at_its_end()
    {
        using EventClient client = await _server.OpenAsync("model=shop");
        await client.SayAsync($$"""{"type":"session.update","session":{{Session("/mcp", more: ""","require_approval":"never" """)}}}""");
        await UntilAsync(client, "mcp_list_tools.completed");
        await client.SayAsync("""{"type":"response.create"}""");
        await UntilBothAsync(client, "response.mcp_call.completed", "response.done");
        await client.SayAsync("""{"type":"response.create"}""");
        await _peer.HearsAsync("call slow");
        Assert.Equal(1, _peer.Sessions);
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        await _peer.HearsAsync("goodbye");
        Assert.Equal(0, _peer.Sessions);
    }

    private string Session(string path, string more = "") =>
        $$"""{"type":"realtime","model":"shop","tools":[{"type":"mcp","server_label":"shop","server_url":"{{_peer.At(path)}}"{{more}}}]}""";

    private async Task<EventClient> AttachAsync(Call call) => new(await _server.AttachAsync(call));

    /// <summary>Reads on to an event of this type, and one that this holds of.</summary>
    private static async Task<JsonElement> UntilAsync(EventClient client, string type, Func<JsonElement, bool>? isIt = null)
    {
        while (await client.UntilAsync(type) is { } told)
        {
            if (isIt is null || isIt(told)) { return told; }
        }
        throw new InvalidOperationException($"closed before {type}: {string.Join(' ', client.Types)}");
    }

    /// <summary>Reads on until both were told, in whatever order.</summary>
    private static async Task UntilBothAsync(EventClient client, string one, string other)
    {
        int from = client.Seen.Count;
        await UntilAsync(client, one);
        if (!client.Types.Skip(from).Contains(other)) { await UntilAsync(client, other); }
    }

    private static Task<JsonElement> ItemAsync(EventClient client, string type) =>
        UntilAsync(client, "conversation.item.done", told => told.GetProperty("item").GetProperty("type").GetString() == type);

    private static Task DecideAsync(EventClient client, JsonElement request, bool isApproved) => client.SayAsync(
        $$$"""{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"{{{request.GetProperty("item").GetProperty("id").GetString()}}}","approve":{{{(isApproved ? "true" : "false")}}},"reason":"So be it."}}""");
}
