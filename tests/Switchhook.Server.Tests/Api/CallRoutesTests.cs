using System.Net.Http.Headers;
using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Server.Api;
using Switchhook.Server.Cli;

namespace Switchhook.Server.Tests.Api;

/// <summary>The REST routes of realtime-api §1 against a whole server, with a phone that really rings.</summary>
[Collection("Alone")]
public sealed class CallRoutesTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Without a call: who is asking comes first, then what is asked, then of which call.</summary>
    [Fact]
    public async Task Every_error_has_the_envelope_and_a_request_id()
    {
        string table = """
            method | path                                          | key      | body                   | status | code                       | param
            GET    | /v1/realtime/calls                            | -        | -                      | 401    | invalid_api_key            | -
            GET    | /v1/realtime/calls                            | sk-wrong | -                      | 401    | invalid_api_key            | -
            GET    | /v1/realtime/calls?limit=0                    | sk-a-key | -                      | 400    | invalid_value              | limit
            GET    | /v1/realtime/calls?limit=101                  | sk-a-key | -                      | 400    | invalid_value              | limit
            GET    | /v1/realtime/calls?before=x                   | sk-a-key | -                      | 400    | invalid_value              | before
            GET    | /v1/realtime/calls/rtc_nope                   | sk-a-key | -                      | 404    | call_id_not_found          | -
            GET    | /v1/realtime/calls/rtc_nope/timeline          | sk-a-key | -                      | 404    | call_id_not_found          | -
            GET    | /v1/realtime/calls/rtc_nope/recording         | sk-a-key | -                      | 404    | call_id_not_found          | -
            GET    | /v1/realtime/calls/rtc_nope/recording         | -        | -                      | 401    | invalid_api_key            | -
            POST   | /v1/realtime/calls/rtc_nope/accept            | -        | {}                     | 401    | invalid_api_key            | -
            POST   | /v1/realtime/calls/rtc_nope/accept            | sk-a-key | {}                     | 404    | call_id_not_found          | -
            POST   | /v1/realtime/calls/rtc_nope/reject            | sk-a-key | -                      | 404    | call_id_not_found          | -
            POST   | /v1/realtime/calls/rtc_nope/hangup            | sk-a-key | -                      | 404    | call_id_not_found          | -
            POST   | /openai/v1/realtime/calls/rtc_nope/hangup     | sk-a-key | -                      | 404    | call_id_not_found          | -
            POST   | /v1/realtime/calls/live_nope/hangup           | sk-a-key | -                      | 404    | call_id_not_found          | -
            POST   | /v1/realtime/calls/rtc_nope/refer             | sk-a-key | {}                     | 400    | missing_required_parameter | target_uri
            POST   | /v1/realtime/calls/rtc_nope/refer             | sk-a-key | {"target_uri":7}       | 400    | invalid_type               | target_uri
            POST   | /v1/realtime/calls/rtc_nope/refer             | sk-a-key | {"to":"tel:+1"}        | 400    | unknown_parameter          | to
            POST   | /v1/realtime/calls/rtc_nope/refer             | sk-a-key | {"target_uri":"ftp:1"} | 400    | invalid_value              | target_uri
            POST   | /v1/realtime/calls/rtc_nope/refer             | -        | {}                     | 401    | invalid_api_key            | -
            POST   | /v1/realtime/calls/rtc_nope/refer             | sk-a-key | {"target_uri":"tel:1"} | 404    | call_id_not_found          | -
            DELETE | /v1/realtime/calls/rtc_nope                   | sk-a-key | -                      | 405    | method_not_supported       | -
            POST   | /v1/realtime/calls/rtc_nope/mute              | sk-a-key | -                      | 404    | unknown_url                | -
            GET    | /                                             | -        | -                      | 404    | unknown_url                | -
            GET    | /v1/realtime                                  | -        | -                      | 401    | invalid_api_key            | -
            GET    | /v1/realtime                                  | sk-a-key | -                      | 400    | missing_required_parameter | model
            GET    | /v1/realtime?model=greeter&model=talker       | sk-a-key | -                      | 400    | invalid_value              | model
            GET    | /v1/realtime?model=greeter&model=greeter      | sk-a-key | -                      | 400    | invalid_value              | model
            GET    | /v1/realtime?intent=transcription&intent=x    | sk-a-key | -                      | 400    | invalid_value              | intent
            POST   | /v1/realtime                                  | sk-a-key | -                      | 405    | method_not_supported       | -
            GET    | /v1/realtime?model=greeter                    | sk-a-key | -                      | 400    | websocket_required         | -
            GET    | /v1/realtime?call_id=rtc_nope&model=greeter   | sk-a-key | -                      | 404    | call_id_not_found          | -
            """;
        foreach (string line in table.Split('\n').Skip(1))
        {
            string?[] cell = [.. line.Split('|', StringSplitOptions.TrimEntries).Select(text => text == "-" ? null : text)];
            Answer answer = await _server.SendAsync(cell[0]!, cell[1]!, cell[3], cell[2]);
            Assert.True((cell[4], cell[5], cell[6]) == (answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Code, answer.Param), $"{line}: {answer}");
        }
    }

    [Theory]
    [InlineData("POST", "/v1/realtime", "/v1/realtime does not take POST; allowed: GET.")]
    [InlineData("GET", "/v1/realtime?model=greeter&model=talker", "The query has 'model' more than once: name one model.")]
    public async Task What_may_be_asked_instead_is_said(string method, string path, string message) =>
        Assert.Equal(message, (await _server.SendAsync(method, path)).Message);

    /// <summary>§9.33, §9.38: an id of another kind or of another place is told from one that is none.</summary>
    [Theory]
    [InlineData("live_685c059ae39c", "'live_685c059ae39c' is the id of a Live session; calls here have ids that begin with rtc_.")]
    [InlineData("rtc_685c059ae39c", "There is no call 'rtc_685c059ae39c' in this project. It may belong to another project or to another server.")]
    [InlineData("call_685c059ae39c", "'call_685c059ae39c' is not the id of a call; calls have ids that begin with rtc_.")]
    public async Task An_id_that_names_no_call_is_answered_with_the_likely_reason(string id, string reason)
    {
        Answer answer = await _server.SendAsync("POST", $"/v1/realtime/calls/{id}/accept", """{"type":"realtime","model":"greeter"}""");
        Assert.Equal((404, "call_id_not_found", reason), (answer.Status, answer.Code, answer.Message));
    }

    /// <summary>O3, S7: whatever is wrong with an accept is told at once, and the phone goes on ringing.</summary>
    [Fact]
    public async Task An_invalid_accept_names_what_is_wrong_and_leaves_the_phone_ringing()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        string table = """
            body                                                              | code                       | param
            {"model":"greeter"}                                               | missing_required_parameter | session.type
            {"type":"realtime"}                                               | missing_required_parameter | model
            {"type":"realtime","model":"oracle"}                              | invalid_value              | model
            {"type":"realtime","model":"greeter","tools":[{"type":"magic"}]}  | invalid_value              | session.tools[0].type
            {"type":"realtime","model":"greeter","surprise":1}                | unknown_parameter          | session.surprise
            {"type":"realtime","model":"greeter","prompt":{"id":"pmpt_b"}}    | invalid_value              | session.prompt.id
            {"type":"realtime","model":"greeter","prompt":{"id":"pmpt_greet","version":"2"}} | invalid_value | session.prompt.version
            {"type":"realtime","model":"greeter","prompt":{"id":"pmpt_greet"}} | missing_required_parameter | session.prompt.variables.name
            {"type":"realtime","model":"greeter"                              | invalid_json               | -
            [1]                                                               | invalid_type               | -
            """;
        foreach (string line in table.Split('\n').Skip(1))
        {
            string?[] cell = [.. line.Split('|', StringSplitOptions.TrimEntries).Select(text => text == "-" ? null : text)];
            Answer answer = await _server.AcceptAsync(call, cell[0]!);
            Assert.True((400, cell[1], cell[2]) == (answer.Status, answer.Code, answer.Param), $"{line}: {answer}");
        }
        Answer unknown = await _server.AcceptAsync(call, """{"type":"realtime","model":"oracle"}""");
        Assert.Contains("greeter", unknown.Message, StringComparison.Ordinal);

        Answer failed = await _server.AcceptAsync(call, """{"type":"realtime","model":"broken"}""");
        Assert.Equal((502, "model_overloaded"), (failed.Status, failed.Code));
        Assert.Equal("false", Assert.Single(failed.Headers.GetValues("x-should-retry")));
        Assert.Equal(CallState.Ringing, call.Record.State);
        Assert.False(phone.Over.IsCompleted);

        Answer hangup = await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/hangup");
        Assert.Equal((400, "call_not_accepted"), (hangup.Status, hangup.Code));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
    }

    [Fact]
    public async Task An_accept_is_answered_when_the_phone_is_and_may_be_repeated()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        Answer accept = await _server.AcceptAsync(call);
        Assert.Equal((200, "", 0L), (accept.Status, accept.Body, accept.ContentLength));
        Assert.NotNull(await phone.Answered.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken));

        Assert.Equal(200, (await _server.AcceptAsync(call, """{"model":"greeter","type":"realtime"}""")).Status);
        Answer other = await _server.AcceptAsync(call, """{"type":"realtime","model":"greeter","instructions":"Be brief."}""");
        Assert.Equal((400, "call_already_accepted"), (other.Status, other.Code));
        Answer reject = await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/reject");
        Assert.Equal((400, "call_already_accepted"), (reject.Status, reject.Code));

        Answer hangup = await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/hangup");
        Assert.Equal((200, "", 0L), (hangup.Status, hangup.Body, hangup.ContentLength));
        Assert.Equal(PhoneEndedBy.Peer, (await phone.Over.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken)).By);
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Answer late = await _server.AcceptAsync(call);
        Assert.Equal((404, "call_id_not_found"), (late.Status, late.Code));
        Assert.Contains("The application hung up", late.Message, StringComparison.Ordinal);
    }

    /// <summary>realtime-api §1.4 and §9.23: no body, an empty object and no Content-Type are all the default; the caller hears the exact code.</summary>
    [Theory]
    [InlineData(null, 603)]
    [InlineData("", 603)]
    [InlineData("{}", 603)]
    [InlineData("""{"status_code":486}""", 486)]
    public async Task A_reject_is_the_status_that_the_caller_is_answered(string? body, int status)
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        Answer answer = await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/reject", body);
        Assert.Equal((200, "", 0L), (answer.Status, answer.Body, answer.ContentLength));
        Assert.Equal(status, (await phone.Over.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken)).Status);
    }

    /// <summary>S2, O6, §9.10.</summary>
    [Fact]
    public async Task A_call_whose_caller_hung_up_while_it_rang_cannot_be_accepted_and_says_why()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        await phone.HangUpAsync();
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Answer accept = await _server.AcceptAsync(call);
        Assert.Equal((404, "call_id_not_found"), (accept.Status, accept.Code));
        Assert.Contains("The caller hung up while the phone was still ringing", accept.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_nobody_decided_says_so()
    {
        PhoneCall phone = await _server.PlaceAsync("proj_b");
        Assert.Equal(480, (await phone.Over.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken)).Status);
        Assert.True(SpinWait.SpinUntil(() => _server.Host.House.Calls.Count == 0, LiveServer.Patience));
        string? id = (await _server.SendAsync("GET", "/v1/realtime/calls", key: "sk-b-key")).Json.GetProperty("data")[0].GetProperty("id").GetString();
        Answer accept = await _server.SendAsync("POST", $"/v1/realtime/calls/{id}/accept", "{}", "sk-b-key");
        Assert.Contains("neither accepted nor rejected", accept.Message, StringComparison.Ordinal);
        // Another project's key does not even learn that the call exists.
        Answer foreign = await _server.SendAsync("POST", $"/v1/realtime/calls/{id}/accept", "{}");
        Assert.Equal((404, "call_id_not_found"), (foreign.Status, foreign.Code));
        Assert.Contains("There is no call", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_can_be_read_back_listed_explained_and_heard()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        string path = $"/v1/realtime/calls/{call.Id}";
        Assert.Equal("ringing", (await _server.SendAsync("GET", path)).Json.GetProperty("state").GetString());
        Assert.Equal("recording_not_found", (await _server.SendAsync("GET", path + "/recording")).Code);
        await _server.AcceptAsync(call);
        await phone.Answered.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        await phone.HangUpAsync();
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);

        JsonElement record = (await _server.SendAsync("GET", path)).Json;
        Assert.Equal(("ended", "caller", "hung_up"),
            (record.GetProperty("state").GetString(), record.GetProperty("ended").GetProperty("by").GetString(), record.GetProperty("ended").GetProperty("because").GetString()));
        JsonElement list = (await _server.SendAsync("GET", "/v1/realtime/calls?limit=1")).Json;
        Assert.Equal((call.Id.Value, false), (list.GetProperty("data")[0].GetProperty("id").GetString(), list.GetProperty("has_more").GetBoolean()));
        Assert.Equal(0, (await _server.SendAsync("GET", $"/v1/realtime/calls?before={call.Id}")).Json.GetProperty("data").GetArrayLength());

        long[] sequences = [.. (await _server.SendAsync("GET", path + "/timeline")).Json.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("sequence").GetInt64())];
        Assert.Equal(Enumerable.Range(1, sequences.Length).Select(number => (long)number), sequences);
        JsonElement page = (await _server.SendAsync("GET", path + "/timeline?after=2&limit=3")).Json;
        Assert.Equal((3, 3L, true), (page.GetProperty("data").GetArrayLength(), page.GetProperty("data")[0].GetProperty("sequence").GetInt64(), page.GetProperty("has_more").GetBoolean()));
        Assert.Contains("\"kind\":\"api.request\"", (await _server.SendAsync("GET", path + "/timeline")).Body, StringComparison.Ordinal);

        string stream = (await _server.SendAsync("GET", path + "/timeline?after=1", accept: "text/event-stream")).Body;
        Assert.StartsWith("id: 2\nevent: ", stream, StringComparison.Ordinal);
        Assert.Equal(sequences.Length - 1, stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (long after in (long[])[sequences.Length, long.MaxValue])
        {
            Assert.Equal(204, (await _server.SendAsync("GET", $"{path}/timeline?after={after}", accept: "text/event-stream")).Status);
            Assert.Equal(0, (await _server.SendAsync("GET", $"{path}/timeline?after={after}")).Json.GetProperty("data").GetArrayLength());
        }
        Assert.Contains("The caller hung up.", (await _server.SendAsync("GET", path + "/explanation")).Json.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    // L33.
    [Fact]
    public async Task A_timeline_is_followed_live_to_the_end_of_the_call_and_may_be_left_before()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        using (HttpResponseMessage left = await FollowAsync(call, null)) { Assert.Equal(200, (int)left.StatusCode); }

        using HttpResponseMessage followed = await FollowAsync(call, "1");
        using StreamReader lines = new(await followed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("id: 2", await lines.ReadLineAsync(TestContext.Current.CancellationToken));
        await _server.AcceptAsync(call);
        await phone.Answered.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        await phone.HangUpAsync();
        string rest = await lines.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Contains("event: session.created\n", rest, StringComparison.Ordinal);
        Assert.Contains("event: call.ended\n", rest, StringComparison.Ordinal);
    }

    /// <summary>A call remembers so many entries; what a slow reader was late for is in the store.</summary>
    [Fact]
    public async Task Who_follows_a_call_slowly_misses_nothing()
    {
        (Call call, _) = await _server.RingAsync();
        TimelineReading reading = new(_server.Host.House.Api, call.Id, call);
        await using IAsyncEnumerator<TimelineEntry> followed = reading.AllAsync(0, follow: true, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await followed.MoveNextAsync());
        for (int line = 0; line < Limits.TimelineEntries + 1_000; line++)
        {
            await call.AskAsync(new CallMessage.Note(Plane.Api, "test.line", "", default), TestContext.Current.CancellationToken);
            if (line % 1_000 == 999) { Assert.True(SpinWait.SpinUntil(() => _server.Host.House.Store.RowsWaiting == 0, LiveServer.Patience)); }
        }
        for (long sequence = 1; sequence < Limits.TimelineEntries + 1_000; sequence++)
        {
            Assert.Equal(sequence, followed.Current.Sequence);
            Assert.True(await followed.MoveNextAsync());
        }
    }

    /// <summary>What it asked for may have been done all the same.</summary>
    [Fact]
    public async Task An_action_whose_client_did_not_wait_is_in_the_history()
    {
        (Call call, _) = await _server.RingAsync();
        using CancellationTokenSource left = new();
        using HttpRequestMessage request = new(HttpMethod.Post, $"/v1/realtime/calls/{call.Id}/accept");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-a-key");
        request.Content = new StringContent("""{"type":"realtime","model":"slow"}""");
        Task<HttpResponseMessage> accept = _server.Client.SendAsync(request, left.Token);
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "engine.opening");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "api.request" && entry.Text.StartsWith("accept → 499", StringComparison.Ordinal));
    }

    // §9.30.
    [Fact]
    public async Task A_recording_is_a_wav_file_in_any_range()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        await _server.AcceptAsync(call);
        await phone.FirstAudio.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("recording_not_ready", (await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/recording")).Code);
        await phone.HangUpAsync();
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);

        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/realtime/calls/{call.Id}/recording");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-a-key");
        request.Headers.Range = new RangeHeaderValue(0, 11);
        using HttpResponseMessage response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        byte[] head = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal((206, "audio/wav"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("RIFF"u8.ToArray(), head[..4]);
        Assert.Equal("WAVE"u8.ToArray(), head[8..]);
    }

    [Fact]
    public async Task A_recording_that_failed_is_told_in_the_history_and_the_call_goes_on()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_server.CaPath)!, "recordings", $"{call.Id}.wav"));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        await phone.FirstAudio.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        await phone.HangUpAsync();
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);

        Assert.Equal("hung_up", (await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}")).Json.GetProperty("ended").GetProperty("because").GetString());
        Assert.Contains("The call was not recorded", (await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/explanation")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_not_repeated()
    {
        (Call call, _) = await _server.RingAsync();
        Answer answer = await _server.AcceptAsync(call, new string(' ', Limits.ApiBodyBytes + 1));
        Assert.Equal((413, "request_too_large"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Health_readiness_and_metrics_are_told()
    {
        await _server.RingAsync();
        Assert.Equal((200, "ok\n"), ((await _server.SendAsync("GET", "/healthz", key: null)).Status, (await _server.SendAsync("GET", "/healthz", key: null)).Body));
        Assert.True((await _server.SendAsync("GET", "/readyz", key: null)).Json.GetProperty("ready").GetBoolean());
        string metrics = (await _server.SendAsync("GET", "/metrics", key: null)).Body;
        Assert.Contains("\nswitchhook_calls_active 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nswitchhook_media_tick_lateness_seconds_bucket{le=\"0.02\"} ", metrics, StringComparison.Ordinal);
        Assert.Contains("\nswitchhook_sip_messages_total{direction=\"in\"} ", metrics, StringComparison.Ordinal);

        await _server.Host.House.DrainAsync();
        Answer draining = await _server.SendAsync("GET", "/readyz", key: null);
        Assert.Equal((503, "the server is stopping"), (draining.Status, draining.Json.GetProperty("server").GetString()));
    }

    private async Task<HttpResponseMessage> FollowAsync(Call call, string? lastEventId)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/realtime/calls/{call.Id}/timeline");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-a-key");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null) { request.Headers.Add("Last-Event-ID", lastEventId); }
        return await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
