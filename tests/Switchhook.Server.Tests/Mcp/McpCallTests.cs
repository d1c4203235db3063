using System.Net.WebSockets;
using System.Text;
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
        using Sideband socket = new(await _server.AttachAsync(call));
        Assert.Equal(200, (await _server.AcceptAsync(call, Session("/guarded", more: $$""","authorization":"{{McpPeer.Token}}","headers":{"X-Shop":"north"}"""))).Status);
        JsonElement list = await socket.UntilAsync("conversation.item.done");
        Assert.Equal(["find_order", "cancel_order", "count", "slow"], list.GetProperty("item").GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        await socket.UntilAsync("mcp_list_tools.completed");

        await socket.SayAsync("""{"type":"response.create"}""");
        JsonElement request = await socket.UntilAsync("conversation.item.done", item => item.GetProperty("item").GetProperty("type").GetString() == "mcp_approval_request");
        await socket.UntilAsync("response.done");
        await socket.UntilAsync("output_audio_buffer.stopped");
        await socket.SayAsync($$$"""{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"{{{request.GetProperty("item").GetProperty("id").GetString()}}}","approve":true}}""");
        await socket.UntilAsync("response.mcp_call.in_progress");
        await socket.UntilAsync("response.mcp_call.completed");
        JsonElement done = await socket.UntilAsync("conversation.item.done", item => item.GetProperty("item").GetProperty("type").GetString() == "mcp_call");
        Assert.Equal(("The order 7 was sent.", request.GetProperty("item").GetProperty("id").GetString()), (done.GetProperty("item").GetProperty("output").GetString(), done.GetProperty("item").GetProperty("approval_request_id").GetString()));

        await socket.SayAsync("""{"type":"response.create"}""");
        JsonElement said = await socket.UntilAsync("response.output_audio_transcript.done", transcript => transcript.GetProperty("transcript").GetString() != "One moment.");
        Assert.Equal("It is on its way.", said.GetProperty("transcript").GetString());
        Assert.Equal(2, socket.Told.Count(told => told.GetProperty("type").GetString() == "response.created"));

        // The next tool waits for an approval that nobody will give: that does not keep the call, and it is not left open.
        await socket.UntilAsync("response.done");
        await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/hangup");
        await socket.UntilAsync("response.mcp_call.failed");
        await socket.UntilAsync("call.ended");
        await _peer.HearsAsync("goodbye");
        Answer history = await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/timeline?limit=1000");
        Assert.Contains("The order 7 was sent.", history.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(McpPeer.Token, history.Body + string.Concat(socket.Told), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Shop", history.Body + string.Concat(socket.Told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_refused_is_a_result_too()
    {
        (Call call, _) = await _server.RingAsync();
        using Sideband socket = new(await _server.AttachAsync(call));
        await _server.AcceptAsync(call, Session("/mcp"));
        await socket.UntilAsync("mcp_list_tools.completed");
        await socket.SayAsync("""{"type":"response.create"}""");
        JsonElement request = await socket.UntilAsync("conversation.item.done", item => item.GetProperty("item").GetProperty("type").GetString() == "mcp_approval_request");
        await socket.UntilAsync("response.done");
        await socket.SayAsync($$$"""{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"{{{request.GetProperty("item").GetProperty("id").GetString()}}}","approve":false,"reason":"It is private."}}""");
        await socket.UntilAsync("response.mcp_call.failed");
        await socket.SayAsync("""{"type":"response.create"}""");
        await socket.UntilAsync("response.output_audio_transcript.done", transcript => transcript.GetProperty("transcript").GetString() == "I may not look.");
    }

    /// <summary>S1: a result that comes after the caller has hung up is still told, before the call ends.</summary>
    [Fact]
    public async Task A_caller_hangs_up_while_a_tool_is_called_and_its_result_is_still_told()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        using Sideband socket = new(await _server.AttachAsync(call));
        await _server.AcceptAsync(call, Session("/mcp", more: ""","require_approval":"never" """));
        await socket.UntilAsync("mcp_list_tools.completed");
        await socket.SayAsync("""{"type":"response.create"}""");
        await socket.UntilAllAsync("response.mcp_call.completed", "response.done");
        await socket.SayAsync("""{"type":"response.create"}""");
        await _peer.HearsAsync("call slow");
        await phone.HangUpAsync();
        await socket.UntilAsync("call.caller_disconnected");
        _peer.Slow.SetResult();
        await socket.UntilAsync("response.mcp_call.completed");
        await socket.UntilAsync("call.ended");
        await _peer.HearsAsync("goodbye");
    }

    [Fact]
    public async Task A_project_reaches_only_what_its_configuration_allows()
    {
        (Call call, _) = await _server.RingAsync();
        using Sideband socket = new(await _server.AttachAsync(call));
        await _server.AcceptAsync(call, Session("/mcp").Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        JsonElement list = await socket.UntilAsync("conversation.item.done");
        Assert.Contains("projects[].mcp.allow", list.GetProperty("item").GetProperty("error").GetString(), StringComparison.Ordinal);
        await socket.UntilAsync("mcp_list_tools.failed");
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "mcp_list_tools.failed");
    }

    private string Session(string path, string more = "") =>
        $$"""{"type":"realtime","model":"shop","tools":[{"type":"mcp","server_label":"shop","server_url":"{{_peer.At(path)}}"{{more}}}]}""";

    private sealed class Sideband(ClientWebSocket socket) : IDisposable
    {
        private readonly byte[] _buffer = new byte[256 * 1024];
        private int _seen;

        public List<JsonElement> Told { get; } = [];

        /// <summary>The next event of this type behind the one that was waited for last.</summary>
        public async Task<JsonElement> UntilAsync(string type, Func<JsonElement, bool>? isIt = null)
        {
            while (true)
            {
                while (_seen < Told.Count)
                {
                    JsonElement told = Told[_seen++];
                    if (told.GetProperty("type").GetString() == type && (isIt is null || isIt(told))) { return told; }
                }
                await ReadAsync();
            }
        }

        /// <summary>All of these, in whatever order they come.</summary>
        public async Task UntilAllAsync(params string[] types)
        {
            int from = _seen;
            foreach (string type in types)
            {
                _seen = from;
                await UntilAsync(type);
            }
        }

        public Task SayAsync(string json) => socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

        public void Dispose() => socket.Dispose();

        private async Task ReadAsync()
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(LiveServer.Patience);
            int length = 0;
            while (true)
            {
                WebSocketReceiveResult part;
                try { part = await socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), patience.Token); }
                catch (OperationCanceledException) { throw new TimeoutException($"told so far: {string.Join(' ', Told.Select(told => told.GetProperty("type")))}"); }
                Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
                length += part.Count;
                if (part.EndOfMessage) { break; }
            }
            Told.Add(JsonElement.Parse(_buffer.AsSpan(0, length)));
        }
    }
}
