using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;

namespace Switchhook.Engines.Scripted;

/// <summary>
/// Reads a script file. Everything that is wrong with it is told at once, each with its line, column and field; a
/// key nobody knows is an error, because a script that silently does less than it says is worse than none.
/// The format is described in docs/scripts.md; its words are in <see cref="ScriptKeys"/>.
/// </summary>
public sealed class ScriptReader
{
    private const int ErrorsMax = 20;

    private readonly string _file;
    private readonly List<ScriptError> _errors = [];
    private readonly List<(ScriptNode Node, string Field)> _jumps = [];
    private int _steps;

    private ScriptReader(string file) => _file = file;

    /// <summary>The script, or null and the reasons why not. <paramref name="file"/> is only named in errors.</summary>
    public static (Script? Script, IReadOnlyList<ScriptError> Errors) Read(string file, string yaml)
    {
        var reader = new ScriptReader(file);
        Script? script = reader.Read(yaml);
        return (reader._errors.Count == 0 ? script : null, reader._errors);
    }

    private Script? Read(string yaml)
    {
        if (yaml.Length > Limits.ScriptChars) { Error(new ScriptPlace(1, 1), "", $"longer than {Limits.ScriptChars:N0} characters"); return null; }
        if (ScriptNode.Read(yaml, (place, message) => Error(place, "", message)) is not { } root) { return null; }
        if (!IsMap(root, "", ScriptKeys.Script)) { return null; }
        if (root.Find("flow") is null) { Error(root.Place, "flow", "missing; a script is a list of steps"); }
        var flows = ImmutableDictionary.CreateBuilder<string, ImmutableArray<ScriptStep>>();
        if (root.Find("flows") is { } named && IsMap(named, "flows"))
        {
            foreach ((ScriptNode key, ScriptNode value) in named.Members) { flows[key.Text] = Steps(value, $"flows.{key.Text}"); }
        }
        ImmutableArray<ScriptStep> flow = root.Find("flow") is { } steps ? Steps(steps, "flow") : [];
        foreach ((ScriptNode node, string field) in _jumps)
        {
            if (!flows.ContainsKey(node.Text)) { Error(node.Place, field, $"there is no flow \"{node.Text}\"{Suggestion(node.Text, flows.Keys)}"); }
        }
        var plain = new Script();
        return plain with
        {
            Voice = root.Find("voice") is { } voice && Text(voice, "voice", 64) is var name && name != "default" ? name : null,
            Language = root.Find("language") is { } language ? Language(language) : plain.Language,
            Greets = root.Find("greet") is { } greet && Truth(greet, "greet"),
            Thinks = root.Find("think_ms") is { } thinks ? Milliseconds(thinks, "think_ms") : TimeSpan.Zero,
            Opening = root.Find("open") is { } open ? Opening(open) : plain.Opening,
            Flow = flow,
            Flows = flows.ToImmutable(),
            Otherwise = root.Find("otherwise") is { } otherwise ? Text(otherwise, "otherwise") : null,
            OutOfBand = root.Find("out_of_band") is { } outOfBand ? Text(outOfBand, "out_of_band") : plain.OutOfBand,
            Caller = root.Find("caller") is { } caller && IsMap(caller, "caller", ScriptKeys.Caller) ? Caller(caller) : null,
        };
    }

    private ScriptOpening Opening(ScriptNode node)
    {
        if (!IsMap(node, "open", ScriptKeys.Open)) { return new ScriptOpening(TimeSpan.Zero, null); }
        return new ScriptOpening(
            node.Find("delay_ms") is { } delay ? Milliseconds(delay, "open.delay_ms") : TimeSpan.Zero,
            node.Find("fail") is { } fail ? Fault(fail, fail, "open.fail", "engine_failed") : null);
    }

    private ScriptCaller Caller(ScriptNode node)
    {
        var silent = new ScriptCaller();
        return new ScriptCaller
        {
            Play = node.Find("play") is { } play ? Text(play, "caller.play") : null,
            PlayAfter = node.Find("play_after_ms") is { } playAfter ? Milliseconds(playAfter, "caller.play_after_ms") : silent.PlayAfter,
            Keys = node.Find("keys") is { } keys ? PhoneKeys(keys, "caller.keys", Limits.DigitsToSend) : silent.Keys,
            KeysAfter = node.Find("keys_after_ms") is { } keysAfter ? Milliseconds(keysAfter, "caller.keys_after_ms") : silent.KeysAfter,
            HangUpAfter = node.Find("hang_up_after_ms") is { } hangUpAfter ? Milliseconds(hangUpAfter, "caller.hang_up_after_ms") : null,
        };
    }

