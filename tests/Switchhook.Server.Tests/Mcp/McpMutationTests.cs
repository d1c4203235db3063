using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Engines.Mcp;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Server.Observability;
using Switchhook.Simulation;

namespace Switchhook.Server.Tests.Mcp;

/// <summary>An MCP server that answers damaged JSON: each question has its one answer all the same, and what is in it can be told as an event.</summary>
[Collection("Alone")]
public sealed class McpMutationTests : IAsyncLifetime
{
    private const int Seeds = 300;

    private static readonly byte[] Discovered = """{"jsonrpc":"2.0","id":ID,"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"serverInfo":{"name":"a","version":"1"}}}"""u8.ToArray();
    private static readonly byte[] List = """{"jsonrpc":"2.0","id":ID,"result":{"resultType":"complete","ttlMs":1,"tools":[{"name":"a","description":"b\u00e9","inputSchema":{"type":"object","properties":{"x":{"type":"string","description":"\ud83d\ude00"}}},"annotations":{"readOnlyHint":true}}],"nextCursor":null}}"""u8.ToArray();
    private static readonly byte[] Call = """{"jsonrpc":"2.0","id":ID,"result":{"resultType":"complete","content":[{"type":"text","text":"a\u00e9"},{"type":"image","data":"AAAA","mimeType":"image/png"}],"structuredContent":{"a":1},"isError":false}}"""u8.ToArray();

    private readonly WebApplication _app;
    private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
    private readonly McpAccess _access = new([McpOrigin.TryParse("http://127.0.0.1:*", out McpOrigin? origin) ? origin : null!]);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EngineLog _log;
    private Func<string, byte[], byte[]> _answer = (_, sound) => sound;

    public McpMutationTests()
    {
        _log = new EngineLog(new EngineMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), NullLogger<EngineLog>.Instance);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    private string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _access.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_a_server_answers_there_is_one_answer_that_can_be_told()
    {
        int told = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            _answer = (method, sound) => IsSpared(method, random) ? sound : Mutation.Of(sound, random);
            await using McpDesk desk = Desk();
            desk.List(new SessionOutput.ListTools("list", new McpTool("a") { ServerUrl = Url }));
            told += Tell(await AnswerAsync(desk, seed), seed);
            desk.Call(new SessionOutput.CallMcpTool("call", new McpTool("a"), "a", "{}"));
            told += Tell(await AnswerAsync(desk, seed), seed);
        }
        Assert.InRange(told, Seeds / 4, 2 * Seeds);      // many are damaged so that they still say something
    }

    [Theory]
    [InlineData("""{"description":"\ud83d"}""")]        // half a surrogate pair: no event can hold it
    [InlineData("""{"enum":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""")]
    public void A_schema_that_cannot_be_told_is_named(string schema)
    {
        var tool = new ModelContextProtocol.Protocol.Tool { Name = "a", InputSchema = JsonElement.Parse($$"""{"type":"object","properties":{{schema}}}""") };
        var refusal = Assert.Throws<McpRefusal>(() => McpReading.Describe(tool));
        Assert.Equal("The description of the tool 'a' cannot be told: it holds broken text, or more than 48 levels.", refusal.Message);
    }

    private static bool IsSpared(string method, Random random) => method == "server/discover" ? random.Next(8) > 0 : random.Next(3) == 0;

    private McpDesk Desk() => new(_access, TimeProvider.System, _log, () => _arrived.Writer.TryWrite(true));

    private async Task<McpAnswer> AnswerAsync(McpDesk desk, int seed)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try { await _arrived.Reader.ReadAsync(patience.Token); }
        catch (OperationCanceledException) { Assert.Fail($"seed {seed}: no answer"); }
        Assert.True(desk.TryTake(out McpAnswer? answer));
        return answer;
    }

    private static int Tell(McpAnswer answer, int seed)
    {
        Item item = answer switch
        {
            McpAnswer.Listed listed => new McpListToolsItem("a", listed.Tools),
            McpAnswer.NotListed notListed => new McpListToolsItem("a", []) { Error = notListed.Error.Message },
            McpAnswer.Completed completed => new McpCallItem("a", "a", "{}") { Output = completed.Output },
            McpAnswer.Failed failed => new McpCallItem("a", "a", "{}") { Error = failed.Error },
            _ => throw new InvalidOperationException(),
        };
        Assert.False(item.ToString().Contains("could not be asked", StringComparison.Ordinal), $"seed {seed}: {item}");       // every failure has its own sentence
        byte[] json = RealtimeJson.Write(new ConversationItemDone(null, item) { EventId = "event_1" });
        Assert.True(EventReader.TryReadServerEvent(json, out ServerEvent? read) && read is ConversationItemDone, $"seed {seed}: {Encoding.UTF8.GetString(json)}");
        return answer.Outcome == "ok" ? 1 : 0;
    }

    private async Task ServeAsync(HttpContext context)
    {
        JsonElement question;
        try { question = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement; }
        catch (JsonException) { return; }
        string method = question.GetProperty("method").GetString()!;
        byte[] answer = method == "tools/list" ? List : method == "tools/call" ? Call : Discovered;
        string text = Encoding.Latin1.GetString(answer).Replace("ID", question.GetProperty("id").GetRawText(), StringComparison.Ordinal);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(_answer(method, Encoding.Latin1.GetBytes(text)));
    }
}
