using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Api;
using Switchhook.Server.Options;
using Switchhook.Server.Tests.Options;
using Switchhook.Simulation;

namespace Switchhook.Server.Tests.Api;

/// <summary><c>POST /v1/realtime/client_secrets</c> (realtime-api §1.7) against a whole server, and what becomes of the keys it mints.</summary>
[Collection("Alone")]
public sealed class ClientSecretTests : IAsyncLifetime
{
    private const string Path = "/v1/realtime/client_secrets";

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Members and order of the recorded answer; what is new every time is named in capitals.</summary>
    [Theory]
    [InlineData(
        """{"expires_after":{"anchor":"created_at","seconds":600},"session":{"type":"realtime","model":"greeter","instructions":"Be kind."}}""",
        """{"value":"KEY","expires_at":WHEN,"session":{"type":"realtime","object":"realtime.session","id":"SESSION","model":"greeter","output_modalities":["audio"],"instructions":"Be kind.","tools":[],"tool_choice":"auto","max_output_tokens":"inf","tracing":null,"truncation":"auto","prompt":null,"expires_at":0,"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":null,"noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":200,"idle_timeout_ms":null,"create_response":true,"interrupt_response":true}},"output":{"format":{"type":"audio/pcm","rate":24000},"voice":"alloy","speed":1}},"include":null}}""")]
    [InlineData(
        """{"session":{"type":"transcription","audio":{"input":{"transcription":{"model":"whisper-1"}}}}}""",
        """{"value":"KEY","expires_at":WHEN,"session":{"type":"transcription","object":"realtime.transcription_session","id":"SESSION","expires_at":0,"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":{"model":"whisper-1"},"noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":200}}},"include":null}}""")]
    public async Task A_secret_is_told_as_recorded(string body, string told)
    {
        Answer answer = await _server.SendAsync("POST", Path, body);
        Assert.Equal(200, answer.Status);
        string key = answer.Json.GetProperty("value").GetString()!;
        Assert.Matches("^ek_[0-9a-f]{32}$", key);
        string session = answer.Json.GetProperty("session").GetProperty("id").GetString()!;
        Assert.Matches("^sess_[0-9a-f]{32}$", session);
        Assert.InRange(answer.Json.GetProperty("expires_at").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 590, 600);
        Assert.Equal(told, answer.Body.Replace(key, "KEY", StringComparison.Ordinal).Replace(session, "SESSION", StringComparison.Ordinal)
            .Replace(answer.Json.GetProperty("expires_at").GetRawText(), "WHEN", StringComparison.Ordinal));
    }

    /// <summary>Every member may be left out; then it is a session with the first model of the configuration, for ten minutes.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"session":null,"expires_after":null}""")]
    [InlineData("""{"session":{"type":"realtime"},"expires_after":{}}""")]
    public async Task Everything_has_a_default(string? body)
    {
        Answer answer = await _server.SendAsync("POST", Path, body);
        Assert.Equal((200, "greeter"), (answer.Status, answer.Json.GetProperty("session").GetProperty("model").GetString()));
        Assert.InRange(answer.Json.GetProperty("expires_at").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 590, 600);
    }

    [Fact]
    public async Task What_is_wrong_is_named_by_its_whole_path()
    {
        string table = """
            body                                                                                              | status | code                       | param
            {"expires_after":7}                                                                               | 400    | invalid_type               | expires_after
            {"expires_after":{"seconds":9}}                                                                   | 400    | invalid_value              | expires_after.seconds
            {"expires_after":{"seconds":7201}}                                                                | 400    | invalid_value              | expires_after.seconds
            {"expires_after":{"seconds":"600"}}                                                               | 400    | invalid_value              | expires_after.seconds
            {"expires_after":{"seconds":60.5}}                                                                | 400    | invalid_value              | expires_after.seconds
            {"expires_after":{"anchor":"now"}}                                                                | 400    | invalid_value              | expires_after.anchor
            {"expires_after":{"minutes":1}}                                                                   | 400    | unknown_parameter          | expires_after.minutes
            {"expires_in":600}                                                                                | 400    | unknown_parameter          | expires_in
            {"session":[]}                                                                                    | 400    | invalid_type               | session
            {"session":{}}                                                                                    | 400    | missing_required_parameter | session.type
            {"session":{"type":"realtime","model":"oracle"}}                                                  | 400    | invalid_value              | session.model
            {"session":{"type":"realtime","audio":{"output":{"speed":9}}}}                                    | 400    | invalid_value              | session.audio.output.speed
            {"session":{"type":"transcription","instructions":"x"}}                                           | 400    | unknown_parameter          | session.instructions
            {"session":{"type":"realtime","prompt":{"id":"pmpt_b"}}}                                          | 400    | invalid_value              | session.prompt.id
            {"session":{"type":"realtime","prompt":{"id":"pmpt_greet","variables":{"name":"a","age":"9"}}}}   | 400    | unknown_parameter          | session.prompt.variables.age
            {"session":{"type":"translation"}}                                                                | 400    | invalid_value              | session.type
            {"session":{"type":"realtime"}                                                                    | 400    | invalid_json               | -
            """;
        foreach (string line in table.Split('\n').Skip(1))
        {
            string?[] cell = [.. line.Split('|', StringSplitOptions.TrimEntries).Select(text => text == "-" ? null : text)];
            Answer answer = await _server.SendAsync("POST", Path, cell[0]);
            Assert.True((cell[1], cell[2], cell[3]) == (answer.Status.ToString(CultureInfo.InvariantCulture), answer.Code, answer.Param), $"{line}: {answer}");
        }
    }