    private ImmutableArray<ScriptStep> Steps(ScriptNode node, string field)
    {
        if (node.Kind != ScriptNodeKind.List) { Error(node.Place, field, $"expected a list of steps, found {node.Found}"); return []; }
        var steps = ImmutableArray.CreateBuilder<ScriptStep>(node.Items.Count);
        for (int i = 0; i < node.Items.Count; i++)
        {
            if (++_steps > Limits.ScriptSteps) { Error(node.Items[i].Place, field, $"more than {Limits.ScriptSteps} steps in one script"); break; }
            if (Step(node.Items[i], $"{field}[{i}]") is { } step) { steps.Add(step); }
        }
        return steps.ToImmutable();
    }

    /// <summary>A step is a mapping with one verb; some are a word alone.</summary>
    private ScriptStep? Step(ScriptNode node, string field)
    {
        if (node is { Kind: ScriptNodeKind.Text, Text: "listen" }) { return new ScriptStep.Listen(null); }
        if (node is { Kind: ScriptNodeKind.Text, Text: "next_message" }) { return new ScriptStep.NextMessage(); }
        if (node.Kind != ScriptNodeKind.Map || node.Members.Count == 0)
        {
            Error(node.Place, field, $"expected a step such as \"say: …\", found {node.Found}{(node.Kind == ScriptNodeKind.Text ? Nearest(node.Text, ScriptKeys.Words) : "")}");
            return null;
        }
        (ScriptNode verb, ScriptNode value) = node.Members.Find(member => ScriptKeys.Verbs.Contains(member.Key.Text));
        if (verb is null)
        {
            ScriptNode key = node.Members[0].Key;
            Error(key.Place, field, $"unknown step \"{key.Text}\"{Suggestion(key.Text, ScriptKeys.Verbs)}");
            return null;
        }
        IsMap(node, field, verb.Text == "call_tool" ? [verb.Text, .. ScriptKeys.BesideCallTool] : [verb.Text]);
        string at = $"{field}.{verb.Text}";
        return verb.Text switch
        {
            "say" => new ScriptStep.Say(Text(value, at)),
            "listen" => Listen(value, at),
            "call_tool" => CallTool(node, value, field),
            "dtmf" => Keys(value, at),
            "wait_ms" => new ScriptStep.Wait(Milliseconds(value, at)),
            "repeat" => Repeat(value, at),
            "goto" => GoTo(value, at),
            "expect" => Expect(verb, value, at),
            "send" => Send(value, at),
            "fail" => Fail(value, at),
            _ => throw new UnreachableException(),
        };
    }

    private ScriptStep.Listen Listen(ScriptNode node, string field)
    {
        if (node.Found == "nothing") { return new ScriptStep.Listen(null); }
        if (node.Kind == ScriptNodeKind.Text) { return new ScriptStep.Listen(Text(node, field)); }
        if (!IsMap(node, field, ScriptKeys.Listen)) { return new ScriptStep.Listen(null); }
        return new ScriptStep.Listen(node.Find("transcript") is { } transcript ? Text(transcript, $"{field}.transcript") : null)
        {
            SoFar = node.Find("so_far") is { } soFar ? Texts(soFar, $"{field}.so_far") : null,
        };
    }

    private ScriptStep.CallTool CallTool(ScriptNode step, ScriptNode value, string field)
    {
        string name = Text(value, $"{field}.call_tool", 64);
        string? server = step.Find("server") is { } label ? Text(label, $"{field}.server", 64) : null;
        string arguments = "{}";
        if (step.Find("arguments") is { } given && IsMap(given, $"{field}.arguments")) { arguments = ScriptJson.Write(given); }
        string meanwhile = step.Find("meanwhile") is { } line ? Text(line, $"{field}.meanwhile") : "One moment, please.";
        return new ScriptStep.CallTool(server, name, arguments, step.Find("on_result") is { } cases ? Cases(cases, $"{field}.on_result") : [], meanwhile);
    }

