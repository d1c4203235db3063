using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>
/// A session driven by a script. A line that begins with <c>&gt;</c> is an input; what the session then asks for follows, one line each,
/// so a told story is a script with its answers in place. In speech an underscore is a space. Identifiers are told as resp1, item2, … in the order of their appearance.
/// <code>
///   > client {json}          > hear 500 0.9     ms of audio with so much voice, in frames of 20 ms
///   > text Hello             > speech 400 Hello there_    > call name {arguments}
///   > message  > completed  > incomplete reason  > failed code     the model, for the newest response
///   > mcp server tool {arguments}               the model calls a tool of an MCP server
///   > listed item1 a ?b      > unlisted item1 reason      the tools of an MCP server; ? reads only
///   > result item1 output    > broke item1 message        what a call of one came to
///   > leave                  the driver leaves before MCP servers have answered
///   > started 1  > stopped 1  > cut 1 350       the playout
///   > audio on   > audio off                  somebody wants the audio in the events of a call
///   > wait 300   > digit 5   > prompt   > gone   > words item1 text   > nowords item1   > sofar 1 text
/// </code>
/// </summary>
internal sealed partial class Story
{
    private readonly Rehearsal _rehearsal;
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string> _ids = [];
    private readonly StringBuilder _told = new();

    private Story(SessionSurface surface) => _rehearsal = new Rehearsal(surface, output => _told.Append(Line(output)).Append('\n'));

    /// <summary>A told story is retold word for word.</summary>
    public static void Holds(string story, SessionSurface surface = SessionSurface.Call) => Assert.Equal(story, Tell(story, surface));

    public static string Tell(string script, SessionSurface surface = SessionSurface.Call)
    {
        var story = new Story(surface);
        foreach (string line in script.Split('\n'))
        {
            if (!line.StartsWith("> ", StringComparison.Ordinal)) { continue; }
            story._told.Append(line).Append('\n');
            story.Do(line[2..]);
        }
        return story._told.ToString().TrimEnd();
    }

    private void Do(string input)
    {
        string[] words = input.Split(' ', 2);
        string rest = words.Length > 1 ? words[1] : "";
        string[] two = [.. rest.Split(' ', 2), ""];
        switch (words[0])
        {
            case "client": _rehearsal.Client(Meant(rest)); break;
            case "hear": _rehearsal.Hear(Number(two[0]), float.Parse(two[1], CultureInfo.InvariantCulture)); break;
            case "text": _rehearsal.Produce(new ModelOutput.Text(rest)); break;
            case "speech": _rehearsal.Produce(Rehearsal.Speech(Number(two[0]), two[1].Replace('_', ' '))); break;
            case "call": _rehearsal.Produce(new ModelOutput.ToolCall(two[0], two[1])); break;
            case "mcp":
                string[] three = rest.Split(' ', 3);
                _rehearsal.Produce(new ModelOutput.McpCall(three[0], three[1], three[2]));
                break;
            case "listed": _rehearsal.ToolsListed(_ids[two[0]], two[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)); break;
            case "unlisted": _rehearsal.ToolsNotListed(_ids[two[0]], two[1]); break;
            case "result": _rehearsal.McpCallCompleted(_ids[two[0]], two[1]); break;
            case "broke": _rehearsal.McpCallFailed(_ids[two[0]], McpError.Http(503, two[1])); break;
            case "leave": _rehearsal.LeaveMcp(); break;
            case "message": _rehearsal.Produce(new ModelOutput.EndOfMessage()); break;
            case "completed": _rehearsal.Produce(new ModelOutput.Completed()); break;
            case "incomplete": _rehearsal.Produce(new ModelOutput.Incomplete(rest)); break;
            case "failed": _rehearsal.Produce(new ModelOutput.Failed(RealtimeError.Server(rest, "It broke."))); break;
            case "started": _rehearsal.Report(PlayoutReportKind.Started, Number(two[0]), 0); break;
            case "stopped": _rehearsal.Report(PlayoutReportKind.Stopped, Number(two[0]), 0); break;
            case "cut": _rehearsal.Report(PlayoutReportKind.Cut, Number(two[0]), Number(two[1])); break;
            case "audio": _rehearsal.TellAudio(rest == "on"); break;
            case "wait": _rehearsal.Wait(Number(rest)); break;
            case "digit": _rehearsal.Digit(rest[0]); break;
            case "prompt": _rehearsal.Prompt(); break;
            case "gone": _rehearsal.CallerGone(); break;
            case "words": _rehearsal.Transcribed(_ids[two[0]], two[1]); break;
            case "sofar": _rehearsal.SaidSoFar(Number(two[0]), two[1]); break;
            case "nowords": _rehearsal.TranscriptionFailed(_ids[rest]); break;
            case "quiet": _told.Append(_rehearsal.IsQuiet ? "yes\n" : "no\n"); break;
            default: throw new InvalidOperationException(input);
        }
    }

    private string Meant(string json)
    {
        foreach ((string name, string id) in _ids) { json = json.Replace($"\"{name}\"", $"\"{id}\"", StringComparison.Ordinal); }
        return json;
    }

