using System.CommandLine;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Storage;
using Switchhook.Storage.Sqlite;

namespace Switchhook.Server.Cli;

/// <summary><c>switchhook explain</c>: one call in words, from a running server, or from the database when there is none.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        ServerOption server = new();
        Argument<string> id = new("call_id") { Description = "The call, rtc_…." };
        Option<string?> storage = new("--storage") { Description = "Read the database itself, such as sqlite:data/switchhook.db; no server and no key are needed.", HelpName = "STORE" };
        Command command = new("explain", "Tell one call: who did what, when, on which plane, and why it ended.") { id, storage };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => parsed.GetValue(storage) is { } setting
            ? FromStoreAsync(setting, parsed.GetValue(id)!, parsed.InvocationConfiguration, cancellation)
            : server.RunAsync(parsed, async client =>
            {
                string path = $"/v1/realtime/calls/{Uri.EscapeDataString(parsed.GetValue(id)!)}/explanation";
                parsed.InvocationConfiguration.Output.Write((await client.GetAsync(path, cancellation)).GetProperty("text"u8).GetString());
            }));
        return command;
    }

    private static async Task<int> FromStoreAsync(string setting, string id, InvocationConfiguration console, CancellationToken cancellation)
    {
        try
        {
            await using SqliteStore store = SqliteStore.OpenToRead(StoreSetting.Path(setting));
            if (!CallId.TryParse(id, out CallId callId) || await store.FindAsync(callId, cancellation) is not { } call)
            {
                await console.Error.WriteLineAsync($"There is no call '{id}' in {store.Path}.");
                return ExitCode.Failed;
            }
            console.Output.Write(Explanation.Of(call, await store.TimelineAsync(callId, 0, Limits.ExplainedEntries + 1, cancellation)));
            return ExitCode.Done;
        }
        catch (StoreException error)
        {
            await console.Error.WriteLineAsync(error.Message);
            return ExitCode.Failed;
        }
    }
}