    private ImmutableArray<ToolBranch> Cases(ScriptNode node, string field)
    {
        if (node.Kind != ScriptNodeKind.List) { Error(node.Place, field, $"expected a list of cases, found {node.Found}"); return []; }
        var branches = ImmutableArray.CreateBuilder<ToolBranch>(node.Items.Count);
        for (int i = 0; i < node.Items.Count; i++)
        {
            ScriptNode item = node.Items[i];
            string at = $"{field}[{i}]";
            if (!IsMap(item, at, ScriptKeys.Case)) { continue; }
            if (item.Find("otherwise") is { } otherwise && item.Members.Count == 1) { branches.Add(new ToolBranch(null, Steps(otherwise, $"{at}.otherwise"))); continue; }
            (ScriptNode? equals, ScriptNode? contains, ScriptNode? then) = (item.Find("equals"), item.Find("contains"), item.Find("then"));
            if ((equals is null) == (contains is null) || then is null || item.Members.Count != 2)
            {
                Error(item.Place, at, "a case is \"equals\" or \"contains\" with \"then\", or \"otherwise\" alone");
                continue;
            }
            branches.Add(new ToolBranch(Match(equals, contains!, at), Steps(then, $"{at}.then")));
        }
        return branches.ToImmutable();
    }

    private ScriptMatch Match(ScriptNode? equals, ScriptNode contains, string field)
    {
        if (equals is not null) { return new ScriptMatch.EqualTo(ScriptJson.Parse(equals)); }
        // Nothing is held by everything: such a match would find what is not there.
        bool isSomething = contains.Kind switch
        {
            ScriptNodeKind.Text => contains.Found != "nothing" && !string.IsNullOrWhiteSpace(contains.Text),
            ScriptNodeKind.Map => contains.Members.Count > 0,
            _ => false,
        };
        if (!isSomething) { Error(contains.Place, $"{field}.contains", $"expected a text, or a mapping of members; found {contains.Found}{(contains.Kind == ScriptNodeKind.Map ? " of none" : "")}"); }
        return new ScriptMatch.Containing(ScriptJson.Parse(contains));
    }

    private ScriptStep.Expect? Expect(ScriptNode verb, ScriptNode node, string field)
    {
        if (!IsMap(node, field, ScriptKeys.Expect)) { return null; }
        if (node.Members.Count == 0) { Error(node.Place, field, $"expects nothing; known are {string.Join(", ", ScriptKeys.Expect)}"); }
        return new ScriptStep.Expect(new ScriptExpectation(field, verb.Place.Line)
        {
            Keys = node.Find("keys") is { } keys ? PhoneKeys(keys, $"{field}.keys", Limits.ScriptKeysHeard) : null,
            SpeechMs = node.Find("speech_ms") is { } speech ? Range(speech, $"{field}.speech_ms") : null,
            ToolResult = node.Find("tool_result") is { } result ? Match(result, $"{field}.tool_result") : null,
            Text = node.Find("text") is { } text ? Match(text, $"{field}.text") : null,
        });
    }

    private ScriptMatch? Match(ScriptNode node, string field)
    {
        if (!IsMap(node, field, ScriptKeys.Match)) { return null; }
        if (node.Members.Count == 1) { return Match(node.Find("equals"), node.Members[0].Value, field); }
        Error(node.Place, field, "expected \"equals\" or \"contains\"");
        return null;
    }

    private (int AtLeast, int AtMost) Range(ScriptNode node, string field)
    {
        int most = (int)Limits.ScriptWait.TotalMilliseconds;
        if (!IsMap(node, field, ScriptKeys.Range)) { return (0, most); }
        int atMost = node.Find("at_most") is { } given ? Number(given, $"{field}.at_most", 0, most) : most;
        // Who asks for no more than so much asks for some; none at all has to be said.
        int atLeast = node.Find("at_least") is { } least ? Number(least, $"{field}.at_least", 0, most) : Math.Min(1, atMost);
        if (node.Members.Count == 0 || atLeast > atMost) { Error(node.Place, field, "needs \"at_least\" or \"at_most\" or both, the smaller one first"); }
        return (atLeast, atMost);
    }

