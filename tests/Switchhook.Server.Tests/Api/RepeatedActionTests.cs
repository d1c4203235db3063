using Switchhook.Calls;
using Switchhook.Server.Cli;

namespace Switchhook.Server.Tests.Api;

/// <summary>
/// realtime-api §1.9: SDKs repeat what they have no answer to. An action repeated after the call's end is answered as it was the
/// first time if it is what ended the call, and otherwise told how the call ended (S2). The calls are not in memory any more.
/// </summary>
[Collection("Alone")]
public sealed class RepeatedActionTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_action_repeated_after_the_end_has_the_effect_of_one()
    {
        Dictionary<string, Call> ended = new()
        {
            ["refused by reject 486"] = await EndAsync(call => DoAsync(call, "reject 486")),
            ["refused by reject"] = await EndAsync(call => DoAsync(call, "reject")),
            ["ended by hangup"] = await EndAsync(call => DoAsync(call, "accept", "hangup")),
            ["given up by its caller"] = await EndAsync(call => Task.CompletedTask, phone => phone.HangUpAsync()),
            ["left by its caller"] = await EndAsync(call => DoAsync(call, "accept"), phone => phone.HangUpAsync()),
        };
        string table = """
            a call                 | asked again | answer
            refused by reject 486  | reject 486 | 200
            refused by reject 486  | reject 603 | 404 The application rejected it with 486
            refused by reject 486  | reject     | 404 The application rejected it with 486
            refused by reject 486  | reject 200 | 400 status_code
            refused by reject 486  | hangup     | 404 The application rejected it with 486
            refused by reject 486  | accept     | 404 The application rejected it with 486
            refused by reject      | reject     | 200
            refused by reject      | reject 603 | 200
            ended by hangup        | hangup     | 200
            ended by hangup        | reject     | 404 The application hung up
            ended by hangup        | accept     | 404 The application hung up
            ended by hangup        | refer      | 404 The application hung up
            given up by its caller | hangup     | 404 The caller hung up while the phone was still ringing
            given up by its caller | reject     | 404 The caller hung up while the phone was still ringing
            given up by its caller | accept     | 404 The caller hung up while the phone was still ringing
            left by its caller     | hangup     | 404 The caller hung up
            left by its caller     | accept     | 404 The caller hung up
            left by its caller     | refer      | 404 The caller hung up
            """;
        foreach (string line in table.Split('\n').Skip(1))
        {
            string[] cell = line.Split('|', StringSplitOptions.TrimEntries);
            Answer answer = await AskAsync(ended[cell[0]], cell[1]);
            string told = $"{answer.Status} {answer.Message}{answer.Param}".TrimEnd();
            Assert.True(answer.Status == 200 ? told == cell[2] && answer.Body.Length == 0 : told.StartsWith(cell[2][..3], StringComparison.Ordinal) && told.Contains(cell[2][4..], StringComparison.Ordinal), $"{line}: {told}");
            Assert.False(answer.Headers.Contains("x-should-retry"));
        }
        Answer stranger = await _server.SendAsync("POST", $"/v1/realtime/calls/{ended["ended by hangup"].Id}/hangup", key: "sk-b-key");
        Assert.Equal((404, "call_id_not_found"), (stranger.Status, stranger.Code));
        Assert.StartsWith("There is no call", stranger.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accept_repeated_while_the_first_is_held_is_answered_with_it()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync(call, "accept")));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.NotNull(await phone.Answered);
        Assert.Single(call.Timeline.Read(0), entry => entry.Kind == "engine.opening");
        answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync(call, "hangup")));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
    }

    private async Task<Call> EndAsync(Func<Call, Task> application, Func<PhoneCall, Task>? caller = null)
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        await application(call);
        if (caller is not null) { await caller(phone); }
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, _server.Host.House.Calls.Count);
        return call;
    }

    private async Task DoAsync(Call call, params string[] actions)
    {
        foreach (string action in actions) { Assert.Equal(200, (await AskAsync(call, action)).Status); }
    }

    private Task<Answer> AskAsync(Call call, string action)
    {
        string[] words = [.. action.Split(' '), ""];
        string? body = words[0] switch
        {
            "accept" => """{"type":"realtime","model":"greeter"}""",
            "reject" when words[1].Length > 0 => $$"""{"status_code":{{words[1]}}}""",
            "refer" => """{"target_uri":"tel:+14155550123"}""",
            _ => null,
        };
        return _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/{words[0]}", body);
    }
}
