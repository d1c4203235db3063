using System.Net.WebSockets;
using System.Text.Json;

namespace Switchhook.Server.Tests.Api;

/// <summary>Sessions without a call (realtime-api §3) against a whole server.</summary>
[Collection("Alone")]
public sealed class PlainSessionTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/v1")]
    [InlineData("/openai/v1")]
    public async Task A_session_is_told_first_and_answers_in_text(string prefix)
    {
        using EventClient client = await _server.OpenAsync("model=talker", prefix);
        JsonElement session = (await client.ReadAsync())!.Value.GetProperty("session");
        Assert.Equal("session.created", client.Types.Single());
        Assert.Equal(("talker", "realtime.session"), (session.GetProperty("model").GetString(), session.GetProperty("object").GetString()));
        Assert.StartsWith("sess_", session.GetProperty("id").GetString(), StringComparison.Ordinal);
        await client.SayAsync("""{"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}""");
        await client.UntilAsync("session.updated");
        await client.SayAsync("""{"type":"response.create"}""");
        Assert.Equal("Hello.", (await client.UntilAsync("response.output_text.done"))!.Value.GetProperty("text").GetString());
        Assert.Equal("completed", (await client.UntilAsync("response.done"))!.Value.GetProperty("response").GetProperty("status").GetString());
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Socket.CloseStatus);
    }

    /// <summary>§3.3, §9 row 2: before the upgrade, as HTTP, with the member that is wrong.</summary>
    [Theory]
    [InlineData("model=talker", "sk-wrong", 401, "invalid_api_key", null)]
    [InlineData("model=talker", null, 401, "invalid_api_key", null)]
    [InlineData("", "sk-a-key", 400, "missing_required_parameter", "model")]
    [InlineData("model=", "sk-a-key", 400, "missing_required_parameter", "model")]
    [InlineData("model=gpt-realtime", "sk-a-key", 400, "invalid_value", "model")]
    [InlineData("model=talker", "sk-a-key", 400, "websocket_required", null)]
    public async Task What_is_wrong_is_an_ordinary_answer(string query, string? key, int status, string code, string? param)
    {
        Answer answer = await _server.SendAsync("GET", $"/v1/realtime?{query}", key: key);
        Assert.Equal((status, code, param), (answer.Status, answer.Code, answer.Param));
        Assert.DoesNotContain("session.", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_open_says_so_before_the_upgrade()
    {
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => _server.OpenAsync("model=broken"));
        Assert.Contains("502", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over_and_says_how_long_that_was()
    {
        await using LiveServer server = await LiveServer.StartAsync(("SWITCHHOOK__LIMITS__SESSION_MS", "1000"));
        using EventClient client = await server.OpenAsync("model=talker");
        JsonElement error = (await client.UntilAsync("error"))!.Value.GetProperty("error");
        Assert.Equal(("session_expired", "Your session hit the maximum duration of 1 second."), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal((1001, "Your session hit the maximum duration of 1 second."), await client.ClosedAsync());
    }

    /// <summary>realtime-api §3.2: a browser's offer; the key is found in it and never sent back.</summary>
    [Theory]
    [InlineData("realtime,openai-insecure-api-key.sk-a-key", "realtime")]
    [InlineData("openai-insecure-api-key.sk-a-key,openai-agents-sdk.0.20.0,realtime", "realtime")]
    [InlineData("", null)]
    public async Task The_subprotocol_is_echoed_and_never_the_key(string offered, string? chosen)
    {
        using EventClient client = await _server.OpenAsync("model=talker", configure: options =>
        {
            foreach (string subprotocol in offered.Split(',', StringSplitOptions.RemoveEmptyEntries)) { options.AddSubProtocol(subprotocol); }
            if (offered.Length == 0) { options.SetRequestHeader("Authorization", "Bearer sk-a-key"); }
        });
        Assert.Equal(chosen, client.Socket.SubProtocol);
        Assert.Equal("session.created", EventClient.TypeOf((await client.ReadAsync())!.Value));
    }

    /// <summary>§3.2: agreed where it is offered, and what is large and what is small arrives whole either way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Compression_is_agreed_where_it_is_offered(bool isOffered)
    {
        using EventClient client = await _server.OpenAsync("model=talker", configure: options =>
        {
            options.SetRequestHeader("Authorization", "Bearer sk-a-key");
            options.CollectHttpResponseDetails = true;
            if (isOffered) { options.DangerousDeflateOptions = new WebSocketDeflateOptions(); }
        });
        bool isAgreed = client.Socket.HttpResponseHeaders!.TryGetValue("Sec-WebSocket-Extensions", out IEnumerable<string>? extensions);
        Assert.Equal(isOffered, isAgreed);
        if (isAgreed) { Assert.Contains("server_no_context_takeover", Assert.Single(extensions!), StringComparison.Ordinal); }
        string instructions = string.Concat(Enumerable.Repeat("Be brief. Be kind. ", 2000));
        await client.SayAsync("""{"type":"session.update","session":{"type":"realtime","instructions":"TEXT"}}""".Replace("TEXT", instructions, StringComparison.Ordinal));
        Assert.Equal(instructions, (await client.UntilAsync("session.updated"))!.Value.GetProperty("session").GetProperty("instructions").GetString());
        await client.SayAsync("""{"type":"response.create"}""");
        Assert.NotNull(await client.UntilAsync("response.output_audio.delta"));
        Assert.NotNull(await client.UntilAsync("response.done"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_event_and_the_session_goes_on()
    {
        using EventClient client = await _server.OpenAsync("model=talker");
        string audio = Convert.ToBase64String(new byte[Limits.AppendBytes + 2]);
        foreach ((string said, string? eventId, string code, string? param) in new (string, string?, string, string?)[]
        {
            ("not json", null, "invalid_json", null),
            ("{}", null, "invalid_event", "type"),
            ("""{"type":"no.such.event","event_id":"mine-1"}""", "mine-1", "invalid_value", "type"),
            ("""{"type":"input_audio_buffer.append","event_id":"mine-2","audio":"AAAA"}""", "mine-2", "invalid_value", "audio"),
            ($$"""{"type":"input_audio_buffer.append","event_id":"mine-3","audio":"{{audio}}"}""", "mine-3", "invalid_value", "audio"),
            ("""{"type":"response.cancel","event_id":"mine-4"}""", "mine-4", "response_cancel_not_active", null),
        })
        {
            await client.SayAsync(said);
            JsonElement error = (await client.UntilAsync("error"))!.Value.GetProperty("error");
            Assert.Equal((eventId, code, param), (error.GetProperty("event_id").GetString(), error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        }
        await client.SayAsync("""{"type":"response.create"}""");
        Assert.NotNull(await client.UntilAsync("response.done"));
    }

    [Fact]
    public async Task The_largest_append_is_heard_while_others_are_answered()
    {
        using EventClient large = await _server.OpenAsync("model=talker"), other = await _server.OpenAsync("model=talker");
        await large.SayAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(new byte[Limits.AppendBytes])}}"}""");
        await other.SayAsync("""{"type":"response.create"}""");
        Assert.NotNull(await other.UntilAsync("response.done"));
        await large.SayAsync("""{"type":"input_audio_buffer.commit"}""");
        Assert.NotNull(await large.UntilAsync("input_audio_buffer.committed"));
    }

    // More at once than there are places: each has its turn, and gives its place back.
    [Fact]
    public async Task Large_appends_of_many_are_heard_one_after_the_other()
    {
        // Large as a text; a fifth of a second of audio is soon heard, so that nobody waits too long for a place.
        string append = $$"""{"type":"input_audio_buffer.append",{{new string(' ', 2 << 20)}}"audio":"{{Convert.ToBase64String(new byte[9_600])}}"}""";
        EventClient[] clients = await Task.WhenAll(Enumerable.Range(0, 2 * Limits.LargeMessages).Select(_ => _server.OpenAsync("model=talker")));
        await Task.WhenAll(clients.Select(async client =>
        {
            for (int count = 0; count < 2; count++) { await client.SayAsync(append); }
            await client.SayAsync("""{"type":"input_audio_buffer.commit"}""");
            Assert.NotNull(await client.UntilAsync("input_audio_buffer.committed"));
            client.Dispose();
        }));
    }

    [Fact]
    public async Task A_binary_message_and_one_too_large_close_the_socket_and_say_why()
    {
        using EventClient binary = await _server.OpenAsync("model=talker");
        await binary.Socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
        Assert.Equal((1003, "Events are text messages"), await binary.ClosedAsync());
        using EventClient large = await _server.OpenAsync("model=talker");
        byte[] piece = new byte[1 << 20];
        Array.Fill(piece, (byte)' ');
        for (int count = 0; count <= Limits.SocketMessageBytes >> 20; count++)
        {
            await large.Socket.SendAsync(piece, WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);
        }
        Assert.Equal(1009, (await large.ClosedAsync()).Code);
    }

    // S3: never a silent end.
    [Fact]
    public async Task A_model_that_is_lost_ends_the_session_with_an_error_and_1011()
    {
        using EventClient client = await _server.OpenAsync("model=talker");
        for (int response = 0; response < 2; response++)
        {
            await client.SayAsync("""{"type":"response.create"}""");
            Assert.NotNull(await client.UntilAsync("response.done"));
        }
        await client.SayAsync("""{"type":"response.create"}""");
        Assert.Equal("engine_lost", (await client.UntilAsync("error"))!.Value.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal((1011, "The model session was lost"), await client.ClosedAsync());
    }

    /// <summary>§9 row 34: the limit is told, and a place is free again when a session has ended.</summary>
    [Fact]
    public async Task One_session_too_many_is_429_until_another_has_ended()
    {
        await using LiveServer server = await LiveServer.StartAsync(("SWITCHHOOK__LIMITS__SESSIONS", "1"));
        using (EventClient first = await server.OpenAsync("model=talker"))
        {
            Assert.NotNull(await first.ReadAsync());
            WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => server.OpenAsync("model=talker"));
            Assert.Contains("429", refused.Message, StringComparison.Ordinal);
            await first.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        }
        // The place is free when the server has seen the end, which is a moment after the client has.
        Assert.True(SpinWait.SpinUntil(() => server.Host.House.Sessions.Count == 0, LiveServer.Patience));
        using EventClient second = await server.OpenAsync("model=talker");
        Assert.NotNull(await second.ReadAsync());
    }

    [Fact]
    public async Task A_server_that_stops_closes_its_sessions_with_1001_and_takes_no_new_ones()
    {
        using EventClient client = await _server.OpenAsync("model=talker");
        Assert.NotNull(await client.ReadAsync());
        Task stopping = _server.Host.House.DrainAsync();
        Assert.Equal((1001, "The server is shutting down"), await client.ClosedAsync());
        await stopping;
        Assert.Equal(0, _server.Host.House.Sessions.Count);
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => _server.OpenAsync("model=talker"));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_counted_by_their_ends()
    {
        using (EventClient client = await _server.OpenAsync("model=talker"))
        {
            Assert.NotNull(await client.ReadAsync());
            Assert.Contains("switchhook_sessions_active 1\n", (await _server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
            await client.Socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
            await client.ClosedAsync();
        }
        await _server.Host.House.DrainAsync();
        string metrics = (await _server.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("switchhook_sessions_active 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("switchhook_sessions_started_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("switchhook_sessions_total{ended_because=\"refused\"} 1\n", metrics, StringComparison.Ordinal);
    }
}