    private ScriptStep.Send? Send(ScriptNode node, string field)
    {
        if (node.Kind != ScriptNodeKind.Map) { Error(node.Place, field, $"expected an event, which is a mapping with a \"type\"; found {node.Found}"); return null; }
        if (node.Find("type") is not { } type) { Error(node.Place, field, "\"type\" is missing: the name of the event"); return null; }
        if (ScriptJson.Parse(type).ValueKind != JsonValueKind.String) { Error(type.Place, $"{field}.type", $"expected the name of an event, found {type.Found}"); return null; }
        return new ScriptStep.Send(ScriptJson.Write(node));
    }

    private string PhoneKeys(ScriptNode node, string field, int keysMax)
    {
        string keys = Text(node, field, keysMax);
        if (!keys.All(Keypad.Has))
        {
            Error(node.Place, field, $"expected keys of a phone (0-9, *, #, A-D), found {node.Found}");
        }
        return keys;
    }

    private ScriptStep.Keys? Keys(ScriptNode node, string field)
    {
        if (!IsMap(node, field, ScriptKeys.Dtmf)) { return null; }
        var branches = ImmutableDictionary.CreateBuilder<char, ImmutableArray<ScriptStep>>();
        if (node.Find("on") is not { } on) { Error(node.Place, field, "\"on\" is missing: which key leads where"); }
        else if (IsMap(on, $"{field}.on"))
        {
            foreach ((ScriptNode key, ScriptNode value) in on.Members)
            {
                if (key.Text.Length != 1 || !Keypad.Has(key.Text[0]))
                {
                    Error(key.Place, $"{field}.on", $"expected a key of a phone (0-9, *, #, A-D), found {key.Found}");
                    continue;
                }
                branches[key.Text[0]] = Steps(value, $"{field}.on.{key.Text}");
            }
        }
        TimeSpan patience = node.Find("timeout_ms") is { } timeout ? Milliseconds(timeout, $"{field}.timeout_ms") : TimeSpan.FromSeconds(5);
        return new ScriptStep.Keys(patience, branches.ToImmutable(), node.Find("else") is { } otherwise ? Steps(otherwise, $"{field}.else") : []);
    }

    private ScriptStep.Repeat? Repeat(ScriptNode node, string field)
    {
        if (!IsMap(node, field, ScriptKeys.Repeat)) { return null; }
        if (node.Find("times") is not { } times || node.Find("steps") is not { } steps) { Error(node.Place, field, "needs \"times\" and \"steps\""); return null; }
        return new ScriptStep.Repeat(Number(times, $"{field}.times", 1, Limits.ScriptRepeats), Steps(steps, $"{field}.steps"));
    }

    private ScriptStep.GoTo GoTo(ScriptNode node, string field)
    {
        _jumps.Add((node, field));
        return new ScriptStep.GoTo(Text(node, field, 64));
    }

    private ScriptStep? Fail(ScriptNode node, string field)
    {
        if (node.Kind == ScriptNodeKind.Text)
        {
            switch (node.Text)
            {
                case "drop": return new ScriptStep.Drop();
                case "silence": return new ScriptStep.FallSilent();
                case "session_expired": return new ScriptStep.Expire();
                case "invalid_json": return new ScriptStep.Send(ScriptedEvent.Unreadable);
                case "wrong_order": return new ScriptStep.Send(ScriptedEvent.OutOfOrder);
                default:
                    string known = $"{string.Join(", ", ScriptKeys.FailWords)}, or one of response, error, incomplete with a text";
                    Error(node.Place, field, $"expected {known}; found {node.Found}{Nearest(node.Text, [.. ScriptKeys.FailWords, .. ScriptKeys.Fail])}");
                    return null;
            }
        }
        if (!IsMap(node, field, ScriptKeys.Fail)) { return null; }
        if (node.Members.Count(member => member.Key.Text is "response" or "error" or "incomplete") != 1)
        {
            Error(node.Place, field, "expected one of response, error, incomplete");
            return null;
        }
        if (node.Find("incomplete") is { } incomplete)
        {
            string reason = Text(incomplete, $"{field}.incomplete");
            if (reason is not ("max_output_tokens" or "content_filter")) { Error(incomplete.Place, $"{field}.incomplete", $"expected max_output_tokens or content_filter, found {incomplete.Found}"); }
            if (node.Find("code") is { } code) { Error(code.Place, $"{field}.code", "a response that stops short has a reason and no code"); }
            return new ScriptStep.StopShort(reason);
        }
        if (node.Find("response") is { } response) { return new ScriptStep.FailResponse(Fault(node, response, $"{field}.response", "server_error")); }
        return new ScriptStep.ReportError(Fault(node, node.Find("error")!, $"{field}.error", "server_error"));
    }

