using System.Text.Json;
using System.Text.RegularExpressions;
using Switchhook.Engines.Scripted;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>docs/scripts.schema.json tells editors what the reader takes: neither may know more than the other.</summary>
public sealed class ScriptSchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(ScriptReaderTests.Sample(""), "..", "..", "docs", "scripts.schema.json"))).RootElement;

    private static JsonElement Definitions => Schema.GetProperty("$defs");

    [Fact]
    public void Every_key_of_the_reader_is_in_the_schema_and_every_key_of_the_schema_in_the_reader()
    {
        Dictionary<string, string[]> read = ScriptKeys.Mappings.ToDictionary();
        foreach (string verb in ScriptKeys.Verbs) { read[verb] = verb == "call_tool" ? [verb, .. ScriptKeys.BesideCallTool] : [verb]; }
        Dictionary<string, string[]> told = Definitions.EnumerateObject()
            .Where(definition => definition.Value.TryGetProperty("additionalProperties", out JsonElement more) && more.ValueKind == JsonValueKind.False)
            .ToDictionary(definition => definition.Name, definition => definition.Value.GetProperty("properties").EnumerateObject().Select(key => key.Name).ToArray());
        Assert.Equal(Lines(read), Lines(told));
    }

    [Fact]
    public void Every_word_that_is_a_step_or_a_failure_is_in_the_schema()
    {
        JsonElement[] steps = [.. Definitions.GetProperty("step").GetProperty("anyOf").EnumerateArray()];
        Assert.Equal(ScriptKeys.Words, Words(steps[0]));
        Assert.Equal(ScriptKeys.Verbs.Select(verb => $"#/$defs/{verb}"), steps[1..].Select(step => step.GetProperty("$ref").GetString()));
        Assert.Equal(ScriptKeys.FailWords, Words(Definitions.GetProperty("fail").GetProperty("properties").GetProperty("fail").GetProperty("anyOf")[0]));
    }

    [Fact]
    public void The_samples_and_the_examples_are_valid()
    {
        IEnumerable<string> scripts = Directory.EnumerateFiles(ScriptReaderTests.Sample(""), "*.yaml").Select(File.ReadAllText)
            .Concat(ScriptReaderTests.Examples("scripts.md")).Concat(ScriptReaderTests.Examples("testing-phone-agents.md"));
        Assert.All(scripts, script => Assert.True(IsValid(script), script));
    }

    [Fact]
    public void The_samples_name_the_schema() =>
        Assert.All(Directory.EnumerateFiles(ScriptReaderTests.Sample(""), "*.yaml"), file =>
        {
            Match modeline = Regex.Match(File.ReadLines(file).First(), @"^# yaml-language-server: \$schema=(\S+)$");
            Assert.True(modeline.Success && File.Exists(Path.Combine(Path.GetDirectoryName(file)!, modeline.Groups[1].Value)), file);
        });

    // What the reader refuses for its shape, the schema refuses as well.
    [Theory]
    [InlineData("{}")]
    [InlineData("{ flow: [], otherwize: a }")]
    [InlineData("flow: [sai: a]")]
    [InlineData("flow: [{ say: a, loudly: true }]")]
    [InlineData("flow: [say: []]")]
    [InlineData("flow: [expect: {}]")]
    [InlineData("flow: [expect: { keys: 1x }]")]
    [InlineData("flow: [expect: { text: { equals: a, contains: b } }]")]
    [InlineData("flow: [expect: { text: { contains: '' } }]")]
    [InlineData("flow: [expect: { text: { contains: ~ } }]")]
    [InlineData("flow: [expect: { tool_result: { contains: {} } }]")]
    [InlineData("flow: [{ call_tool: a, on_result: [{ contains: [a], then: [] }] }]")]
    [InlineData("flow: [fail: { response: a, error: b }]")]
    [InlineData("flow: [fail: slience]")]
    [InlineData("flow: [fail: { incomplete: tired }]")]
    [InlineData("flow: [fail: { code: a }]")]
    [InlineData("flow: [wait_ms: 700000]")]
    [InlineData("flow: [repeat: { times: 0, steps: [] }]")]
    [InlineData("flow: [dtmf: { on: { E: [] } }]")]
    [InlineData("flow: [{ call_tool: a, on_result: [{ equals: 1, contains: 2, then: [] }] }]")]
    [InlineData("flow: [{ call_tool: a, server: [shop] }]")]
    [InlineData("flow: [{ say: a, server: shop }]")]
    [InlineData("flow: [send: { delta: a }]")]
    [InlineData("{ flow: [], caller: { hangup: 1 } }")]
    [InlineData("{ flow: [], caller: { keys: '123456789012345678901234567890123' } }")]
    public void What_the_reader_refuses_is_not_valid(string script)
    {
        Assert.NotEmpty(ScriptReader.Read("s.yaml", script).Errors);
        Assert.False(IsValid(script));
    }

    /// <summary>What an editor underlines does not run, and what does not run is underlined: of every shape they say the same.</summary>
    [Fact]
    public void The_reader_and_the_schema_agree()
    {
        const string Scripts = """
            {"flow":[]}
            {"flow":null}
            {"flow":["listen","next_message"]}
            {"flow":["lisen"]}
            {"flow":[{"listen":null}]}
            {"flow":[{"listen":"x"}]}
            {"flow":[{"listen":{"transcript":"x","so_far":["a","b"]}}]}
            {"flow":[{"listen":{"so_far":[]}}]}
            {"flow":[{"listen":{}}]}
            {"flow":[{"say":""}]}
            {"flow":[{"say":"x","listen":"y"}]}
            {"flow":[{"say":"a","goto":"m"}],"flows":{"m":["listen"]}}
            {"flow":[{"wait_ms":600001}]}
            {"flow":[{"wait_ms":"5"}]}
            {"flow":[{"wait_ms":1.5}]}
            {"flow":[{"repeat":{"times":2,"steps":["listen"]}}]}
            {"flow":[{"repeat":{"times":1001,"steps":["listen"]}}]}
            {"flow":[{"repeat":{"steps":["listen"]}}]}
            {"flow":[{"call_tool":"f","on_result":[{"equals":{"a":1},"then":["listen"]}]}]}
            {"flow":[{"call_tool":"f","on_result":[{"contains":"","then":["listen"]}]}]}
            {"flow":[{"call_tool":"f","on_result":[{"then":["listen"]}]}]}
            {"flow":[{"call_tool":"f","on_result":[{"equals":"a","contains":"b","then":["listen"]}]}]}
            {"flow":[{"call_tool":"f","on_result":[{"otherwise":["listen"]},{"equals":"a","then":["listen"]}]}]}
            {"flow":[{"call_tool":"f","arguments":[1]}]}
            {"flow":[{"call_tool":"f","arguments":{}}]}
            {"flow":[{"call_tool":"f","arguments":"{}"}]}
            {"flow":[{"call_tool":"f","server":""}]}
            {"flow":[{"call_tool":""}]}
            {"flow":[{"dtmf":{"on":{"1":["listen"]}}}]}
            {"flow":[{"dtmf":{"on":{"a":["listen"]}}}]}
            {"flow":[{"dtmf":{"on":{}}}]}
            {"flow":[{"dtmf":{"else":["listen"]}}]}
            {"flow":[{"dtmf":{"timeout_ms":0,"on":{"1":["listen"]}}}]}
            {"flow":[{"fail":"silence"}]}
            {"flow":[{"fail":"x"}]}
            {"flow":[{"fail":{"response":"x"}}]}
            {"flow":[{"fail":{"incomplete":"x"}}]}
            {"flow":[{"fail":{"error":"x","code":""}}]}
            {"flow":[{"fail":{"response":"x","error":"y"}}]}
            {"flow":[{"send":{"type":"a"}}]}
            {"flow":[{"send":{"type":5}}]}
            {"flow":[{"send":"x"}]}
            {"flow":[{"expect":{"keys":""}}]}
            {"flow":[{"expect":{"keys":"1x"}}]}
            {"flow":[{"expect":{"speech_ms":{}}}]}
            {"flow":[{"expect":{"text":{"contains":""}}}]}
            {"flow":[{"expect":{"tool_result":"x"}}]}
            {"flow":["listen"],"open":{}}
            {"flow":["listen"],"open":{"fail":{"message":"x"}}}
            {"flow":["listen"],"open":{"fail":""}}
            {"flow":["listen"],"voice":""}
            {"flow":["listen"],"language":""}
            {"flow":["listen"],"language":"zz"}
            {"flow":["listen"],"greet":"yes"}
            {"flow":["listen"],"otherwise":""}
            {"flow":["listen"],"caller":{"keys":""}}
            {"flow":["listen"],"caller":{"keys":"111111111111111111111111111111111"}}
            {"flow":["listen"],"caller":{"hang_up_after_ms":0}}
            {"flow":["listen"],"caller":{"play_after_ms":5}}
            {"flow":["listen"],"caller":{"keys_after_ms":5}}
            {"flow":["listen"],"caller":{"play":"nope.wav"}}
            {"flow":["listen"],"caller":{}}
            {"flow":["listen"],"foo":1}
            {"flow":["listen"],"flows":{}}
            {"flow":["listen"],"flows":{"":["listen"]}}
            {"flow":["listen"],"flows":{"a b":["listen"]}}
            {"flow":["listen"],"think_ms":600000}
            {"flow":["listen"],"out_of_band":""}
            {"flow":[{"say":"x","meanwhile":"y"}]}
            {"flow":[{"call_tool":"f","meanwhile":""}]}
            {"flow":[{"send":{"type":null}}]}
            {"flow":[{"send":{"type":""}}]}
            {"flow":[{"repeat":{"times":"2","steps":["listen"]}}]}
            {"flow":["listen"],"think_ms":"5"}
            {"flow":["listen"],"greet":"true"}
            """;
        Assert.All(Scripts.Split('\n'), script => Assert.True(IsValid(script) == ScriptReader.Read("s.yaml", script).Errors is [], script));
    }

    private static bool IsValid(string yaml) => IsValid(ScriptJson.Parse(ScriptNode.Read(yaml, (_, message) => Assert.Fail(message))!), Schema);

    // As much of JSON Schema as this schema uses; a keyword that is not known here fails the test, so that none is ignored.
    private static bool IsValid(JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference)) { return IsValid(value, Definitions.GetProperty(reference.GetString()!["#/$defs/".Length..])); }
        return schema.EnumerateObject().All(rule => rule.Name switch
        {
            "description" => true,
            "type" => IsOfType(value, rule.Value.GetString()!),
            "enum" => rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
            "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.Value.GetString()!),
            "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= rule.Value.GetInt32(),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.Value.GetDouble(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.Value.GetDouble(),
            "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => IsValid(item, rule.Value)),
            "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.Value.GetInt32(),
            "required" => value.ValueKind != JsonValueKind.Object || rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "minProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() >= rule.Value.GetInt32(),
            "maxProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() <= rule.Value.GetInt32(),
            "propertyNames" => value.ValueKind != JsonValueKind.Object
                || value.EnumerateObject().All(member => Regex.IsMatch(member.Name, rule.Value.GetProperty("pattern").GetString()!)),
            "properties" => value.ValueKind != JsonValueKind.Object
                || value.EnumerateObject().All(member => !rule.Value.TryGetProperty(member.Name, out JsonElement inner) || IsValid(member.Value, inner)),
            "additionalProperties" when rule.Value.ValueKind == JsonValueKind.False => value.ValueKind != JsonValueKind.Object
                || value.EnumerateObject().All(member => schema.GetProperty("properties").TryGetProperty(member.Name, out _)),
            "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => IsValid(member.Value, rule.Value)),
            "anyOf" => rule.Value.EnumerateArray().Any(one => IsValid(value, one)),
            "oneOf" => rule.Value.EnumerateArray().Count(one => IsValid(value, one)) == 1,
            _ => throw new NotSupportedException(rule.Name),
        });
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new NotSupportedException(type),
    };

    private static string[] Words(JsonElement choice) => [.. choice.GetProperty("enum").EnumerateArray().Select(word => word.GetString()!)];

    private static string[] Lines(Dictionary<string, string[]> mappings) =>
        [.. mappings.OrderBy(mapping => mapping.Key, StringComparer.Ordinal).Select(mapping => $"{mapping.Key}: {string.Join(' ', mapping.Value.Order(StringComparer.Ordinal))}")];
}