    [Fact]
    public async Task The_routes_of_the_beta_name_their_successor()
    {
        foreach (string path in (string[])["/v1/realtime/sessions", "/v1/realtime/transcription_sessions", "/openai/v1/realtime/sessions"])
        {
            Answer answer = await _server.SendAsync("POST", path, """{"model":"greeter"}""");
            Assert.Equal((410, "endpoint_retired"), (answer.Status, answer.Code));
            Assert.Contains("POST /v1/realtime/client_secrets", answer.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A browser's key may not command calls, read them, attach to them or mint other keys.</summary>
    [Fact]
    public async Task A_secret_is_no_api_key()
    {
        string key = (await _server.SendAsync("POST", Path)).Json.GetProperty("value").GetString()!;
        foreach ((string method, string path) in ((string, string)[])
            [("GET", "/v1/realtime/calls"), ("POST", "/v1/realtime/calls/rtc_x/accept"), ("POST", Path), ("GET", "/v1/realtime/calls/rtc_x/timeline"), ("GET", "/v1/realtime?call_id=rtc_x")])
        {
            Answer answer = await _server.SendAsync(method, path, key: key);
            Assert.Equal((401, "invalid_api_key"), (answer.Status, answer.Code));
            Assert.Contains("client secret", answer.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(key, answer.Body, StringComparison.Ordinal);
        }
    }

    /// <summary>As many as are asked for, each its own session that begins as it was minted; the key comes as header or as subprotocol.</summary>
    [Fact]
    public async Task A_secret_opens_sessions_that_begin_as_it_was_minted()
    {
        string key = await MintAsync("""{"session":{"type":"realtime","model":"talker","output_modalities":["text"],"prompt":{"id":"pmpt_greet","variables":{"name":"Ada"}}}}""");
        HashSet<string> ids = [];
        foreach ((string query, string[] subprotocols) in ((string, string[])[])[("", []), ("model=talker", ["realtime", $"openai-insecure-api-key.{key}"])])
        {
            using EventClient client = await OpenAsync(key, query, subprotocols);
            Assert.Equal(subprotocols.FirstOrDefault(), client.Socket.SubProtocol);
            JsonElement session = (await client.ReadAsync())!.Value.GetProperty("session");
            Assert.Equal(("talker", "Greet Ada.", "[\"text\"]"), (session.GetProperty("model").GetString(), session.GetProperty("instructions").GetString(), session.GetProperty("output_modalities").GetRawText()));
            Assert.InRange(session.GetProperty("expires_at").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 3_500, 3_600);
            ids.Add(session.GetProperty("id").GetString()!);
            // The prompts of its project are there to choose from.
            await client.SayAsync("""{"type":"session.update","session":{"type":"realtime","prompt":{"id":"pmpt_greet","variables":{"name":"Bo"}}}}""");
            Assert.Equal("Greet Bo.", (await client.UntilAsync("session.updated"))!.Value.GetProperty("session").GetProperty("instructions").GetString());
            await client.SayAsync("""{"type":"response.create"}""");
            Assert.Equal("Hello.", (await client.UntilAsync("response.output_text.done"))!.Value.GetProperty("text").GetString());
        }
        Assert.Equal(2, ids.Count);
    }

    /// <summary>Before the upgrade, as HTTP.</summary>
    [Fact]
    public async Task A_query_may_not_contradict_the_secret()
    {
        string realtime = await MintAsync("""{"session":{"type":"realtime","model":"talker"}}"""), transcription = await MintAsync("""{"session":{"type":"transcription"}}""");
        string table = """
            key           | query                     | status | code               | param
            realtime      | model=greeter             | 400    | invalid_value      | model
            realtime      | intent=transcription      | 400    | invalid_value      | intent
            realtime      | intent=translation        | 400    | invalid_value      | intent
            transcription | model=talker              | 400    | invalid_value      | model
            realtime      | model=talker              | 400    | websocket_required | -
            transcription | intent=transcription      | 400    | websocket_required | -
            realtime      | call_id=rtc_nope          | 401    | invalid_api_key    | -
            unknown       | model=talker              | 401    | invalid_api_key    | -
            """;
        foreach (string line in table.Split('\n').Skip(1))
        {
            string?[] cell = [.. line.Split('|', StringSplitOptions.TrimEntries).Select(text => text == "-" ? null : text)];
            string key = cell[0] switch { "realtime" => realtime, "transcription" => transcription, _ => "ek_00000000000000000000000000000000" };
            Answer answer = await _server.SendAsync("GET", $"/v1/realtime?{cell[1]}", key: key);
            Assert.True((cell[2], cell[3], cell[4]) == (answer.Status.ToString(CultureInfo.InvariantCulture), answer.Code, answer.Param), $"{line}: {answer}");
        }
    }

    [Fact]
    public void A_secret_that_expired_is_told_so_at_the_door()
    {
        ManualClock clock = new();
        (ClientSecrets secrets, ProjectOptions project) = Kept(clock);
        (string key, _) = secrets.Mint(project, Session, TimeSpan.FromSeconds(10), 0)!.Value;
        DefaultHttpContext http = new();
        http.Request.Headers.Authorization = $"Bearer {key}";
        Assert.Equal("proj_a", SocketCaller.Of(http, new ApiKeys([project]), secrets).Caller!.Project.Id);
        clock.Advance(TimeSpan.FromSeconds(10));
        ApiAnswer refusal = SocketCaller.Of(http, new ApiKeys([project]), secrets).Refusal!;
        Assert.Equal((401, "client_secret_expired"), (refusal.Status, refusal.Error!.Code));
        Assert.StartsWith("The client secret expired at 00:00:10 UTC.", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_opens_its_session_until_it_expires_and_is_remembered_after()
    {
        ManualClock clock = new();
        (ClientSecrets secrets, ProjectOptions project) = Kept(clock);
        (string key, ClientSecret minted) = secrets.Mint(project, Session, TimeSpan.FromSeconds(10), 0)!.Value;
        Assert.Same(minted, secrets.Find(key));
        Assert.Null(secrets.Find(key + "0"));
        clock.AdvanceTo(new Instant(clock.GetTimestamp() + (minted.ExpiresAt - clock.GetUtcNow()).Ticks - 1));
        Assert.False(secrets.HasExpired(minted));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(secrets.HasExpired(secrets.Find(key)!));
    }

    [Fact]
    public void Secrets_that_expired_make_room_and_nothing_else_does()
    {
        ManualClock clock = new();
        (ClientSecrets secrets, ProjectOptions project) = Kept(clock);
        const int Third = (int)(Limits.ClientSecretBytes / 3);
        (string first, _) = secrets.Mint(project, Session, TimeSpan.FromSeconds(10), Third)!.Value;
        (string second, _) = secrets.Mint(project, Session, TimeSpan.FromSeconds(60), Third)!.Value;
        Assert.Null(secrets.Mint(project, Session, TimeSpan.FromSeconds(60), Third));
        Assert.InRange(secrets.NextRoom.TotalSeconds, 9, 10);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(secrets.Mint(project, Session, TimeSpan.FromSeconds(60), Third));
        Assert.Null(secrets.Find(first));
        Assert.NotNull(secrets.Find(second));
        Assert.Null(secrets.Mint(project, Session, TimeSpan.FromSeconds(60), Third));
    }

    /// <summary>A short body may name a long prompt.</summary>
    [Fact]
    public async Task A_secret_weighs_what_its_prompt_says_too()
    {
        string name = new('a', 1_000);
        string key = await MintAsync($$"""{"session":{"type":"realtime","prompt":{"id":"pmpt_greet","variables":{"name":"{{name}}"} } } }""");
        ClientSecret minted = _server.Host.House.Api.Secrets.Find(key)!;
        Assert.Equal($"Greet {name}.", minted.Session.Instructions);
        Assert.InRange(minted.Bytes, 1_024 + (2 * name.Length), 1_024 + (2 * name.Length) + 200);
    }

    /// <summary>What was between the members is kept with them.</summary>
    [Fact]
    public async Task A_secret_weighs_as_much_as_its_body()
    {
        string key = await MintAsync($$"""{"session":{"type":"realtime"},{{new string(' ', 10_000)}}"expires_after":null}""");
        Assert.InRange(_server.Host.House.Api.Secrets.Find(key)!.Bytes, 11_024, 11_200);
    }

    private async Task<string> MintAsync(string body) => (await _server.SendAsync("POST", Path, body)).Json.GetProperty("value").GetString()!;

    private Task<EventClient> OpenAsync(string key, string query, params string[] subprotocols) => _server.OpenAsync(query, configure: options =>
    {
        if (subprotocols.Length == 0) { options.SetRequestHeader("Authorization", $"Bearer {key}"); }
        foreach (string subprotocol in subprotocols) { options.AddSubProtocol(subprotocol); }
    });

    private static SessionConfig Session
    {
        get
        {
            Assert.True(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","model":"m"}"""), default, out SessionConfig? config, out RealtimeError? error), error?.Message);
            return config;
        }
    }

    private static (ClientSecrets Secrets, ProjectOptions Project) Kept(ManualClock clock)
    {
        using OptionsFolder folder = new();
        ServerOptions options = folder.Read("""
            { "projects": [ { "id": "proj_a", "api_keys": ["sk-a-key"] } ], "models": { "greeter": { "engine": "scripted", "script": "flow.yaml" } } }
            """);
        return (new ClientSecrets(clock, new Random(1)), options.Projects[0]);
    }
}
