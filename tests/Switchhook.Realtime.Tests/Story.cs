using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
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
///   > started 1  > stopped 1  > cut 1 350       the playout
///   > wait 300   > digit 5   > prompt   > gone   > words item1 text   > nowords item1
/// </code>
/// </summary>
internal sealed partial class Story
{
    private const int SampleRate = 8000;

    private readonly RealtimeSession _session;
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string> _ids = [];
    private readonly StringBuilder _told = new();
    private Instant _now = new(TimeSpan.TicksPerDay);
    private string _response = "";

    private Story(SessionSurface surface)
    {
        Assert.True(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","model":"m"}"""), default, out SessionConfig? made, out RealtimeError? error), error?.Message);
        _session = new RealtimeSession(_now, new WallClock(_now, DateTimeOffset.FromUnixTimeSeconds(1_000_000)), surface, made, SampleRate, new Random(1));
    }

    /// <summary>A told story is retold word for word.</summary>
    public static void Holds(string story, SessionSurface surface = SessionSurface.Call) => Assert.Equal(story, Tell(story, surface));

    public static string Tell(string script, SessionSurface surface = SessionSurface.Call)
    {
        var story = new Story(surface);
        story.Drain();
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
        switch (words[0])
        {
            case "client": Client(rest); break;
            case "hear": Hear(rest.Split(' ')); break;
            case "text": Produce(new ModelOutput.Text(rest)); break;
            case "speech":
                string[] speech = rest.Split(' ', 2);
                Produce(new ModelOutput.Speech(speech.Length > 1 ? speech[1].Replace('_', ' ') : "", new short[Number(speech[0]) * SampleRate / 1000]));
                break;
            case "call":
                string[] call = rest.Split(' ', 2);
                Produce(new ModelOutput.ToolCall(call[0], call[1]));
                break;
            case "message": Produce(new ModelOutput.EndOfMessage()); break;
            case "completed": Produce(new ModelOutput.Completed()); break;
            case "incomplete": Produce(new ModelOutput.Incomplete(rest)); break;
            case "failed": Produce(new ModelOutput.Failed(RealtimeError.Server(rest, "It broke."))); break;
            case "started": Report(PlayoutReportKind.Started, rest); break;
            case "stopped": Report(PlayoutReportKind.Stopped, rest); break;
            case "cut": Report(PlayoutReportKind.Cut, rest); break;
            case "wait": Wait(TimeSpan.FromMilliseconds(Number(rest))); break;
            case "digit": _session.Digit(_now, rest[0]); break;
            case "prompt": _session.Prompt(_now); break;
            case "gone": _session.CallerGone(_now); break;
            case "words":
                string[] said = rest.Split(' ', 2);
                _session.Transcribed(_now, _ids[said[0]], said[1]);
                break;
            case "nowords": _session.TranscriptionFailed(_now, _ids[rest], RealtimeError.Server("no_ears", "It broke.")); break;
            case "quiet": _told.Append(_session.IsQuiet ? "yes\n" : "no\n"); break;
            default: throw new InvalidOperationException(input);
        }
        Drain();
    }

    private void Client(string json)
    {
        foreach ((string name, string id) in _ids) { json = json.Replace($"\"{name}\"", $"\"{id}\"", StringComparison.Ordinal); }
        if (EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(json), out ClientEvent? clientEvent, out RealtimeError? error, out _)) { _session.Receive(_now, clientEvent); }
        else { Assert.Fail(error.Message); }
    }

    private void Hear(string[] words)
    {
        for (int ms = Number(words[0]); ms > 0; ms -= 20)
        {
            Wait(TimeSpan.FromMilliseconds(20));
            _session.Hear(_now, TimeSpan.FromMilliseconds(20), float.Parse(words[1], CultureInfo.InvariantCulture));
            Drain();
        }
    }

    private void Produce(ModelOutput output) => _session.Produce(_now, _response, output);

    private void Report(PlayoutReportKind kind, string rest)
    {
        string[] words = rest.Split(' ');
        _session.Report(_now, new PlayoutReport(kind, Number(words[0]), words.Length > 1 ? Number(words[1]) : 0));
    }

    private void Wait(TimeSpan span)
    {
        Instant until = _now + span;
        while (_session.NextTimeout <= until)
        {
            _now = _session.NextTimeout;
            _session.Timeout(_now);
            Drain();
        }
        _now = until;
    }

    private void Drain()
    {
        while (_session.TryTake(out SessionOutput? output))
        {
            if (output is SessionOutput.Generate { Request: var request }) { _response = request.ResponseId; }
            _told.Append(Line(output)).Append('\n');
        }
    }

    private string Line(SessionOutput output) => Named(output switch
    {
        SessionOutput.Send send => Line(JsonElement.Parse(RealtimeJson.Write(send.Event))),
        SessionOutput.Generate g => $"[generate {g.Request.ResponseId} {g.Request.Trigger} input={g.Request.Input.Count}]",
        SessionOutput.StopGenerating s => $"[stop {s.ResponseId}]",
        SessionOutput.Say s => $"[say {s.Utterance} {s.Samples.Length * 1000 / SampleRate}ms{(s.IsLast ? " last" : "")}]",
        SessionOutput.AudioDelta a => $"[audio {a.ResponseId} {a.ItemId} {a.OutputIndex} {a.ContentIndex} {a.Samples.Length * 1000 / SampleRate}ms]",
        SessionOutput.Cut c => $"[cut {c.ThroughUtterance}]",
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
                "type" or "event_id" or "rate_limits" => "",
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
