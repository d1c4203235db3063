using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Switchhook.Server.Cli;

/// <summary><c>switchhook calls</c>: the newest calls of a project, one a line.</summary>
internal static class CallsCommand
{
    public static Command Create()
    {
        ServerOption server = new();
        Option<int> limit = new("--limit") { Description = "How many, 1 to 100.", DefaultValueFactory = _ => 20, HelpName = "N" };
        Option<bool> json = new("--json") { Description = "Print what the server answers, as it is." };
        Command command = new("calls", "List the calls of a running server.") { limit, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async client =>
        {
            JsonElement list = await client.GetAsync($"/v1/realtime/calls?limit={parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)}", cancellation);
            if (parsed.GetValue(json)) { Console.Out.WriteLine(list.GetRawText()); }
            else { Print(list.GetProperty("data"u8)); }
        }));
        return command;
    }

    private static void Print(JsonElement calls)
    {
        if (calls.GetArrayLength() == 0) { Console.Out.WriteLine("no calls yet"); }
        foreach (JsonElement call in calls.EnumerateArray())
        {
            string at = DateTimeOffset.FromUnixTimeSeconds(call.GetProperty("created_at"u8).GetInt64()).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            string how = call.GetProperty("ended"u8) is { ValueKind: JsonValueKind.Object } ended
                ? ended.GetProperty("text"u8).GetString()!
                : call.GetProperty("state"u8).GetString()!;
            Console.Out.WriteLine($"{call.GetProperty("id"u8).GetString()}  {at}  {Quoted.OneLine(call.GetProperty("from"u8).GetString()!)}  {how}");
        }
    }
}
