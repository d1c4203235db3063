using System.Text.Json;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Session;

/// <summary>Stored prompts: what a text with variables is, what a session may name of them, and whose instructions count in the end.</summary>
public sealed class PromptTests
{
    private static readonly Dictionary<string, StoredPrompt> Stored = new()
    {
        ["greet"] = new([new("1", Text("Greet {{name}}.")), new("2", Text("Greet {{ name }} of {{_town1}}; {{name}} is in a hurry."))]),
        ["plain"] = new([new("1", Text("Be plain."))]),
    };

    private static readonly SessionRulesContext Known = new(null, "m") { Prompts = Stored };

    public static TheoryData<string, string> Texts => Table.Two("""
        text                    | variables, or what is wrong
        Be kind.                | -
        {{a}}                   | a
        {{a}}{{b}} {{ a }}      | a b
        a {b} }} {              | -
        {{{a}}}                 | "{a" at character 1 is not the name of a variable
        x {{a                   | the {{ at character 3 is not closed
        {{}}                    | "" at character 1 is not the name of a variable
        {{1a}}                  | "1a" at character 1 is not the name of a variable
        {{a b}}                 | "a b" at character 1 is not the name of a variable
        {{a {{b}}               | "a {{b" at character 1 is not the name of a variable
        """);

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_has_variables_or_is_wrong_at_a_place(string text, string expected)
    {
        if (PromptText.TryParse(text, out PromptText? prompt, out string? error)) { Assert.Equal(expected.Trim('-'), string.Join(' ', prompt.Variables)); }
        else { Assert.StartsWith(expected, error, StringComparison.Ordinal); }
    }

    // Bodies one after another (";"): the first creates, the others patch. Then whose instructions count, and what is echoed.
    public static TheoryData<string, string, string> Chosen => Table.Three("""
        bodies                                                                                                        | instructions                                    | prompt
        "prompt":{"id":"plain"}                                                                                       | Be plain.                                       | {"id":"plain"}
        "prompt":{"id":"plain","version":null,"variables":null}                                                       | Be plain.                                       | {"id":"plain","version":null,"variables":null}
        "prompt":{"id":"greet","version":"1","variables":{"name":"Ada"}}                                              | Greet Ada.                                      | {"id":"greet","version":"1","variables":{"name":"Ada"}}
        "prompt":{"id":"greet","variables":{"name":"Ada","_town1":"Bonn"}}                                            | Greet Ada of Bonn; Ada is in a hurry.           | {"id":"greet","variables":{"name":"Ada","_town1":"Bonn"}}
        "prompt":{"id":"greet","version":"1","variables":{"name":{"type":"input_text","text":"{{name}}"}}}            | Greet {{name}}.                                 | {"id":"greet","version":"1","variables":{"name":{"type":"input_text","text":"{{name}}"}}}
        "instructions":"Mine.","prompt":{"id":"plain"}                                                                | Mine.                                           | {"id":"plain"}
        "instructions":"","prompt":{"id":"plain"}                                                                     |                                                 | {"id":"plain"}
        "instructions":"Mine." ; "prompt":{"id":"plain"}                                                              | Mine.                                           | {"id":"plain"}
        "instructions":"Mine.","prompt":{"id":"plain"} ; "instructions":null                                          | Be plain.                                       | {"id":"plain"}
        "prompt":{"id":"plain"} ; "instructions":"Mine." ; "prompt":null ; "instructions":null                        | (default)                                       | null
        "prompt":{"id":"plain"} ; "prompt":null                                                                       | (default)                                       | null
        "prompt":{"id":"plain"} ; "max_output_tokens":5                                                               | Be plain.                                       | {"id":"plain"}
        "prompt":{"id":"plain"} ; "prompt":{"id":"greet","version":"1","variables":{"name":"Bo"}}                     | Greet Bo.                                       | {"id":"greet","version":"1","variables":{"name":"Bo"}}
        """);

    [Theory]
    [MemberData(nameof(Chosen))]
    public void A_prompt_gives_the_instructions_where_nobody_gave_others_and_is_echoed_as_it_came(string bodies, string instructions, string prompt)
    {
        SessionConfig? session = null;
        foreach (string body in bodies.Split(" ; "))
        {
            JsonElement json = JsonElement.Parse($$"""{"type":"realtime",{{body}}}""");
            RealtimeError? error;
            Assert.True(session is null
                ? SessionRules.TryCreate(json, Known, out session, out error)
                : SessionRules.TryPatch(session, json, audioStarted: false, [], out session, out error), error?.Message);
        }
        var told = JsonElement.Parse(RealtimeJson.Write(session!));
        Assert.Equal(instructions, told.GetProperty("instructions").GetString()!.Replace(SessionConfig.DefaultInstructions, "(default)", StringComparison.Ordinal));
        Assert.Equal(prompt, told.GetProperty("prompt").GetRawText());
    }