    private string Line(SessionOutput output) => Named(output switch
    {
        SessionOutput.Send send => Line(JsonElement.Parse(RealtimeJson.Write(send.Event))),
        SessionOutput.Generate g => $"[generate {g.Request.ResponseId} {g.Request.Trigger} input={g.Request.Input.Count}]",
        SessionOutput.StopGenerating s => $"[stop {s.ResponseId}{(s.IsCallUnmade ? ", no call" : "")}]",
        SessionOutput.Say s => $"[say {s.Utterance} {s.Samples.Length * 1000 / Rehearsal.SampleRate}ms{(s.IsLast ? " last" : "")}]",
        SessionOutput.AudioDelta a => $"[audio {a.ResponseId} {a.ItemId} {a.OutputIndex} {a.ContentIndex} {a.Samples.Length * 1000 / Rehearsal.SampleRate}ms]",
        SessionOutput.Cut c => $"[cut {c.ThroughUtterance}]",
        SessionOutput.ListTools l => $"[list {l.ItemId} {l.Server.ServerLabel} {l.Server.ServerUrl}{(l.Server.Authorization is { } token ? $" as {token}" : "")}{(l.Server.Headers is { } headers ? $" with {headers}" : "")}]",
        SessionOutput.CallMcpTool c => $"[call {c.ItemId} {c.Server.ServerLabel} {c.Name}({c.Arguments})]",
        SessionOutput.ForgetServer f => $"[forget {f.ServerLabel}]",
        SessionOutput.SoFar s => $"[so far {s.ItemId} {s.Pause}]",
        SessionOutput.Keep k => $"[keep {k.ItemId} {k.Length.TotalMilliseconds}ms]",
        SessionOutput.Transcribe t => $"[transcribe {t.ItemId} {t.Speech.TotalMilliseconds}ms]",
        _ => "[over]",
    });

    private static string Line(JsonElement told)
    {
        var line = new StringBuilder(told.GetProperty("type").GetString());
        foreach (JsonProperty member in told.EnumerateObject())
        {
            line.Append(member.Name switch
            {
                "type" or "event_id" or "rate_limits" or "obfuscation" => "",
                "session" => " …",
                "response" => $" {Response(member.Value)}",
                "item" => $" {Item(member.Value)}",
                "error" when told.GetProperty("type").GetString() == "error" =>
                    $" {member.Value.GetProperty("code")} param={member.Value.GetProperty("param")} event={member.Value.GetProperty("event_id")}",
                _ => $" {member.Name}={member.Value.GetRawText()}",
            });
        }
        return line.ToString();
    }

    private static string Response(JsonElement response) =>
        $"{response.GetProperty("id")} {response.GetProperty("status")}"
        + (response.GetProperty("status_details") is { ValueKind: JsonValueKind.Object } details
            ? $"/{(details.TryGetProperty("reason", out JsonElement reason) ? reason : details.GetProperty("error").GetProperty("code"))}" : "")
        + (response.GetProperty("conversation_id").ValueKind == JsonValueKind.Null ? " apart" : "")
        + (response.GetProperty("output").GetArrayLength() is > 0 and var items ? $" items={items}" : "")
        + (response.GetProperty("usage") is { ValueKind: JsonValueKind.Object } usage ? $" tokens={usage.GetProperty("output_tokens")}" : "");

    private static string Item(JsonElement item)
    {
        string text = $"{item.GetProperty("id")} {item.GetProperty("status")} {item.GetProperty("type")}";
        if (item.TryGetProperty("role", out JsonElement role)) { text += $"/{role} {item.GetProperty("content").GetRawText()}"; }
        if (item.TryGetProperty("name", out JsonElement name)) { text += $" {name}({item.GetProperty("arguments")})"; }
        if (item.TryGetProperty("output", out JsonElement output)) { text += $" {output}"; }
        if (item.TryGetProperty("tools", out JsonElement tools)) { text += $" [{string.Join(' ', tools.EnumerateArray().Select(tool => tool.GetProperty("name")))}]"; }
        if (item.TryGetProperty("approval_request_id", out JsonElement request) && request.GetString() is { } asked) { text += $" by {asked}"; }
        if (item.TryGetProperty("approve", out JsonElement approve)) { text += approve.GetBoolean() ? " approved" : " refused"; }
        if (item.TryGetProperty("error", out JsonElement error) && error.ValueKind != JsonValueKind.Null) { text += $" error={error.GetRawText()}"; }
        return text;
    }

    private string Named(string line) => Identifiers().Replace(line, match =>
    {
        if (!_names.TryGetValue(match.Value, out string? name))
        {
            string kind = match.Value[..match.Value.IndexOf('_', StringComparison.Ordinal)];
            name = kind + (_names.Values.Count(n => n.StartsWith(kind, StringComparison.Ordinal)) + 1).ToString(CultureInfo.InvariantCulture);
            _names[match.Value] = name;
            _ids[name] = match.Value;
        }
        return name;
    });

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("(resp|item|call|conv|sess)_[0-9a-f]{32}")]
    private static partial Regex Identifiers();
}
