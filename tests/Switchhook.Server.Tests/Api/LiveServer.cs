using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Server.Cli;
using Switchhook.Server.Composition;
using Switchhook.Server.Options;
using Switchhook.Server.Tests.Options;
using Switchhook.Sip;

namespace Switchhook.Server.Tests.Api;

/// <summary>A whole server on loopback ports of the system's choice, with a phone that calls it and a client that commands it.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string Configuration = """
        {
          "sip": { "listen": ["udp://127.0.0.1:0"] },
          "media": { "ports": "46000-46999", "threads": 1 },
          "api": { "listen": ["http://127.0.0.1:0", "https://127.0.0.1:0"] },
          "projects": [
            { "id": "proj_a", "api_keys": ["sk-a-key"], "decision_timeout_ms": 60000, "record": true, "mcp": { "allow": ["http://127.0.0.1:*"] },
              "prompts": { "pmpt_greet": { "versions": { "1": { "instructions": "Greet {{name}}." } } } } },
            { "id": "proj_b", "api_keys": ["sk-b-key"], "decision_timeout_ms": 300, "undecided_status": 480,
              "prompts": { "pmpt_b": { "versions": { "1": { "instructions": "Belong to b." } } } } }
          ],
          "models": { "greeter": { "engine": "scripted", "script": "hello.yaml" }, "shop": { "engine": "scripted", "script": "shop.yaml" }, "talker": { "engine": "scripted", "script": "talker.yaml" }, "broken": { "engine": "scripted", "script": "broken.yaml" }, "slow": { "engine": "scripted", "script": "slow.yaml" } },
          "limits": { "drain_ms": 0 },
          "log": { "level": "error" }
        }
        """;

    /// <summary>A model that waits to be asked.</summary>
    private const string Talker = """
        out_of_band: A note.
        flow:
          - say: "Hello."
          - listen: { transcript: "Good morning." }
          - say: "Here is a long answer that goes on and on until somebody has heard enough of it and says a word."
          - listen
          - fail: drop
        """;

    private readonly OptionsFolder _folder;
    private readonly Host _host;
    private readonly Phone _phone = new(IPAddress.Loopback, TimeProvider.System, 47_000, 47_999, mediaThreads: 1);

    private LiveServer(OptionsFolder folder, Host host)
    {
        (_folder, _host) = (folder, host);
        Client = new HttpClient { BaseAddress = Http, Timeout = Patience };
    }

    public Host Host => _host;

    public HttpClient Client { get; }

    public Uri Http => new(_host.Urls.Single(url => url.StartsWith("http://", StringComparison.Ordinal)));

    public Uri Https => new(_host.Urls.Single(url => url.StartsWith("https://", StringComparison.Ordinal)));

    public string CaPath => Path.Combine(_folder.Path, "data", "dev-ca.pem");

    /// <summary>With other settings where a test wants them, as the environment gives them.</summary>
    public static async Task<LiveServer> StartAsync(params (string Name, string Value)[] environment)
    {
        OptionsFolder folder = new();
        folder.Write("hello.yaml", "greet: true\nflow:\n  - say: \"Hello.\"\n  - listen\n");
        folder.Write("talker.yaml", Talker);
        folder.Write("broken.yaml", "open: { fail: { code: model_overloaded, message: \"No seat is free.\" } }\nflow:\n  - say: \"Hello.\"\n");
        folder.Write("slow.yaml", "open: { delay_ms: 5000 }\nflow:\n  - say: \"Hello.\"\n");
        folder.Write("shop.yaml", """
            flow:
              - say: "One moment."
              - call_tool: find_order
                server: shop
                arguments: { order: 7 }
                on_result:
                  - contains: "was sent"
                    then: [say: "It is on its way."]
                  - contains: { type: tool_execution_error }
                    then: [say: "I may not look."]
              - call_tool: slow
                server: shop
              - say: "Goodbye."
            """);
        ServerOptions options = folder.Read(Configuration, environment);
        return new LiveServer(folder, await Host.StartAsync(options, TimeProvider.System));
    }

    /// <summary>A phone rings: the call as the server knows it, and the phone's end of it.</summary>
    public async Task<(Call Call, PhoneCall Phone)> RingAsync(string project = "proj_a")
    {
        PhoneCall phone = await PlaceAsync(project);
        return (_host.House.Calls.Live(project).Single(call => call.Record.State == CallState.Ringing), phone);
    }

    /// <summary>A phone has begun to ring, which may be over already.</summary>
    public async Task<PhoneCall> PlaceAsync(string project)
    {
        PeerAddress peer = _host.House.Sip.Listeners[0].Local;
        TaskCompletionSource ringing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PhoneCall phone = await _phone.PlaceAsync(new PhoneTarget($"sip:{project}@{peer}", SipTransport.Udp, peer), new PhoneScript
        {
            Told = moment => { if (moment.Kind is PhoneMomentKind.Ringing or PhoneMomentKind.Over) { ringing.TrySetResult(); } },
        });
        await ringing.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return phone;
    }

    public async Task<Answer> SendAsync(string method, string path, string? body = null, string? key = "sk-a-key", string? accept = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (key is not null) { request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key); }
        if (body is not null) { request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)); }
        if (accept is not null) { request.Headers.Accept.ParseAdd(accept); }
        using HttpResponseMessage response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<Answer> AcceptAsync(Call call, string body = """{"type":"realtime","model":"greeter"}""") =>
        SendAsync("POST", $"/v1/realtime/calls/{call.Id}/accept", body);

    /// <summary>Done when the history of the call holds such an entry.</summary>
    public static async Task HistoryAsync(Call call, Func<TimelineEntry, bool> isIt)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await foreach (TimelineEntry entry in call.Timeline.FollowAsync(0, patience.Token))
        {
            if (isIt(entry)) { return; }
        }
        Assert.Fail("the call ended first");
    }

    public async Task<ClientWebSocket> AttachAsync(Call call, string more = "", params string[] subprotocols)
    {
        ClientWebSocket socket = new();
        if (subprotocols.Length == 0) { socket.Options.SetRequestHeader("Authorization", "Bearer sk-a-key"); }
        foreach (string subprotocol in subprotocols) { socket.Options.AddSubProtocol(subprotocol); }
        await socket.ConnectAsync(new Uri($"ws://{Http.Authority}/v1/realtime?call_id={call.Id}{more}"), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>A session without a call.</summary>
    public async Task<EventClient> OpenAsync(string query, string prefix = "/v1", Action<ClientWebSocketOptions>? configure = null)
    {
        ClientWebSocket socket = new();
        if (configure is null) { socket.Options.SetRequestHeader("Authorization", "Bearer sk-a-key"); }
        configure?.Invoke(socket.Options);
        try { await socket.ConnectAsync(new Uri($"ws://{Http.Authority}{prefix}/realtime?{query}"), TestContext.Current.CancellationToken); }
        catch { socket.Dispose(); throw; }
        return new EventClient(socket);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        await _phone.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>What came back, with what every answer must have checked already.</summary>
internal sealed record Answer
{
    public Answer(HttpResponseMessage response, string body)
    {
        Status = (int)response.StatusCode;
        Body = body;
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("x-request-id")), StringComparison.Ordinal);
        Headers = response.Headers;
        ContentLength = response.Content.Headers.ContentLength;
        if (Status < 400 || Status == 503 && body.StartsWith("{\"ready", StringComparison.Ordinal)) { return; }
        JsonElement error = JsonDocument.Parse(body).RootElement.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        Message = error.GetProperty("message").GetString()!;
        Param = error.GetProperty("param").GetString();
        Code = error.GetProperty("code").GetString();
        Assert.NotEqual(409, Status);
    }

    public int Status { get; }
    public string Body { get; }
    public string Message { get; } = "";
    public string? Code { get; }
    public string? Param { get; }
    public long? ContentLength { get; }
    public HttpResponseHeaders Headers { get; }

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public override string ToString() => $"{Status} {Body}";
}
