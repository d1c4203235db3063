using System.CommandLine;
using Switchhook.Calls.Ports;
using Switchhook.Server.Cli;
using Switchhook.Storage.Sqlite;

namespace Switchhook.Server.Tests.Cli;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switchhook-explain-").FullName;

    private string Setting => $"sqlite:{_folder}/switchhook.db";

    [Fact]
    public async Task A_call_is_told_from_the_database_without_a_server()
    {
        await using (SqliteStore store = SqliteStore.Open(Path.Combine(_folder, "switchhook.db"), _ => { }))
        {
            CallRecord call = new()
            {
                Id = CallId.TryParse("rtc_5e9d", out CallId id) ? id : default,
                Project = "proj_demo",
                State = CallState.Ended,
                SipCallId = "a84b4c76@pc33",
                From = "<sip:ada@example.com>",
                To = "<sip:proj_demo@example.net>",
                Peer = "udp 203.0.113.5:5060",
                CreatedAt = DateTimeOffset.UnixEpoch,
                EndedAt = DateTimeOffset.UnixEpoch.AddSeconds(20),
                Ended = new EndReason(EndedBy.Switchhook, EndedBecause.NoDecision, 503),
            };
            store.Append(call.Id, new TimelineEntry(1, DateTimeOffset.UnixEpoch.AddMilliseconds(3), Plane.Webhook, "webhook.none", "nobody is told", default));
            await store.EndedAsync(call, null, TestContext.Current.CancellationToken);
        }

        (int exit, string output, string error) = await RunAsync("rtc_5e9d", "--storage", Setting);

        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.StartsWith("Call rtc_5e9d of proj_demo\n", output, StringComparison.Ordinal);
        Assert.Contains("! Nobody was told of the call", output, StringComparison.Ordinal);
        Assert.Contains("+3 ms  webhook  webhook.none: nobody is told", output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Failed, "", $"There is no call 'rtc_other' in {_folder}/switchhook.db.\n"), await RunAsync("rtc_other", "--storage", Setting));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named() =>
        Assert.Equal((ExitCode.Failed, "", $"There is no database {_folder}/switchhook.db.\n"), await RunAsync("rtc_5e9d", "--storage", Setting));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int exit = await ExplainCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }
}
