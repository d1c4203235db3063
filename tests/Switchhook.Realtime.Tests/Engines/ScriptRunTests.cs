using System.Globalization;
using Switchhook.Engines.Scripted;

namespace Switchhook.Realtime.Tests.Engines;

public sealed class ScriptRunTests
{
    private static readonly ScriptFault Missing = new("tool_not_found", "There is no such tool.");

    // One script and one story. ">" asks for a response, ">x" for one that knows the tool output x; "!" interrupts it
    // after its first part; "#5" presses a key; "?" asks for the words of a turn, "…" for those up to a pause, "%" for those of a turn that nobody answers.
    // Expected is what the model did.
    public static TheoryData<string, string, string> Stories
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (string story in """
                flow: [say: a, say: b, listen, say: c]
                > > >
                a b . | c . | c .
                ===
                flow: [listen: hi, say: a, listen: { transcript: bye }, say: b]
                ? > ? ? >
                hi | a . | bye | - | b .
                ===
                flow: [listen: { so_far: "so, um", transcript: "so, yes" }, say: a, listen: { so_far: [b, "b c"] }, say: d]
                … … … ? … > … … … ? >
                so, um | so, yes | so, yes | so, yes | - | a . | b | b c | - | - | d .
                ===
                flow: [repeat: { times: 2, steps: [listen: { so_far: um, transcript: yes }, say: a] }]
                > … … ? > … ? > …
                . | um | yes | yes | a . | um | yes | a . | -
                ===
                flow: [say: a, listen: hi]
                ? > ? > >
                - | a . | hi | a . | a .
                ===
                flow: [say: a, listen: hi, say: b, listen, repeat: { times: 2, steps: [listen: ho] }, wait_ms: 1]
                % % % % % %
                hi | - | ho | ho | - | -
                ===
                flow: [{ call_tool: t, on_result: [{ otherwise: [say: b] }] }, listen: hi, dtmf: { on: { "1": [listen: one] }, else: [say: none] }, listen: ho]
                % % % %
                - | hi | - | ho
                ===
                otherwise: over
                flow: [say: a]
                > > >
                a . | over . | over .
                ===
                flow: []
                >
                I have nothing more to say. .
                ===
                flow: [repeat: { times: 2, steps: [say: a, listen] }, say: b]
                > > > >
                a . | a . | b . | b .
                ===
                flow: [repeat: { times: 3, steps: [say: a] }]
                >
                a a a .
                ===
                flow: [goto: x]
                flows: { x: [say: a, listen, goto: x] }
                > > >
                a . | a . | a .
                ===
                flow: [goto: x]
                flows: { x: [wait_ms: 1, goto: x] }
                circle
                fail script_runs_in_circles
                ===
                flow: [say: a, wait_ms: 500, say: b, listen, say: c]
                > >
                a wait 500 b . | c .
                ===
                flow: [say: a, wait_ms: 500, say: b, listen: hi, say: c]
                ! ? >
                a | hi | c .
                ===
                flow: [say: a, call_tool: t, say: b]
                ! >
                a | t{} .
                ===
                flow: [call_tool: t, arguments: { n: 1 }]
                >
                error
                ===
                flow: [{ call_tool: t, arguments: { n: 1 } }, say: b]
                > >ok >
                t{"n":1} . | b . | b .
                ===
                flow: [{ call_tool: t, meanwhile: wait, on_result: [{ equals: yes, then: [say: b] }, { contains: "n", then: [say: c] }, { otherwise: [say: d] }] }, say: e]
                > > >yes
                t{} . | wait . | b e .
                ===
                flow: [{ call_tool: t, on_result: [{ equals: yes, then: [say: b] }, { contains: "N", then: [say: c] }, { otherwise: [say: d] }] }, say: e]
                > >none
                t{} . | c e .
                ===
                flow: [{ call_tool: t, on_result: [{ equals: { ok: true, n: 1 }, then: [say: b] }, { contains: { ok: true }, then: [say: c] }] }, say: e]
                > >{"n":1.0,"ok":true}
                t{} . | b e .
                ===
                flow: [{ call_tool: t, on_result: [{ equals: { ok: true }, then: [say: b] }, { contains: { ok: true }, then: [say: c] }] }, say: e]
                > >{"n":1,"ok":true}
                t{} . | c e .
                ===
                flow: [{ call_tool: t, on_result: [{ contains: { ok: true }, then: [say: c] }] }, say: e]
                > >oops
                t{} . | e .
                ===
                flow: [say: a, { call_tool: missing }, say: b]
                > >
                a fail tool_not_found | fail tool_not_found
                ===
                flow: [say: menu, dtmf: { on: { "1": [say: one], "2": [say: two] }, else: [say: what] }, say: end]
                #1 > #2 #1 >
                no | menu . | yes | no | two end .
                ===
                flow: [say: menu, dtmf: { on: { "1": [say: one] }, else: [say: what] }, say: end]
                ! >
                menu | what end .
                ===
                flow: [say: menu, wait_ms: 5, say: more, dtmf: { on: { "1": [say: one] }, else: [say: what] }, say: end]
                ! #1 >
                menu | yes | one end .
                ===
                flow: [dtmf: { on: { "1": [say: one] }, else: [say: what] }, say: end]
                > #5 >
                . | yes | what end .
                ===
                flow: [dtmf: { on: { "1": [say: one] } }, say: end]
                > >
                . | end .
                ===
                flow: [say: a, fail: { response: "no", code: rate_limit }, say: b]
                > >
                a fail rate_limit | b .
                ===
                flow: [fail: { incomplete: content_filter }, fail: { error: oops }, say: b, fail: drop]
                > >
                short content_filter | error server_error b drop
                ===
                flow: [fail: silence, say: b]
                > >
                silent | b .
                ===
                flow: [say: a, next_message, say: b]
                >
                a next b .
                ===
                flow: [fail: invalid_json, fail: wrong_order, { send: { type: x, n: 1 } }, fail: session_expired]
                >
                send {"type":"response.output_text.delta","delta":"Hel send {"type":"response.output_audio_transcript.delta","response_id":"resp_unknown","item_id":"item_unknown","output_index":0,"content_index":0,"delta":"?"} send {"type":"x","n":1} expired
                ===
                flow: [listen, expect: { keys: "12" }, expect: { keys: "3" }, say: a]
                #1 #2 >
                no | no | [heard the keys "12"] [expected the keys "3", heard no key] a .
                ===
                flow: [listen, expect: { keys: "12" }, say: a]
                #1 >
                no | [expected the keys "12", heard the keys "1"] a .
                ===
                flow: [listen, expect: { speech_ms: { at_least: 500, at_most: 900 } }, expect: { speech_ms: { at_least: 0 } }, say: a]
                ~700 >
                [heard speech of 700 ms] [heard no speech] a .
                ===
                flow: [listen, expect: { speech_ms: { at_least: 500, at_most: 900 } }, listen, expect: { speech_ms: { at_most: 900 } }, say: a]
                ~499 > ~901 >
                [expected speech of 500 to 900 ms, heard speech of 499 ms] . | [expected speech of 1 to 900 ms, heard speech of 901 ms] a .
                ===
                flow: [listen, expect: { speech_ms: { at_most: 900 } }, expect: { speech_ms: { at_most: 0 } }, say: a]
                >
                [expected speech of 1 to 900 ms, heard no speech] [heard no speech] a .
                ===
                flow: [call_tool: t, expect: { tool_result: { contains: { ok: true } } }, expect: { tool_result: { equals: no } }, say: a]
                > >{"n":1,"ok":true}
                t{} . | [heard "{"n":1,"ok":true}"] [expected a tool output that equals "no", heard "{"n":1,"ok":true}"] a .
                ===
                flow: [{ call_tool: t, server: shop, arguments: { n: 1 }, meanwhile: wait, on_result: [{ contains: sent, then: [say: b] }, { contains: { type: http_error, code: 503 }, then: [say: c] }] }]
                > > >{"type":"http_error","code":503,"message":"Closed."}
                shop.t{"n":1} . | wait . | c .
                ===
                flow: [{ call_tool: t, server: missing }]
                >
                fail tool_not_found
                ===
                flow: [expect: { tool_result: { contains: a } }, say: a]
                >
                [expected a tool output that contains "a", heard none] a .
                ===
                flow: [expect: { text: { contains: ROOM } }, expect: { text: { equals: room }, keys: "1" }, say: a]
                =a_room >
                [heard "a_room"] [expected the keys "1", heard no key; expected a text that equals "room", heard "a_room"] a .
                ===
                flow: [say: a, expect: { keys: "1" }, wait_ms: 5, listen: hi, expect: { keys: "2" }, say: b]
                #1 ! #2 ? >
                no | a[heard the keys "1"] | no | hi | [heard the keys "2"] b .
                ===
                flow: [goto: loop]
                flows: { loop: [listen: hi, say: a, wait_ms: 5, say: b, goto: loop] }
                > ? ! ? >
                . | hi | a | hi | a wait 5 b .
                ===
                flow: [say: a, repeat: { times: 2, steps: [say: b, expect: { keys: "1" }] }, { send: { type: x } }, fail: { error: oops }, listen: hi, say: c]
                #1 ! ? >
                no | a[heard the keys "1"][expected the keys "1", heard no key] | hi | c .
                ===
                flow: [say: a, goto: x]
                flows: { x: [say: b, goto: x] }
                ! ?
                a | -
                ===
                flow: [say: a, fail: { incomplete: content_filter }, listen: hi]
                ! ? >
                a | - | short content_filter
                """.Split("===\n"))
            {
                string[] lines = story.TrimEnd('\n').Split('\n');
                rows.Add(string.Join('\n', lines[..^2]), lines[^2], lines[^1]);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void Goes_through_the_flow(string yaml, string story, string expected)
    {
        (Script? script, IReadOnlyList<ScriptError> errors) = ScriptReader.Read("s.yaml", yaml);
        if (expected == "error") { Assert.NotEmpty(errors); return; }
        Assert.Empty(errors);
        var run = new ScriptRun(script!);
        var told = new List<string>();
        if (story == "circle")
        {
            run.Begin(null, (_, _) => null);
            Assert.Contains(expected, Respond(run, int.MaxValue), StringComparison.Ordinal);
            return;
        }
        foreach (string word in story.Split(' '))
        {
            switch (word[0])
            {
                case '>':
                    run.Begin(word.Length > 1 ? word[1..] : null, (server, name) => name == "missing" || server == "missing" ? Missing : null);
                    told.Add(Respond(run, int.MaxValue));
                    break;
                case '!':
                    run.Begin(null, (_, _) => null);
                    told.Add(Respond(run, 1));
                    told[^1] += string.Concat(run.Interrupt().Select(verdict => $"[{verdict.Text}]"));
                    break;
                case '~': run.Ear.Speech(int.Parse(word[1..], CultureInfo.InvariantCulture)); break;
                case '=': run.Ear.Text = word[1..]; break;
                case '#': told.Add(run.Press(word[1]) ? "yes" : "no"); break;
                case '%': told.Add(run.Overhear() ?? "-"); break;
                case '…': told.Add(run.SoFar() ?? "-"); break;
                case '?': told.Add(run.TakeTranscript() ?? "-"); break;
            }
        }
        Assert.Equal(expected, string.Join(" | ", told));
    }

    [Fact]
    public void A_flow_waits_for_a_key_only_where_it_says_so()
    {
        var run = new ScriptRun(ScriptReader.Read("s.yaml", "flow: [say: a, dtmf: { timeout_ms: 700, on: {} }, say: b]").Script!);
        Assert.Null(run.Patience);
        run.Begin(null, (_, _) => null);
        Respond(run, int.MaxValue);
        Assert.Equal(TimeSpan.FromMilliseconds(700), run.Patience);
        run.Begin(null, (_, _) => null);
        Assert.Null(run.Patience);
    }

    // One event as a script may send it: only what was written by an expectation is read as one.
    [Theory]
    [InlineData("""{"type":"switchhook.script.expectation","step":"flow[0].expect","line":2,"passed":true,"text":"é \u0001"}""", true)]
    [InlineData("""{"type":"switchhook.script.expectation"}""", false)]
    [InlineData("""{"step":1,"line":"a","passed":0,"text":[]}""", false)]
    [InlineData("""{"step":"a","line":1.5,"passed":true,"text":""}""", false)]
    [InlineData("[]", false)]
    [InlineData("", false)]
    public void A_verdict_is_read_as_it_was_written_or_not_at_all(string json, bool isVerdict)
    {
        ScriptVerdict? verdict = ScriptVerdict.Of(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(isVerdict, verdict is not null);
        if (verdict is not null) { Assert.Equal(verdict, ScriptVerdict.Of(verdict.ToEvent("event_1"))); }
    }

    [Fact]
    public void More_keys_than_anybody_expects_are_not_kept()
    {
        var run = new ScriptRun(ScriptReader.Read("s.yaml", $"flow: [expect: {{ keys: '{new string('1', Limits.ScriptKeysHeard)}' }}, say: a]").Script!);
        for (int i = 0; i < 10 * Limits.ScriptKeysHeard; i++) { run.Press('1'); }
        run.Begin(null, (_, _) => null);
        Assert.True(Assert.IsType<ScriptAct.Judged>(run.Next()).Verdict.Passed);
    }

    // Whatever is thrown at it, a response ends, and within as many parts as are allowed.
    [Fact]
    public void Every_response_ends()
    {
        Script script = ScriptReader.Read("booking.yaml", File.ReadAllText(ScriptReaderTests.Sample("booking.yaml"))).Script!;
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var run = new ScriptRun(script);
            for (int i = 0; i < 30; i++)
            {
                switch (random.Next(4))
                {
                    case 0: run.Press("0123456789*#"[random.Next(12)]); break;
                    case 1: run.TakeTranscript(); break;
                    default:
                        run.Begin(random.Next(3) switch { 0 => null, 1 => "full", _ => """{"status":"booked"}""" }, (_, _) => random.Next(9) > 0 ? null : Missing);
                        bool whole = random.Next(4) > 0;
                        string said = Respond(run, whole ? Limits.ScriptStepsPerResponse + 1 : random.Next(3));
                        if (!whole) { run.Interrupt(); }
                        else { Assert.True(said.EndsWith('.') || said.Contains("fail", StringComparison.Ordinal), $"seed {seed}: {said}"); }
                        break;
                }
            }
        }
    }

    private static string Respond(ScriptRun run, int partsMax)
    {
        var parts = new List<string>();
        while (parts.Count < partsMax)
        {
            ScriptAct act = run.Next();
            parts.Add(act switch
            {
                ScriptAct.Say say => say.Text,
                ScriptAct.CallTool tool => (tool.Server is { } server ? server + "." : "") + tool.Name + tool.Arguments,
                ScriptAct.Wait wait => string.Create(CultureInfo.InvariantCulture, $"wait {wait.Length.TotalMilliseconds}"),
                ScriptAct.Fail fail => $"fail {fail.Fault.Code}",
                ScriptAct.StopShort stop => $"short {stop.Reason}",
                ScriptAct.ReportError report => $"error {report.Fault.Code}",
                ScriptAct.FallSilent => "silent",
                ScriptAct.NextMessage => "next",
                ScriptAct.Judged judged => $"[{judged.Verdict.Text}]",
                ScriptAct.Send send => $"send {send.Json}",
                ScriptAct.Expire => "expired",
                ScriptAct.Drop => "drop",
                _ => ".",
            });
            if (act is ScriptAct.Done or ScriptAct.Fail or ScriptAct.StopShort or ScriptAct.FallSilent or ScriptAct.Expire or ScriptAct.Drop) { break; }
        }
        return string.Join(' ', parts);
    }
}
