using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Server.Cli;

namespace Switchhook.Server.Tests.Api;

/// <summary>The sideband (realtime-api §3) against a whole server.</summary>
[Collection("Alone")]
public sealed class SidebandTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>S9, S1, §9.9, §9.17: attached while it rings, told of the session first, drained and closed 1000 at the end.</summary>
    [Fact]
    public async Task A_socket_may_attach_while_the_phone_rings_and_hears_everything_to_the_end()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        using ClientWebSocket socket = await _server.AttachAsync(call, "&model=ignored");
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        Assert.Equal("session.created", TypeOf(await ReadAsync(socket)));
        await phone.HangUpAsync();

        List<string> types = [];
        while (await ReadAsync(socket) is { } message) { types.Add(TypeOf(message)); }
        Assert.Contains("call.caller_disconnected", types);
        Assert.Equal("call.ended", types[^1]);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    // §9.21: the last event says what the peer said when it left.
    [Fact]
    public async Task The_reason_with_which_the_peer_left_stands_in_the_last_event()
    {
        const string Reason = "Q.850;cause=16;text=\"Normal call clearing\"";
        using RawPhone phone = new(_server.Host.House.Sip.Listeners[0].Local, "proj_a");
        await phone.PlaceAsync();
        Call call = Assert.Single(_server.Host.House.Calls.Live("proj_a"));
        using ClientWebSocket socket = await _server.AttachAsync(call);
        Task<Answer> accepted = _server.AcceptAsync(call);
        await phone.AcknowledgeAsync();
        Assert.Equal(200, (await accepted).Status);
        await phone.HangUpAsync(Reason);
        string last = "";
        while (await ReadAsync(socket) is { } message) { last = message; }
        JsonElement sip = JsonElement.Parse(last).GetProperty("sip");
        Assert.Equal((JsonValueKind.Null, Reason), (sip.GetProperty("status").ValueKind, sip.GetProperty("reason").GetString()));
    }

    /// <summary>realtime-api §3.5, §10.1: no audio on a sideband, unless this one asks; and never in the history.</summary>
    [Fact]
    public async Task Who_asks_for_the_audio_of_a_call_is_told_it_and_nobody_else()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        using EventClient loud = new(await _server.AttachAsync(call, "&include_audio=true")), quiet = new(await _server.AttachAsync(call, "&include_audio=false"));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        Assert.NotNull(await loud.UntilAsync("output_audio_buffer.stopped"));
        await phone.HangUpAsync();
        await loud.ClosedAsync();
        await quiet.ClosedAsync();
        string[] types = [.. loud.Types];
        int part = Array.IndexOf(types, "response.content_part.added");
        Assert.Equal(
            "output_audio_buffer.started response.output_audio_transcript.delta response.output_audio.delta",
            string.Join(' ', types.Skip(part + 1).Take(3)));
        Assert.True(Array.LastIndexOf(types, "response.output_audio.delta") < Array.IndexOf(types, "response.output_audio.done"));
        // "Hello." in the session's format, 24 kHz of 16 bits, whatever the telephone speaks.
        Assert.InRange(loud.Seen.Where(told => EventClient.TypeOf(told) == "response.output_audio.delta").Sum(told => told.GetProperty("delta").GetBytesFromBase64().Length), 48 * 200, 48 * 3000);
        Assert.Equal(quiet.Types, loud.Types.Where(type => type != "response.output_audio.delta"));
        string history = (await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/timeline")).Body;
        Assert.Contains("response.output_audio.done", history, StringComparison.Ordinal);
        Assert.DoesNotContain("response.output_audio.delta", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_audio_is_included_is_true_or_false()
    {
        (Call call, _) = await _server.RingAsync();
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => _server.AttachAsync(call, "&include_audio=yes"));
        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_event_and_the_socket_stays_open()
    {
        (Call call, _) = await _server.RingAsync();
        using EventClient client = new(await _server.AttachAsync(call));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        foreach ((string said, string? eventId) in new (string, string?)[]
        {
            ("not json", null), ("{}", null), ("[]", null), ("""{"type":"no.such.event","event_id":"mine-1"}""", "mine-1"), ("""{"type":7,"event_id":"mine-2"}""", "mine-2"), ("", null),
        })
        {
            await client.SayAsync(said);
            Assert.Equal(eventId, (await client.UntilAsync("error"))!.Value.GetProperty("error").GetProperty("event_id").GetString());
        }
        Assert.Equal(WebSocketState.Open, client.Socket.State);
    }

    /// <summary>
    /// realtime-api §3.4, §5: whether it can be read or not, what is wrong with an event is told in its turn, to all who are attached; it
    /// stands in the history and may be resumed after. So it is for what was said before there was a session.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Errors_come_in_the_order_of_the_events_that_they_are_about(bool isEarly)
    {
        (Call call, _) = await _server.RingAsync();
        using EventClient client = new(await _server.AttachAsync(call)), other = new(await _server.AttachAsync(call));
        if (!isEarly) { Assert.Equal(200, (await _server.AcceptAsync(call, """{"type":"realtime","model":"talker"}""")).Status); }
        foreach (string said in (string[])["""{"type":"response.cancel","event_id":"a"}""", "{bad", """{"type":"nope","event_id":"q"}""", """{"type":"session.update","event_id":"u","session":{}}"""])
        {
            await client.SayAsync(said);
        }
        if (isEarly)
        {
            // Answered when the last of them was taken, so that none of them comes after the session.
            await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
            await client.ClosedAsync();
            Assert.Empty(client.Seen);
            Assert.Equal(200, (await _server.AcceptAsync(call, """{"type":"realtime","model":"talker"}""")).Status);
        }
        List<JsonElement> errors = [];
        while (errors.Count < 4) { errors.Add((await other.UntilAsync("error"))!.Value); }
        Assert.Equal(
            "response_cancel_not_active a, invalid_json , invalid_value q, missing_required_parameter u",
            string.Join(", ", errors.Select(told => told.GetProperty("error")).Select(error => $"{error.GetProperty("code")} {error.GetProperty("event_id")}")));
        if (!isEarly) { Assert.Equal(errors[3].GetRawText(), await LastErrorAsync(client, 4)); }

        using EventClient again = new(await _server.AttachAsync(call, $"&starting_after={errors[1].GetProperty("event_id")}"));
        Assert.Equal(errors[2].GetRawText(), await LastErrorAsync(again, 1));
        string history = (await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/timeline")).Body;
        Assert.Contains("client.unreadable", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_chooses_among_the_prompts_of_its_project_when_it_begins_and_while_it_runs()
    {
        (Call call, _) = await _server.RingAsync();
        using ClientWebSocket socket = await _server.AttachAsync(call);
        Assert.Equal(200, (await _server.AcceptAsync(call, """{"type":"realtime","model":"greeter","prompt":{"id":"pmpt_greet","variables":{"name":"Ada"}}}""")).Status);
        JsonElement session = JsonDocument.Parse((await ReadAsync(socket))!).RootElement.GetProperty("session");
        Assert.Equal(("Greet Ada.", "pmpt_greet"), (session.GetProperty("instructions").GetString(), session.GetProperty("prompt").GetProperty("id").GetString()));

        await SayAsync(socket, """{"type":"session.update","event_id":"other","session":{"type":"realtime","prompt":{"id":"pmpt_b"}}}""");
        await SayAsync(socket, """{"type":"response.create","event_id":"untold","response":{"prompt":{"id":"pmpt_greet"}}}""");
        await SayAsync(socket, """{"type":"session.update","session":{"type":"realtime","prompt":{"id":"pmpt_greet","variables":{"name":"Bo"}}}}""");
        List<string> told = [];
        while (told.Count < 3)
        {
            JsonElement message = JsonDocument.Parse((await ReadAsync(socket))!).RootElement;
            if (TypeOf(message.GetRawText()) == "error") { told.Add($"{message.GetProperty("error").GetProperty("event_id")} {message.GetProperty("error").GetProperty("param")}"); }
            if (TypeOf(message.GetRawText()) == "session.updated") { told.Add(message.GetProperty("session").GetProperty("instructions").GetString()!); }
        }
        Assert.Equal(["other session.prompt.id", "untold response.prompt.variables.name", "Greet Bo."], told);
    }

    /// <summary>S6, §9.12, realtime-api §1.3: taken, told back, and no business of the telephone; the history says so once.</summary>
    [Theory]
    [InlineData(""","audio":{"input":{"format":{"type":"audio/pcm","rate":24000}},"output":{"format":{"type":"audio/pcma"}}}""", "the session names audio/pcm for its input, audio/pcma for its output; the telephone keeps the codec that SDP agreed on")]
    [InlineData("", "the session names audio/pcm for its output; the telephone keeps the codec that SDP agreed on")]
    public async Task Formats_of_a_session_stay_off_the_telephone_and_that_is_noted_once(string members, string note)
    {
        (Call call, _) = await _server.RingAsync();
        using ClientWebSocket socket = await _server.AttachAsync(call);
        Assert.Equal(200, (await _server.AcceptAsync(call, $$"""{"type":"realtime","model":"greeter"{{members}}}""")).Status);
        await SayAsync(socket, """{"type":"session.update","session":{"type":"realtime","instructions":"x"}}""");
        for (int times = 0; times < 2; times++) { await SayAsync(socket, """{"type":"session.update","session":{"type":"realtime","audio":{"output":{"format":{"type":"audio/pcm"}}}}}"""); }
        int updates = 0;
        while (updates < 3) { updates += TypeOf(await ReadAsync(socket)) == "session.updated" ? 1 : 0; }
        IReadOnlyList<TimelineEntry> history = call.Timeline.Read(0);
        Assert.Equal(note, Assert.Single(history, entry => entry.Kind == "session.formats").Text);
        Assert.Contains("PCMU", Encoding.UTF8.GetString(Assert.Single(history, entry => entry.Kind == "media.plan").Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_event_arrives_in_pieces_and_one_too_large_closes_the_socket()
    {
        (Call call, _) = await _server.RingAsync();
        using EventClient client = new(await _server.AttachAsync(call));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        string audio = new('A', 3 << 20);
        await client.SayAsync($$"""{"type":"no.such.event","event_id":"large","audio":"{{audio}}"}""");
        Assert.Equal("large", (await client.UntilAsync("error"))!.Value.GetProperty("error").GetProperty("event_id").GetString());

        byte[] piece = new byte[1 << 20];
        Array.Fill(piece, (byte)' ');
        for (int count = 0; count <= Limits.SocketMessageBytes >> 20; count++)
        {
            await client.Socket.SendAsync(piece, WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);
        }
        Assert.Equal((int)WebSocketCloseStatus.MessageTooBig, (await client.ClosedAsync()).Code);
    }

    [Fact]
    public async Task A_binary_message_closes_the_socket_and_the_call_goes_on()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        using ClientWebSocket socket = await _server.AttachAsync(call);
        await socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
        Assert.Null(await ReadAsync(socket));
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, socket.CloseStatus);
        Assert.False(phone.Over.IsCompleted);
        using ClientWebSocket again = await _server.AttachAsync(call);
        await again.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, again.CloseStatus);
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
    }

    /// <summary>realtime-api §3.2, §9.37: echoed only when it was offered, and never the key.</summary>
    [Theory]
    [InlineData("realtime,openai-insecure-api-key.sk-a-key", "realtime")]
    [InlineData("openai-insecure-api-key.sk-a-key,realtime,openai-agents-sdk.0.20.0", "realtime")]
    public async Task The_subprotocol_is_echoed(string offered, string chosen)
    {
        (Call call, _) = await _server.RingAsync();
        using ClientWebSocket socket = await _server.AttachAsync(call, "", offered.Split(','));
        Assert.Equal(chosen, socket.SubProtocol);
    }

    [Fact]
    public async Task Without_an_offer_no_subprotocol_is_chosen()
    {
        (Call call, _) = await _server.RingAsync();
        using ClientWebSocket socket = await _server.AttachAsync(call);
        Assert.Null(socket.SubProtocol);
    }

    [Theory]
    [InlineData("sk-wrong", "rtc_nope", 401)]
    [InlineData("sk-a-key", "rtc_nope", 404)]
    [InlineData("sk-a-key", "", 400)]
    [InlineData("sk-b-key", "THE_CALL", 404)]
    public async Task A_failure_before_the_upgrade_is_an_http_answer(string key, string callId, int status)
    {
        (Call call, _) = await _server.RingAsync();
        using ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        socket.Options.CollectHttpResponseDetails = true;
        Uri address = new($"ws://{_server.Http.Authority}/v1/realtime?call_id={callId.Replace("THE_CALL", call.Id.Value, StringComparison.Ordinal)}");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, TestContext.Current.CancellationToken));
        Assert.Equal(status, (int)socket.HttpStatusCode);
    }

    /// <summary>realtime-api §11.1: the Node helper speaks wss only; the development CA is what it trusts.</summary>
    [Fact]
    public async Task The_development_certificate_carries_a_sideband_over_tls()
    {
        (Call call, _) = await _server.RingAsync();
        using X509Certificate2 ca = X509CertificateLoader.LoadCertificateFromFile(_server.CaPath);
        using SocketsHttpHandler handler = new();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(ca);
        using HttpMessageInvoker invoker = new(handler);
        using ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("Authorization", "Bearer sk-a-key");
        await socket.ConnectAsync(new Uri($"wss://localhost:{_server.Https.Port}/v1/realtime?call_id={call.Id}"), invoker, TestContext.Current.CancellationToken);
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        Assert.Equal("session.created", TypeOf(await ReadAsync(socket)));
    }

    private static async Task<string> LastErrorAsync(EventClient client, int count)
    {
        JsonElement last = default;
        for (int read = 0; read < count; read++) { last = (await client.UntilAsync("error"))!.Value; }
        return last.GetRawText();
    }

    private static string TypeOf(string? message) => JsonDocument.Parse(message!).RootElement.GetProperty("type").GetString()!;

    private static Task SayAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>One message; null when the server has closed.</summary>
    private static async Task<string?> ReadAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(LiveServer.Patience);
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), patience.Token);
            if (result.MessageType == WebSocketMessageType.Close) { return null; }
            length += result.Count;
            if (result.EndOfMessage) { return Encoding.UTF8.GetString(buffer, 0, length); }
        }
    }
}
