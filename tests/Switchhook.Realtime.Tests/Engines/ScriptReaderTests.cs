using System.Collections.Immutable;
using Switchhook.Engines.Scripted;

namespace Switchhook.Realtime.Tests.Engines;

public sealed class ScriptReaderTests
{
    // One script, one expected list of errors: what a developer sees in a terminal must lead to the very line.
    public static TheoryData<string, string> Wrong => Cases("""
        === a step that is no text
        flow:
          - say: [a, b]
        --- s.yaml:2:10: flow[0].say: expected text, found a list
        === a key nobody knows
        flow:
          - say: hello
            loudly: true
        --- s.yaml:3:5: flow[0]: unknown key "loudly"; known are say
        === a verb that is misspelt
        flow:
          - sai: hello
        --- s.yaml:2:5: flow[0]: unknown step "sai"; did you mean "say"?
        === a root key that is misspelt
        flow: []
        otherwize: bye
        --- s.yaml:2:1: unknown key "otherwize"; did you mean "otherwise"?
        === nothing at all
        --- s.yaml:1:1: the file is empty
        === no flow
        voice: coral
        --- s.yaml:1:1: flow: missing; a script is a list of steps
        === a list instead of a mapping
        - say: hello
        --- s.yaml:1:1: expected a mapping, found a list
        === no text after say
        flow:
          - say:
        --- s.yaml:2:9: flow[0].say: expected text, found nothing
        === a jump into nothing
        flow:
          - goto: menue
        flows:
          menu: [say: hello]
        --- s.yaml:2:11: flow[0].goto: there is no flow "menue"; did you mean "menu"?
        === a branch deep inside
        flow:
          - dtmf:
              on:
                "1":
                  - wait_ms: soon
        --- s.yaml:5:22: flow[0].dtmf.on.1[0].wait_ms: expected a whole number from 0 to 600000, found "soon"
        === a key that no phone has
        flow:
          - dtmf: { on: { "E": [] } }
        --- s.yaml:2:19: flow[0].dtmf.on: expected a key of a phone (0-9, *, #, A-D), found "E"
        === keys that lead nowhere
        flow:
          - dtmf: { timeout_ms: 100 }
        --- s.yaml:2:11: flow[0].dtmf: "on" is missing: which key leads where
        === a case that is both
        flow:
          - call_tool: a
            on_result: [{ equals: 1, contains: 2, then: [] }]
        --- s.yaml:3:17: flow[0].on_result[0]: a case is "equals" or "contains" with "then", or "otherwise" alone
        === a server that is no name, and one of nothing
        flow:
          - call_tool: a
            server: [shop]
          - say: a
            server: shop
        --- s.yaml:3:13: flow[0].server: expected text, found a list
        --- s.yaml:5:5: flow[1]: unknown key "server"; known are say
        === a failure nobody knows
        flow:
          - fail: slience
        --- s.yaml:2:11: flow[0].fail: expected drop, silence, session_expired, invalid_json, wrong_order, or one of response, error, incomplete with a text; found "slience"; did you mean "silence"?
        === a repeat that is too much
        flow:
          - repeat: { times: 100000, steps: [listen] }
        --- s.yaml:2:22: flow[0].repeat.times: expected a whole number from 1 to 1000, found "100000"
        === two failures in one, and none
        flow:
          - fail: { response: a, error: b }
          - fail: { code: a }
        --- s.yaml:2:11: flow[0].fail: expected one of response, error, incomplete
        --- s.yaml:3:11: flow[1].fail: expected one of response, error, incomplete
        === a reason nobody knows
        flow:
          - fail: { incomplete: tired }
        --- s.yaml:2:25: flow[0].fail.incomplete: expected max_output_tokens or content_filter, found "tired"
        === a reason with a code
        flow:
          - fail: { incomplete: content_filter, code: a }
        --- s.yaml:2:47: flow[0].fail.code: a response that stops short has a reason and no code
        === a word that is misspelt
        flow: [next_mesage]
        --- s.yaml:1:8: flow[0]: expected a step such as "say: …", found "next_mesage"; did you mean "next_message"?
        === an expectation of nothing
        flow:
          - expect: {}
        --- s.yaml:2:13: flow[0].expect: expects nothing; known are keys, speech_ms, tool_result, text
        === expectations nobody can meet
        flow:
          - expect: { keys: "1x", speech_ms: { at_least: 9, at_most: 2 }, text: { equals: a, contains: b }, tool_result: ok }
        --- s.yaml:2:21: flow[0].expect.keys: expected keys of a phone (0-9, *, #, A-D), found "1x"
        --- s.yaml:2:38: flow[0].expect.speech_ms: needs "at_least" or "at_most" or both, the smaller one first
        --- s.yaml:2:73: flow[0].expect.text: expected "equals" or "contains"
        --- s.yaml:2:114: flow[0].expect.tool_result: expected a mapping, found "ok"
        === what every text holds
        flow:
          - expect: { text: { contains: "" }, tool_result: { contains: {} } }
          - call_tool: a
            on_result: [{ contains: ~, then: [] }, { contains: [1], then: [] }]
        --- s.yaml:2:33: flow[0].expect.text.contains: expected a text, or a mapping of members; found ""
        --- s.yaml:2:64: flow[0].expect.tool_result.contains: expected a text, or a mapping of members; found a mapping of none
        --- s.yaml:4:29: flow[1].on_result[0].contains: expected a text, or a mapping of members; found nothing
        --- s.yaml:4:56: flow[1].on_result[1].contains: expected a text, or a mapping of members; found a list
        === an expectation that is misspelt
        flow:
          - expect: { key: "1" }
        --- s.yaml:2:15: flow[0].expect: unknown key "key"; did you mean "keys"?
        === an event without a name
        flow:
          - send: { delta: a }
          - send: hello
        --- s.yaml:2:11: flow[0].send: "type" is missing: the name of the event
        --- s.yaml:3:11: flow[1].send: expected an event, which is a mapping with a "type"; found "hello"
        === a caller who cannot press that
        caller: { keys: 1E, hangup: 1 }
        flow: []
        --- s.yaml:1:17: caller.keys: expected keys of a phone (0-9, *, #, A-D), found "1E"
        --- s.yaml:1:21: caller: unknown key "hangup"; known are play, play_after_ms, keys, keys_after_ms, hang_up_after_ms
        === a caller with more keys than a phone sends at once
        caller: { keys: "123456789012345678901234567890123" }
        flow: []
        --- s.yaml:1:17: caller.keys: 33 characters; at most 32 are allowed
        === the same key twice
        flow: []
        flow: []
        --- s.yaml:2:1: the key "flow" is there twice
        === an alias
        flow: &all []
        --- s.yaml:1:7: anchors (&name) are not supported; use flows and goto
        === a language that is none
        language: "DE; rm"
        flow: []
        --- s.yaml:1:11: language: expected a language such as en-us or de, found "DE; rm"
        === what was said so far is no text
        flow: [listen: { so_far: { a: b } }, listen: { so_far: [a, ""] }, listen: { sofar: a }]
        --- s.yaml:1:26: flow[0].listen.so_far: expected text, found a mapping
        --- s.yaml:1:60: flow[1].listen.so_far[1]: expected text, found only blanks
        --- s.yaml:1:77: flow[2].listen: unknown key "sofar"; did you mean "so_far"?
        === two errors at once
        greet: maybe
        flow:
          - say: ""
        --- s.yaml:1:8: greet: expected true or false, found "maybe"
        --- s.yaml:3:10: flow[0].say: expected text, found only blanks
        """);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Tells_line_column_and_field(string yaml, string errors)
    {
        (Script? script, IReadOnlyList<ScriptError> found) = ScriptReader.Read("s.yaml", yaml);
        Assert.Null(script);
        Assert.Equal(errors.Split('\n').Order(), found.Select(e => e.ToString()).Order());
    }