    /// <summary>A message alone, or a mapping of message and code.</summary>
    private ScriptFault Fault(ScriptNode node, ScriptNode message, string field, string code)
    {
        if (node.Kind != ScriptNodeKind.Map) { return new ScriptFault(code, Text(message, field)); }
        if (ReferenceEquals(node, message))
        {
            if (!IsMap(node, field, ScriptKeys.Fault)) { return new ScriptFault(code, ""); }
            if (node.Find("message") is not { } inner) { Error(node.Place, field, "\"message\" is missing"); return new ScriptFault(code, ""); }
            message = inner;
        }
        return new ScriptFault(node.Find("code") is { } given ? Text(given, $"{field}.code", 64) : code, Text(message, field));
    }

    private string Language(ScriptNode node)
    {
        string tag = Text(node, "language", 16);
        if (tag.Length >= 2 && tag.All(c => c is >= 'a' and <= 'z' or '-')) { return tag; }
        Error(node.Place, "language", $"expected a language such as en-us or de, found {node.Found}");
        return "en-us";
    }

    private string Text(ScriptNode node, string field, int charsMax = Limits.ScriptLineChars)
    {
        if (node.Kind != ScriptNodeKind.Text || node.Found == "nothing") { Error(node.Place, field, $"expected text, found {node.Found}"); return ""; }
        if (string.IsNullOrWhiteSpace(node.Text)) { Error(node.Place, field, "expected text, found only blanks"); }
        if (node.Text.Length > charsMax) { Error(node.Place, field, $"{node.Text.Length} characters; at most {charsMax} are allowed"); }
        return node.Text;
    }

    /// <summary>A text, or a list of them.</summary>
    private ImmutableArray<string> Texts(ScriptNode node, string field) =>
        node.Kind == ScriptNodeKind.List ? [.. node.Items.Select((item, i) => Text(item, $"{field}[{i}]"))] : [Text(node, field)];

    private bool Truth(ScriptNode node, string field)
    {
        if (node is not { IsPlain: true, Text: "true" or "false" }) { Error(node.Place, field, $"expected true or false, found {node.Found}"); }
        return node.Text == "true";
    }

    private TimeSpan Milliseconds(ScriptNode node, string field) => TimeSpan.FromMilliseconds(Number(node, field, 0, (int)Limits.ScriptWait.TotalMilliseconds));

    private int Number(ScriptNode node, string field, int least, int most)
    {
        if (node.Kind == ScriptNodeKind.Text && int.TryParse(node.Text, out int number) && number >= least && number <= most)
        {
            if (node.IsPlain) { return number; }
            Error(node.Place, field, $"expected a whole number, found the text {node.Found}: write it without quotes");
            return least;
        }
        Error(node.Place, field, $"expected a whole number from {least} to {most}, found {node.Found}");
        return least;
    }

    /// <summary>A mapping, with none but these keys if any are given.</summary>
    private bool IsMap(ScriptNode node, string field, string[]? keys = null)
    {
        if (node.Kind != ScriptNodeKind.Map) { Error(node.Place, field, $"expected a mapping, found {node.Found}"); return false; }
        foreach ((ScriptNode key, _) in node.Members)
        {
            if (keys is null || keys.Contains(key.Text)) { continue; }
            Error(key.Place, field, $"unknown key \"{key.Text}\"{Suggestion(key.Text, keys)}");
        }
        return true;
    }

    private static string Suggestion(string given, IEnumerable<string> known)
    {
        string nearest = Nearest(given, known);
        return nearest.Length > 0 || !known.Any() ? nearest : $"; known are {string.Join(", ", known)}";
    }

    private static string Nearest(string given, IEnumerable<string> known)
    {
        string? nearest = known.MinBy(name => Spelling.Distance(given, name));
        return nearest is not null && Spelling.Distance(given, nearest) <= Math.Max(2, nearest.Length / 3) ? $"; did you mean \"{nearest}\"?" : "";
    }

    private void Error(ScriptPlace place, string field, string message)
    {
        if (_errors.Count < ErrorsMax) { _errors.Add(new ScriptError(_file, place, field, message)); }
    }
}
