using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Switchhook.Engines;
using Switchhook.Engines.Mcp;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;
using Switchhook.Simulation;

namespace Switchhook.Server.Tests.Mcp;

/// <summary>A session's MCP servers, asked over HTTP: a real one, and others that fail in every way they can.</summary>
[Collection("Alone")]
public sealed class McpDeskTests : IAsyncLifetime
{
    private static readonly IReadOnlyList<McpOrigin> Loopback = [Origin("http://127.0.0.1:*")];

    private readonly ManualClock _clock = new();
    private readonly McpAccess _access = new(Loopback);
    private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
    private readonly Outcomes _outcomes = new();
    private McpPeer _peer = null!;
    private McpDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _peer = await McpPeer.StartAsync();
        _desk = new McpDesk(_access, _clock, _outcomes, () => _arrived.Writer.TryWrite(true));
    }

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        _access.Dispose();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task A_list_comes_whole_with_all_its_pages()
    {
        List("/mcp");
        McpAnswer.Listed listed = Assert.IsType<McpAnswer.Listed>(await NextAsync());
        Assert.Equal("item_list", listed.ItemId);
        Assert.Equal(["find_order", "cancel_order", "count", "slow"], listed.Tools.Select(tool => tool.Name));
        Assert.Equal(("Finds an order.", """{"type":"object","properties":{"order":{"type":"integer"}}}""", """{"readOnlyHint":true}"""),
            (listed.Tools[0].Description, listed.Tools[0].InputSchema.GetRawText(), listed.Tools[0].Annotations!.Value.GetRawText()));
        Assert.Equal(("", null), (listed.Tools[1].Description, listed.Tools[1].Annotations));
    }

    public static TheoryData<string, string> Lists => [.. Table.Rows("""
        path          | reason
        /broken       | The MCP server answered 500.
        /guarded      | The MCP server answered 401: it does not take the tool's 'authorization' or 'headers'.
        /nowhere      | The MCP server answered 404.
        /moved        | The MCP server answered 307, and redirects are not followed: give the URL it leads to.
        /page         | What the MCP server answered is no JSON-RPC reply to what it was asked.
        /garbled      | What the MCP server answered is no JSON-RPC reply to what it was asked.
        /flood        | The MCP server's answer is longer than 1048576 bytes.
        /endless      | The MCP server's list of tools does not end, or has more than 1024.
        /crowded      | The MCP server's list of tools does not end, or has more than 1024.
        /deep         | The description of the tool 'deep' cannot be told: it holds broken text, or more than 48 levels.
        """).Select(row => (row[0], row[1]))];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_that_does_not_come_says_why(string path, string reason)
    {
        List(path);
        Assert.Equal(("item_list", reason), Refused(await NextAsync()));
    }

    /// <summary>Each question of a server is answered by a request of its own, as many as it likes to ask: they wait for each other.</summary>
    [Fact]
    public async Task A_server_that_asks_much_gets_its_answers_over_few_connections()
    {
        List("/nagging");
        Assert.Empty(Assert.IsType<McpAnswer.Listed>(await NextAsync()).Tools);
        for (int pong = 0; pong < Limits.McpConnections; pong++) { await _peer.HearsAsync("pong"); }
        _peer.Slow.SetResult();
        for (int pong = Limits.McpConnections; pong < McpPeer.Nags; pong++) { await _peer.HearsAsync("pong"); }
        Assert.InRange(_peer.Nagged.Count, 1, Limits.McpConnections);
    }

    public static TheoryData<string, string> Calls => [.. Table.Rows("""
        tool          | outcome
        find_order    | The order 7 was sent.
        two           | one⏎two
        structured    | {"n":1}
        picture       | [{"type":"image","data":"AQID","mimeType":"image/png"}]
        fails         | tool_execution_error: It is not open on Sundays.
        fails_mutely  | tool_execution_error: The tool failed and did not say why.
        throws        | tool_execution_error: An error occurred invoking 'throws'.
        unknown       | protocol_error -32602: No such tool: unknown
        long          | tool_execution_error: The tool's output is longer than 131072 characters.
        huge          | tool_execution_error: The MCP server's answer is longer than 1048576 bytes.
        """).Select(row => (row[0], row[1]))];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_ends_with_an_output_or_one_of_three_kinds_of_error(string tool, string outcome)
    {
        List("/mcp");
        await NextAsync();
        Assert.Equal(outcome, await CallAsync(tool, """{"order":7}"""));
    }

    [Fact]
    public async Task The_token_and_the_headers_are_sent_with_every_request()
    {
        _desk.List(new SessionOutput.ListTools("item_list", new McpTool("shop")
        {
            ServerUrl = _peer.At("/guarded"),
            Authorization = McpPeer.Token,
            Headers = JsonElement.Parse("""{"X-Shop":"north"}"""),
        }));
        Assert.IsType<McpAnswer.Listed>(await NextAsync());
        Assert.Equal("1", await CallAsync("count"));
    }

    [Fact]
    public async Task One_session_lasts_from_call_to_call_and_a_lost_one_is_made_anew()
    {
        List("/mcp");
        await NextAsync();
        Assert.Equal("1", await CallAsync("count"));
        Assert.Equal("2", await CallAsync("count"));
        _peer.Forget();
        Assert.Equal("1", await CallAsync("count"));
        Assert.Equal(1, _peer.Sessions);
    }

    [Fact]
    public async Task Calls_run_side_by_side()
    {
        List("/mcp");
        await NextAsync();
        Call("slow", "{}");
        await _peer.HearsAsync("call slow");
        Assert.Equal("1", await CallAsync("count"));
        _peer.Slow.SetResult();
        Assert.Equal("At last.", Told(await NextAsync()));
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_limit_says()
    {
        List("/silent");
        await _peer.HearsAsync("silence");
        _clock.Advance(Limits.McpList);
        Assert.Equal(("item_list", "The MCP server did not answer within 15 s."), Refused(await NextAsync()));

        List("/mcp");
        await NextAsync();
        Call("slow", "{}");
        await _peer.HearsAsync("call slow");
        _clock.Advance(Limits.McpCall);
        Assert.Equal("tool_execution_error: The MCP server did not answer within 60 s.", Told(await NextAsync()));
        Assert.Equal(["list tool_execution_error 15 s", "list ok 0 s", "call tool_execution_error 60 s"], _outcomes.Told);
    }

    [Fact]
    public async Task A_server_that_is_forgotten_is_told_goodbye_once_its_calls_have_ended()
    {
        List("/mcp");
        await NextAsync();
        Call("slow", "{}");
        await _peer.HearsAsync("call slow");
        _desk.Forget("shop");
        Assert.Equal(1, _peer.Sessions);
        _peer.Slow.SetResult();
        Assert.Equal("At last.", Told(await NextAsync()));
        await _peer.HearsAsync("goodbye");
        Assert.Equal(0, _peer.Sessions);
    }

    /// <summary>A caller hangs up while a call runs: the server is told, nothing is waited for that does not come.</summary>
    [Fact]
    public async Task The_end_of_the_session_cuts_everything_short()
    {
        List("/mcp");
        await NextAsync();
        Call("slow", "{}");
        await _peer.HearsAsync("call slow");
        _desk.List(new SessionOutput.ListTools("item_other", new McpTool("other") { ServerUrl = _peer.At("/silent") }));
        await _peer.HearsAsync("silence");
        await _desk.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(0, _peer.Sessions);
    }

    [Fact]
    public async Task A_server_that_takes_no_goodbye_is_left_without_one()
    {
        List("/rude");
        await NextAsync();
        Task closing = _desk.DisposeAsync().AsTask();
        await _peer.HearsAsync("rudeness");
        while (_clock.NextTimer is null) { await Task.Yield(); }
        _clock.Advance(Limits.McpGoodbye);
        await closing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task There_are_no_connectors_and_no_tunnels_here()
    {
        _desk.List(new SessionOutput.ListTools("a", new McpTool("a") { ConnectorId = "connector_gmail" }));
        Assert.Equal(("a", "There is no service for connectors ('connector_id') here: give the 'server_url' of an MCP server."), Refused(await NextAsync()));
        _desk.List(new SessionOutput.ListTools("b", new McpTool("b") { TunnelId = "tunnel_0" }));
        Assert.Equal(("b", "There is no service for tunnels ('tunnel_id') here: give the 'server_url' of an MCP server."), Refused(await NextAsync()));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_told_as_such()
    {
        _desk.List(new SessionOutput.ListTools("a", new McpTool("a") { ServerUrl = "http://127.0.0.1:1/" }));
        Assert.Equal(("a", "The MCP server cannot be reached: Connection refused (127.0.0.1:1)"), Refused(await NextAsync()));
    }

    /// <summary>A URL is chosen by whoever holds a key: it must not lead into the network that this server stands in.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:1/", "'http://127.0.0.1:1' is not reached without encryption unless projects[].mcp.allow of this server's configuration lists it.")]
    [InlineData("https://127.0.0.1:1/", "'127.0.0.1' leads to a private address, which is not reached unless projects[].mcp.allow of this server's configuration lists it.")]
    [InlineData("https://localhost:1/", "'localhost' leads to a private address, which is not reached unless projects[].mcp.allow of this server's configuration lists it.")]
    [InlineData("https://0.0.0.0:1/", "'0.0.0.0' leads to a private address, which is not reached unless projects[].mcp.allow of this server's configuration lists it.")]
    [InlineData("https://[::ffff:127.0.0.1]:1/", "'[::ffff:127.0.0.1]' leads to a private address, which is not reached unless projects[].mcp.allow of this server's configuration lists it.")]
    public async Task Without_a_list_only_public_places_are_reached(string url, string reason)
    {
        using McpAccess access = new(null);
        await using McpDesk desk = new(access, _clock, _outcomes, () => _arrived.Writer.TryWrite(true));
        desk.List(new SessionOutput.ListTools("a", new McpTool("a") { ServerUrl = url }));
        await _arrived.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(desk.TryTake(out McpAnswer? answer));
        Assert.Equal(("a", reason), Refused(answer));
    }

    [Fact]
    public async Task With_a_list_only_what_is_on_it_is_reached()
    {
        using McpAccess access = new([Origin("https://*"), Origin("http://localhost:*")]);
        await using McpDesk desk = new(access, _clock, _outcomes, () => _arrived.Writer.TryWrite(true));
        desk.List(new SessionOutput.ListTools("a", new McpTool("a") { ServerUrl = _peer.At("/mcp") }));
        await _arrived.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(desk.TryTake(out McpAnswer? answer));
        Assert.Equal($"'{_peer.Url.ToString().TrimEnd('/')}' is not among the places that projects[].mcp.allow of this server's configuration lists.", Refused(answer).Reason);
    }

    private void List(string path) => _desk.List(new SessionOutput.ListTools("item_list", new McpTool("shop") { ServerUrl = _peer.At(path) }));

    private void Call(string tool, string arguments) => _desk.Call(new SessionOutput.CallMcpTool("item_call", new McpTool("shop"), tool, arguments));

    private async Task<string> CallAsync(string tool, string arguments = "{}")
    {
        Call(tool, arguments);
        return Told(await NextAsync());
    }

    private async Task<McpAnswer> NextAsync()
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        await _arrived.Reader.ReadAsync(patience.Token);
        Assert.True(_desk.TryTake(out McpAnswer? answer));
        return answer;
    }

    private static string Told(McpAnswer answer) => answer switch
    {
        McpAnswer.Completed completed => completed.Output.Replace('\n', '⏎'),
        McpAnswer.Failed { Error: var error } => $"{error.Type}{(error.Code is { } code ? $" {code}" : "")}: {error.Message}",
        _ => answer.ToString()!,
    };

    private static (string ItemId, string Reason) Refused(McpAnswer answer) => Assert.IsType<McpAnswer.NotListed>(answer) is var refused ? (refused.ItemId, refused.Error.Message) : default;

    private static McpOrigin Origin(string text) => McpOrigin.TryParse(text, out McpOrigin? origin) ? origin : throw new ArgumentException(text);

    private sealed class Outcomes : IEngineObserver
    {
        public ConcurrentQueue<string> Told { get; } = new();

        public void SpeaksTonesOnly(string program) { }
        public void SpeechFailed(string reason) { }
        public void McpAnswered(bool isCall, string outcome, TimeSpan took) => Told.Enqueue($"{(isCall ? "call" : "list")} {outcome} {took.TotalSeconds:0} s");
        public void Faulted(string owner, Exception fault) => Assert.Fail(fault.ToString());
    }
}
