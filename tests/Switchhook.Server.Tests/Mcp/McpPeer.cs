using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Switchhook.Server.Tests.Mcp;

/// <summary>Somebody's MCP server, with sessions, on a port of its own: at <c>/mcp</c> it behaves, at other paths it does not.</summary>
internal sealed class McpPeer : IAsyncDisposable
{
    public const string Token = "letmein-4711";
    public const int Nags = 2 * Limits.McpConnections;

    private static readonly JsonTypeInfo<JsonRpcMessage> Messages = (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, StreamableHttpServerTransport> _sessions = new();
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    private McpPeer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Map("/mcp", ServeAsync);
        _app.Map("/guarded", context => context.Request.Headers.Authorization == $"Bearer {Token}" && context.Request.Headers["X-Shop"] == "north" ? ServeAsync(context) : Status(context, 401));
        _app.Map("/broken", context => Status(context, 500));
        _app.Map("/moved", context => Status(context, 307, "/mcp"));
        _app.Map("/page", context => Text(context, "text/html", "<html>Hello.</html>"));
        _app.Map("/garbled", context => Text(context, "application/json", "{\"jsonrpc\":"));
        _app.Map("/flood", context => Text(context, "application/json", new string(' ', Limits.McpAnswerBytes + 1)));
        _app.Map("/silent", SilentAsync);
        _app.Map("/endless", ServeAsync);
        _app.Map("/crowded", ServeAsync);
        _app.Map("/deep", ServeAsync);
        _app.Map("/rude", ServeAsync);
        _app.Map("/nagging", ServeAsync);
    }

    public Uri Url { get; private set; } = null!;

    /// <summary>Completed by the test: a call of <c>slow</c> waits for it.</summary>
    public TaskCompletionSource Slow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connections on which somebody said that he is there: <c>/nagging</c> asks before it tells its list.</summary>
    public ConcurrentDictionary<string, bool> Nagged { get; } = new();

    /// <summary>Sessions that were opened and not closed.</summary>
    public int Sessions => _sessions.Count;

    public static async Task<McpPeer> StartAsync()
    {
        var peer = new McpPeer();
        await peer._app.StartAsync();
        peer.Url = new Uri(peer._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return peer;
    }

    public string At(string path) => new Uri(Url, path).ToString();

    /// <summary>Waits until it has been told this: a method, <c>call NAME</c>, or <c>goodbye</c>.</summary>
    public async Task HearsAsync(string what)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (await _told.Reader.ReadAsync(patience.Token) != what) { }
    }

    /// <summary>As after a restart: it knows no session any more.</summary>
    public void Forget() => _sessions.Clear();