    [Fact]
    public void What_is_no_yaml_is_told_with_its_place()
    {
        (_, IReadOnlyList<ScriptError> errors) = ScriptReader.Read("s.yaml", "flow:\n  - say: \"hello\n");
        ScriptError error = Assert.Single(errors);
        Assert.StartsWith("s.yaml:", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("not YAML", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_wants_to_be_large_in_memory_is_refused()
    {
        Assert.Contains("nested deeper", Only(new string('[', 200) + new string(']', 200)), StringComparison.Ordinal);
        Assert.Contains("more than", Only("flow: [" + string.Join(',', Enumerable.Repeat("listen", Limits.ScriptSteps + 1)) + "]"), StringComparison.Ordinal);
        Assert.Contains("longer than", Only(new string(' ', Limits.ScriptChars + 1)), StringComparison.Ordinal);
        Assert.Contains("characters; at most", Only($"flow: [say: {new string('a', Limits.ScriptLineChars + 1)}]"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("booking.yaml")]
    [InlineData("greeting-test.yaml")]
    public void Any_prefix_and_any_damage_is_an_error_or_a_script_and_never_an_exception(string sample)
    {
        string yaml = File.ReadAllText(Sample(sample));
        for (int length = 0; length <= yaml.Length; length++) { ScriptReader.Read("s.yaml", yaml[..length]); }
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            char[] damaged = yaml.ToCharArray();
            for (int i = 0; i < 3; i++) { damaged[random.Next(damaged.Length)] = "[]{}:-#&*!|>'\"%@`\t\n \0é"[random.Next(22)]; }
            ScriptReader.Read("s.yaml", new string(damaged));
        }
    }

    [Theory]
    [InlineData("greeter.yaml")]
    [InlineData("booking.yaml")]
    [InlineData("greeting-test.yaml")]
    public void The_samples_are_scripts(string file)
    {
        (Script? script, IReadOnlyList<ScriptError> errors) = ScriptReader.Read(file, File.ReadAllText(Sample(file)));
        Assert.Empty(errors);
        Assert.NotEmpty(script!.Flow);
    }

    // What the documentation shows must be what the reader takes.
    [Theory]
    [InlineData("scripts.md", 8)]
    [InlineData("testing-phone-agents.md", 1)]
    public void The_examples_of_the_documentation_are_scripts(string document, int examples)
    {
        string[] scripts = [.. Examples(document)];
        Assert.True(scripts.Length >= examples);
        foreach (string script in scripts) { Assert.True(ScriptReader.Read("docs", script).Errors is [], $"{string.Join('\n', ScriptReader.Read("docs", script).Errors)}\n{script}"); }
    }

    /// <summary>The YAML of a document, each piece made a whole script.</summary>
    internal static IEnumerable<string> Examples(string document)
    {
        string[] blocks = File.ReadAllText(Path.Combine(Sample(""), "..", "..", "docs", document)).Split("```yaml\n")[1..];
        foreach (string block in blocks.Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]))
        {
            string[] scripts = block.StartsWith("- ", StringComparison.Ordinal) ? [$"flow:\n{block}flows: {{ menu: [], booking: [] }}"]
                : block.StartsWith("open:", StringComparison.Ordinal) ? [.. block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{line}\nflow: []")]
                : [block];
            foreach (string script in scripts) { yield return script; }
        }
    }

    [Fact]
    public void The_models_of_a_configuration_are_loaded_all_or_none()
    {
        (ImmutableDictionary<string, Script> scripts, IReadOnlyList<string> errors) = Switchhook.Engines.ScriptedModels.Load(
            new Dictionary<string, string> { ["greeter"] = Sample("greeter.yaml"), ["missing"] = Sample("missing.yaml") });
        Assert.Empty(scripts);
        Assert.Contains("missing.yaml: the script of model \"missing\" cannot be read", Assert.Single(errors), StringComparison.Ordinal);
        (scripts, errors) = Switchhook.Engines.ScriptedModels.Load(new Dictionary<string, string> { ["greeter"] = Sample("greeter.yaml") });
        Assert.Empty(errors);
        Assert.Single(scripts);
    }

    [Theory]
    [InlineData("{ people: 2, name: Ada, vip: true, phone: \"007\", code: 007, price: 1.50, none: ~, list: [1, a] }",
        """{"people":2,"name":"Ada","vip":true,"phone":"007","code":"007","price":1.50,"none":null,"list":[1,"a"]}""")]
    [InlineData("{ text: \"naïve \\\"quotes\\\" <b>\" }", """{"text":"naïve \"quotes\" <b>"}""")]
    public void Arguments_are_written_as_json(string yaml, string json)
    {
        (Script? script, _) = ScriptReader.Read("s.yaml", $"flow:\n  - call_tool: t\n    arguments: {yaml}");
        Assert.Equal(json, Assert.IsType<ScriptStep.CallTool>(script!.Flow[0]).Arguments);
    }

    internal static string Sample(string file)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "samples", "scripts"))) { folder = Path.GetDirectoryName(folder); }
        return Path.Combine(folder!, "samples", "scripts", file);
    }

    private static string Only(string yaml) => Assert.Single(ScriptReader.Read("s.yaml", yaml).Errors).Message;

    private static TheoryData<string, string> Cases(string text)
    {
        var rows = new TheoryData<string, string>();
        foreach (string story in text.Split("=== ", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = story.TrimEnd('\n').Split('\n')[1..];
            rows.Add(
                string.Join('\n', lines.Where(line => !line.StartsWith("--- ", StringComparison.Ordinal))),
                string.Join('\n', lines.Where(line => line.StartsWith("--- ", StringComparison.Ordinal)).Select(line => line[4..])));
        }
        return rows;
    }
}
