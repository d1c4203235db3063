using System.Net;
using System.Threading.Channels;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Mcp;

/// <summary>
/// One MCP server as one session speaks to it: connected when it is first asked, so that what the server remembers of one call of a tool is there at the
/// next; and connected again when it has lost the session. One loop owns the connection; what it is asked runs side by side.
/// </summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private readonly McpTool _server;
    private readonly McpAccess _access;
    private readonly TimeProvider _time;
    private readonly IEngineObserver _observer;
    private readonly Func<McpAnswer, ValueTask> _answer;
    private readonly Channel<Question> _questions = Channel.CreateBounded<Question>(new BoundedChannelOptions(2 * Limits.McpCallsAtOnce) { SingleReader = true });
    private readonly CancellationTokenSource _forgotten = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public McpConnection(McpTool server, McpAccess access, TimeProvider time, IEngineObserver observer, Func<McpAnswer, ValueTask> answer)
    {
        (_server, _access, _time, _observer, _answer) = (server, access, time, observer, answer);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Done when it is closed.</summary>
    public Task Closed => _loop;

    public void List(string itemId) => Post(new Question(itemId, null, "", Limits.McpList, _time));

    public void Call(string itemId, string name, string arguments) => Post(new Question(itemId, name, arguments, Limits.McpCall, _time));

    /// <summary>Nothing more is asked: lists are not waited for, calls that run are; then it closes.</summary>
    public void Forget()
    {
        _forgotten.Cancel();
        _questions.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        Forget();
        await _loop;
        _forgotten.Dispose();
        _stop.Dispose();
    }

    // There is room: the session has no more calls at once than half of it, and asks for one list.
    private void Post(Question question) => _questions.Writer.TryWrite(question);

    private async Task RunAsync()
    {
        McpClient? client = null;
        var running = new List<Task>();
        await foreach (Question question in _questions.Reader.ReadAllAsync())
        {
            running.RemoveAll(task => task.IsCompleted);
            using CancellationTokenSource patience = Patience(question);
            try
            {
                if (client is not null && (client.Completion.IsCompleted || client == question.Lost))
                {
                    await CloseAsync(client);
                    client = null;
                }
                client ??= await ConnectAsync(patience.Token);
            }
            catch (Exception failure)
            {
                await FailAsync(question, failure);
                continue;
            }
            running.Add(AskAsync(client, question));
        }
        await Task.WhenAll(running);
        if (client is not null) { await CloseAsync(client); }
    }

    private async Task<McpClient> ConnectAsync(CancellationToken cancellation)
    {
        Uri url = Address();
        if (_access.Refusal(url) is { } refusal) { throw new McpRefusal(refusal); }
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = url, TransportMode = HttpTransportMode.StreamableHttp, EnableStandaloneGetStream = false, AdditionalHeaders = Headers() },
            _access.Http);
        var options = new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "switchhook", Version = McpAccess.Version },
            InitializationTimeout = Timeout.InfiniteTimeSpan,     // the question's own patience ends it
            DiscoverProbeTimeout = Limits.McpConnect,
            TimeProvider = _time,
        };
        return await McpClient.CreateAsync(transport, options, cancellationToken: cancellation);
    }

    private async Task AskAsync(McpClient client, Question question)
    {
        using CancellationTokenSource patience = Patience(question);
        try
        {
            await AnswerAsync(question, question.Tool is { } tool
                ? await CallAsync(client, question, tool, patience.Token)
                : new McpAnswer.Listed(question.ItemId, await ListAsync(client, patience.Token)));
        }
        catch (HttpRequestException failure) when (failure.StatusCode == HttpStatusCode.NotFound && client.SessionId is not null && question.Lost is null)
        {
            // It does not know the session any more, so it has done nothing: asked once more in a new one.
            if (!_questions.Writer.TryWrite(question with { Lost = client })) { await FailAsync(question, failure); }
        }
        catch (Exception failure) { await FailAsync(question, failure); }
    }

    private static async Task<McpAnswer> CallAsync(McpClient client, Question question, string tool, CancellationToken cancellation)
    {
        CallToolResult result = await client.CallToolAsync(new CallToolRequestParams { Name = tool, Arguments = McpReading.Arguments(question.Arguments) }, cancellation);
        string text = McpReading.Text(result);
        if (text.Length > Limits.McpOutputChars) { throw new McpRefusal($"The tool's output is longer than {Limits.McpOutputChars} characters."); }
        return result.IsError == true
            ? new McpAnswer.Failed(question.ItemId, McpError.Execution(McpFailure.Clipped(text.Length > 0 ? text : "The tool failed and did not say why.")))
            : new McpAnswer.Completed(question.ItemId, text);
    }

    private static async Task<IReadOnlyList<McpToolDescription>> ListAsync(McpClient client, CancellationToken cancellation)
    {
        var tools = new List<McpToolDescription>();
        string? cursor = null;
        do
        {
            ListToolsResult page = await client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, cancellation);
            if (tools.Count + page.Tools.Count > Limits.McpListedTools || (page.Tools.Count == 0 && page.NextCursor is not null))
            {
                throw new McpRefusal($"The MCP server's list of tools does not end, or has more than {Limits.McpListedTools}.");
            }
            tools.AddRange(page.Tools.Select(McpReading.Describe));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return tools;
    }

    private ValueTask FailAsync(Question question, Exception failure)
    {
        McpError error = McpFailure.Of(failure, question.Patience.IsCancellationRequested ? question.Limit : null);
        return AnswerAsync(question, question.Tool is null ? new McpAnswer.NotListed(question.ItemId, error) : new McpAnswer.Failed(question.ItemId, error));
    }

    private ValueTask AnswerAsync(Question question, McpAnswer answer)
    {
        question.Patience.Dispose();
        _observer.McpAnswered(question.Tool is not null, answer.Outcome, _time.Now() - question.AskedAt);
        return _answer(answer);
    }

    private CancellationTokenSource Patience(Question question) => question.Tool is null
        ? CancellationTokenSource.CreateLinkedTokenSource(question.Patience.Token, _stop.Token, _forgotten.Token)
        : CancellationTokenSource.CreateLinkedTokenSource(question.Patience.Token, _stop.Token);

    // A server that cannot be told goodbye is left without one.
    private async Task CloseAsync(McpClient client)
    {
        try { await client.DisposeAsync().AsTask().WaitAsync(Limits.McpGoodbye, _time); }
        catch (Exception failure) when (failure is TimeoutException or HttpRequestException or IOException or OperationCanceledException) { }
    }

    private Uri Address() => _server.ServerUrl is { } url
        ? new Uri(url)
        : throw new McpRefusal($"There is no service for {(_server.TunnelId is null ? "connectors ('connector_id')" : "tunnels ('tunnel_id')")} here: give the 'server_url' of an MCP server.");

    private Dictionary<string, string> Headers()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (_server.Headers is { } given)
        {
            foreach (System.Text.Json.JsonProperty header in given.EnumerateObject()) { headers[header.Name] = header.Value.GetString()!; }
        }
        if (_server.Authorization is { } token) { headers["Authorization"] = $"Bearer {token}"; }
        return headers;
    }

    /// <param name="ItemId">What waits for the answer.</param>
    /// <param name="Tool">Null: the list of tools.</param>
    /// <param name="Arguments">JSON text.</param>
    /// <param name="Limit">How long it is waited for, from now on.</param>
    /// <param name="Time">The clock that this is measured with.</param>
    private sealed record Question(string ItemId, string? Tool, string Arguments, TimeSpan Limit, TimeProvider Time)
    {
        public CancellationTokenSource Patience { get; } = new(Limit, Time);
        public Instant AskedAt { get; } = Time.Now();

        /// <summary>The session that was lost when it was asked before.</summary>
        public McpClient? Lost { get; init; }
    }
}