    public async ValueTask DisposeAsync()
    {
        Slow.TrySetResult();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        string? id = context.Request.Headers["Mcp-Session-Id"];
        if (context.Request.Method == "DELETE")
        {
            if (context.Request.Path == "/rude")
            {
                _told.Writer.TryWrite("rudeness");
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            if (id is not null && _sessions.TryRemove(id, out StreamableHttpServerTransport? closed)) { await closed.DisposeAsync(); }
            _told.Writer.TryWrite("goodbye");
            return;
        }
        JsonRpcMessage? message = await JsonSerializer.DeserializeAsync(context.Request.Body, Messages);
        _told.Writer.TryWrite(message is JsonRpcRequest { Method: "tools/call", Params: { } call } ? $"call {call["name"]}" : message is JsonRpcRequest request ? request.Method : "");
        if (message is JsonRpcResponse)
        {
            Nagged[context.Connection.Id] = true;
            _told.Writer.TryWrite("pong");
            await Slow.Task;
            await Status(context, 202);
            return;
        }
        if (context.Request.Path == "/nagging" && message is JsonRpcRequest { Method: "tools/list" } asked)
        {
            IEnumerable<string> pings = Enumerable.Range(0, Nags).Select(number => $$"""data: {"jsonrpc":"2.0","id":"nag{{number}}","method":"ping"}""");
            await Text(context, "text/event-stream", string.Join("\n\n", [.. pings, $$$"""data: {"jsonrpc":"2.0","id":{{{asked.Id.Id}}},"result":{"tools":[]}}""", ""]));
            return;
        }
        StreamableHttpServerTransport? transport;
        if (id is null)
        {
            if (message is not JsonRpcRequest { Method: "initialize" }) { await Status(context, 400); return; }
            id = Guid.NewGuid().ToString("n");
            transport = _sessions[id] = new StreamableHttpServerTransport { SessionId = id };
            _ = McpServer.Create(transport, Behaviour(context.Request.Path)).RunAsync();
            context.Response.Headers["Mcp-Session-Id"] = id;
        }
        else if (!_sessions.TryGetValue(id, out transport)) { await Status(context, 404); return; }
        context.Response.ContentType = "text/event-stream";
        if (await transport.HandlePostRequestAsync(message!, context.Response.Body, context.RequestAborted)) { return; }
        context.Response.ContentType = null;
        context.Response.StatusCode = 202;
    }

    private McpServerOptions Behaviour(string path)
    {
        int calls = 0;
        return new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "peer", Version = "1" },
            Handlers = new McpServerHandlers
            {
                ListToolsHandler = (request, _) => ValueTask.FromResult(List(path, request.Params?.Cursor)),
                CallToolHandler = async (request, cancellation) => await CallAsync(request.Params!, () => ++calls, cancellation),
            },
        };
    }

    private static ListToolsResult List(string path, string? cursor) => path switch
    {
        "/endless" => new ListToolsResult { Tools = [Tool("again")], NextCursor = "again" },
        "/crowded" => new ListToolsResult { Tools = [.. Enumerable.Range(0, Limits.McpListedTools + 1).Select(number => Tool($"tool{number}"))] },
        "/deep" => new ListToolsResult { Tools = [Tool("deep", $$"""{"type":"object","x":{{new string('[', 50)}}{{new string(']', 50)}}}""")] },
        _ when cursor is null => new ListToolsResult
        {
            Tools = [Tool("find_order", """{"type":"object","properties":{"order":{"type":"integer"}}}""", "Finds an order.", readOnly: true), Tool("cancel_order")],
            NextCursor = "more",
        },
        _ => new ListToolsResult { Tools = [Tool("count"), Tool("slow")] },
    };

    private async Task<CallToolResult> CallAsync(CallToolRequestParams call, Func<int> count, CancellationToken cancellation)
    {
        switch (call.Name)
        {
            case "find_order": return Says($"The order {call.Arguments!["order"]} was sent.");
            case "count": return Says($"{count()}");
            case "slow":
                await Slow.Task.WaitAsync(cancellation);
                return Says("At last.");
            case "two": return new CallToolResult { Content = [new TextContentBlock { Text = "one" }, new TextContentBlock { Text = "two" }] };
            case "structured": return new CallToolResult { Content = [], StructuredContent = JsonElement.Parse("""{"n":1}""") };
            case "picture": return new CallToolResult { Content = [ImageContentBlock.FromBytes(new byte[] { 1, 2, 3 }, "image/png")] };
            case "fails": return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = "It is not open on Sundays." }] };
            case "fails_mutely": return new CallToolResult { IsError = true, Content = [] };
            case "long": return Says(new string('x', Limits.McpOutputChars + 1));
            case "huge": return Says(new string('x', 3 << 20));
            case "unknown": throw new McpProtocolException("No such tool: unknown", McpErrorCode.InvalidParams);
            default: throw new InvalidOperationException("boom");
        }
    }

    private static CallToolResult Says(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    private static Tool Tool(string name, string schema = """{"type":"object"}""", string? description = null, bool readOnly = false) => new()
    {
        Name = name,
        Description = description,
        InputSchema = JsonElement.Parse(schema),
        Annotations = readOnly ? new ToolAnnotations { ReadOnlyHint = true } : null,
    };

    private async Task SilentAsync(HttpContext context)
    {
        _told.Writer.TryWrite("silence");
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private static Task Status(HttpContext context, int status, string? location = null)
    {
        context.Response.StatusCode = status;
        if (location is not null) { context.Response.Headers.Location = location; }
        return Task.CompletedTask;
    }

    private static Task Text(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }
}