    public static TheoryData<string, string, string> Refused => Table.Three("""
        prompt                                                                        | code                       | param
        {"id":"nobodys"}                                                              | invalid_value              | prompt.id
        {"id":7}                                                                      | invalid_type               | prompt.id
        {"id":"plain","version":"2"}                                                  | invalid_value              | prompt.version
        {"id":"plain","version":2}                                                    | invalid_type               | prompt.version
        {"id":"plain","variables":{"name":"Ada"}}                                     | unknown_parameter          | prompt.variables.name
        {"id":"greet","version":"1"}                                                  | missing_required_parameter | prompt.variables.name
        {"id":"greet","version":"1","variables":{"name":null}}                        | missing_required_parameter | prompt.variables.name
        {"id":"greet","variables":{"name":"Ada"}}                                     | missing_required_parameter | prompt.variables._town1
        {"id":"greet","version":"1","variables":{"name":7}}                           | invalid_type               | prompt.variables.name
        {"id":"greet","version":"1","variables":{"name":{"type":"input_image"}}}      | invalid_value              | prompt.variables.name.type
        {"id":"greet","version":"1","variables":{"name":{"type":"input_text"}}}       | missing_required_parameter | prompt.variables.name.text
        {"id":"greet","version":"1","variables":[]}                                   | invalid_type               | prompt.variables
        {"id":"plain","name":"x"}                                                     | unknown_parameter          | prompt.name
        """);

    // At accept, in an update and for one response; nothing changes and nothing begins.
    [Theory]
    [MemberData(nameof(Refused))]
    public void A_prompt_that_cannot_be_had_is_refused_by_the_exact_member(string prompt, string code, string param)
    {
        var session = JsonElement.Parse($$"""{"type":"realtime","prompt":{{prompt}}}""");
        Assert.False(SessionRules.TryCreate(session, Known, out _, out RealtimeError? error));
        Assert.Equal((code, "session." + param), (error.Code, error.Param));

        Assert.True(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime"}"""), Known, out SessionConfig? before, out error), error?.Message);
        Assert.False(SessionRules.TryPatch(before, session, audioStarted: false, [], out _, out error));
        Assert.Equal((code, "session." + param), (error.Code, error.Param));

        Assert.False(SessionRules.TryOverride(before, JsonElement.Parse($$"""{"prompt":{{prompt}}}"""), audioStarted: false, [], out _, out error));
        Assert.Equal((code, "response." + param), (error.Code, error.Param));
    }

    [Theory]
    [InlineData("{}", "Mine.")]
    [InlineData("""{"prompt":{"id":"plain"}}""", "Be plain.")]
    [InlineData("""{"prompt":{"id":"plain"},"instructions":"Once."}""", "Once.")]
    [InlineData("""{"prompt":null}""", "Mine.")]
    public void A_response_has_its_own_prompt_before_the_instructions_of_its_session(string response, string instructions)
    {
        Assert.True(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","instructions":"Mine."}"""), Known, out SessionConfig? session, out _));
        Assert.True(SessionRules.TryOverride(session, JsonElement.Parse(response), audioStarted: false, [], out SessionConfig? config, out RealtimeError? error), error?.Message);
        Assert.Equal(instructions, config.Instructions);
    }

    [Fact]
    public void Variables_do_not_make_a_prompt_endless()
    {
        string value = new('x', Limits.PromptChars / 2);
        string body = """{"type":"realtime","prompt":{"id":"greet","variables":{"name":"LONG","_town1":"Bonn"}}}""".Replace("LONG", value, StringComparison.Ordinal);
        Assert.False(SessionRules.TryCreate(JsonElement.Parse(body), Known, out _, out RealtimeError? error));
        Assert.Equal(("invalid_value", "session.prompt.variables"), (error.Code, error.Param));
    }

    [Fact]
    public void A_refusal_says_which_prompts_and_versions_there_are()
    {
        Assert.False(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","prompt":{"id":"greet","version":"9"}}"""), Known, out _, out RealtimeError? error));
        Assert.Equal("Invalid value for 'session.prompt.version': '9'. Versions of the prompt 'greet' are: '1', '2'.", error.Message);
        Assert.False(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","prompt":{"id":"x"}}"""), Known, out _, out error));
        Assert.Equal("Invalid value for 'session.prompt.id': 'x'. Prompts of this project are: 'greet', 'plain'.", error.Message);
        Assert.False(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","prompt":{"id":"x"}}"""), new(null, "m"), out _, out error));
        Assert.Equal("Invalid value for 'session.prompt.id': 'x'. The configuration of this project has no prompts.", error.Message);
    }

    private static PromptText Text(string text) => PromptText.TryParse(text, out PromptText? prompt, out string? error) ? prompt : throw new ArgumentException(error);
}
