using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>
/// The lifecycles of realtime-api §6.4, byte for byte: <c>Golden/NAME.in.jsonl</c> is what happens to a session, a line each,
/// <c>NAME.out.jsonl</c> is every event that it then sends. Identifiers are counted in the order of their appearance.
/// <code>
///   {"surface":"socket","session":{…}}         first line; without it the session is a call's, and a plain one
///   {"client":{event}}                         {"hear":500,"voice":0.9}          ms of the caller's audio
///   {"say":"Hello ","ms":400}                  {"write":"Hello"}                 the model, for the newest response
///   {"call":"name","arguments":"{}"}           {"end":"message|completed"}
///   {"mcp":"server","tool":"name","arguments":"{}"}                          the model calls a tool of an MCP server
///   {"listed":"item_1","tools":["a","?b"]}       {"unlisted":"item_1","reason":"…"}    ? only reads
///   {"result":"item_2","output":"…"}             {"broke":"item_2","status":503,"reason":"…"}
///   {"incomplete":"reason"}                    {"failed":"code"}
///   {"started":1}  {"stopped":1}               {"cut":1,"heard_ms":350}          the playout
///   {"wait":300}   {"digit":"5"}               {"words":"Hi.","item":"item_1"}   {"gone":true}
///                                              {"word":"Hi","item":"item_1"}    before all of them
/// </code>
/// After a change that is meant: <c>GOLDEN=write</c> in the environment writes the answers anew; read the difference before it is committed.
/// </summary>
public sealed partial class GoldenTests
{
    internal static string Root { get; } = FindRoot();

    private static readonly string Folder = Path.Combine(Root, "tests", "Switchhook.Realtime.Tests", "Golden");

    public static TheoryData<string> Stories =>
        [.. Directory.EnumerateFiles(Folder, "*.in.jsonl").Select(path => Path.GetFileName(path)[..^".in.jsonl".Length]).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_lifecycle_is_told_byte_for_byte(string name)
    {
        string answers = Path.Combine(Folder, name + ".out.jsonl");
        string told = Tell(File.ReadAllLines(Path.Combine(Folder, name + ".in.jsonl")));
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write") { File.WriteAllText(answers, told); }
        Assert.Equal(File.ReadAllText(answers), told);
    }

    [Fact]
    public void No_answers_are_left_behind() =>
        Assert.All(Directory.EnumerateFiles(Folder, "*.out.jsonl"), path => Assert.True(File.Exists(path.Replace(".out.", ".in.", StringComparison.Ordinal)), path));

    private static string Tell(string[] lines)
    {
        var names = new Dictionary<string, string>();
        var told = new StringBuilder();
        bool isSocket = lines[0].Contains("\"surface\":\"socket\"", StringComparison.Ordinal);
        string session = JsonElement.Parse(lines[0]).TryGetProperty("session", out JsonElement given) ? given.GetRawText() : """{"type":"realtime","model":"m"}""";
        var rehearsal = new Rehearsal(isSocket ? SessionSurface.Socket : SessionSurface.Call, output =>
        {
            if (Sent(output) is { } json) { told.Append(Identifiers().Replace(json, id => Name(names, id.Value))).Append('\n'); }
        }, session);
        foreach (string line in lines)
        {
            string meant = names.Aggregate(line, (text, name) => text.Replace($"\"{name.Value}\"", $"\"{name.Key}\"", StringComparison.Ordinal));
            Happen(rehearsal, JsonElement.Parse(meant));
        }
        return told.ToString();
    }

    private static void Happen(Rehearsal rehearsal, JsonElement line)
    {
        JsonProperty what = line.EnumerateObject().First();
        JsonElement value = what.Value;
        int Number(string member) => line.GetProperty(member).GetInt32();
        switch (what.Name)
        {
            case "surface": break;
            case "client": rehearsal.Client(value.GetRawText()); break;
            case "hear": rehearsal.Hear(value.GetInt32(), line.GetProperty("voice").GetSingle()); break;
            case "say": rehearsal.Produce(Rehearsal.Speech(Number("ms"), value.GetString()!)); break;
            case "write": rehearsal.Produce(new ModelOutput.Text(value.GetString()!)); break;
            case "call": rehearsal.Produce(new ModelOutput.ToolCall(value.GetString()!, line.GetProperty("arguments").GetString()!)); break;
            case "mcp": rehearsal.Produce(new ModelOutput.McpCall(value.GetString()!, line.GetProperty("tool").GetString()!, line.GetProperty("arguments").GetString()!)); break;
            case "listed": rehearsal.ToolsListed(value.GetString()!, line.GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()!)); break;
            case "unlisted": rehearsal.ToolsNotListed(value.GetString()!, line.GetProperty("reason").GetString()!); break;
            case "result": rehearsal.McpCallCompleted(value.GetString()!, line.GetProperty("output").GetString()!); break;
            case "broke": rehearsal.McpCallFailed(value.GetString()!, McpError.Http(Number("status"), line.GetProperty("reason").GetString()!)); break;
            case "end": rehearsal.Produce(value.GetString() == "message" ? new ModelOutput.EndOfMessage() : new ModelOutput.Completed()); break;
            case "incomplete": rehearsal.Produce(new ModelOutput.Incomplete(value.GetString()!)); break;
            case "failed": rehearsal.Produce(new ModelOutput.Failed(RealtimeError.Server(value.GetString()!, "The model broke."))); break;
            case "started": rehearsal.Report(PlayoutReportKind.Started, value.GetInt32(), 0); break;
            case "stopped": rehearsal.Report(PlayoutReportKind.Stopped, value.GetInt32(), 0); break;
            case "cut": rehearsal.Report(PlayoutReportKind.Cut, value.GetInt32(), Number("heard_ms")); break;
            case "wait": rehearsal.Wait(value.GetInt32()); break;
            case "digit": rehearsal.Digit(value.GetString()![0]); break;
            case "word": rehearsal.Transcribing(line.GetProperty("item").GetString()!, value.GetString()!); break;
            case "words": rehearsal.Transcribed(line.GetProperty("item").GetString()!, value.GetString()!); break;
            case "gone": rehearsal.CallerGone(); break;
            default: throw new InvalidDataException(line.GetRawText());
        }
    }

    private static string? Sent(SessionOutput output)
    {
        switch (output)
        {
            case SessionOutput.Send send: return Encoding.UTF8.GetString(RealtimeJson.Write(send.Event));
            case SessionOutput.AudioDelta delta:
                var json = new ArrayBufferWriter<byte>();
                AudioFrames.WriteDelta(
                    json, delta.EventId, delta.ResponseId, delta.ItemId, delta.OutputIndex, delta.ContentIndex, MemoryMarshal.AsBytes(delta.Samples.Span));
                return Encoding.UTF8.GetString(json.WrittenSpan);
            default: return null;
        }
    }

    private static string Name(Dictionary<string, string> names, string id)
    {
        if (names.TryGetValue(id, out string? name)) { return name; }
        string kind = id[..(id.IndexOf('_', StringComparison.Ordinal) + 1)];
        int count = names.Values.Count(known => known.StartsWith(kind, StringComparison.Ordinal)) + 1;
        return names[id] = kind + count.ToString(CultureInfo.InvariantCulture);
    }

    private static string FindRoot()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Switchhook.slnx"))) { root = Path.GetDirectoryName(root); }
        return root!;
    }

    [GeneratedRegex("(event|resp|item|call|conv|sess)_[0-9a-f]{32}")]
    private static partial Regex Identifiers();
}
