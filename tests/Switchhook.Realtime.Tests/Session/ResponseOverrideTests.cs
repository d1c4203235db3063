using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Session;

/// <summary>What <c>response</c> in response.create says of one response, against a session that differs from the defaults in every member that it may override.</summary>
public sealed class ResponseOverrideTests
{
    private const string Members = """
        "instructions":"Mine.","output_modalities":["text"],"max_output_tokens":500,"tool_choice":"required","parallel_tool_calls":true,
        "tools":[{"type":"function","name":"book_table"},{"type":"mcp","server_label":"a","server_url":"https://u","authorization":"hush"}],
        "reasoning":{"effort":"high"},"audio":{"output":{"format":{"type":"audio/pcmu"},"voice":"marin","speed":1.2}}
        """;

    private static readonly SessionRulesContext Context = new(null, "m") { Prompts = new Dictionary<string, StoredPrompt> { ["plain"] = new([new("1", Plain)]) } };

    private static PromptText Plain => PromptText.TryParse("Be plain.", out PromptText? prompt, out _) ? prompt : throw new InvalidOperationException();

    // Clients that write all members of their records ask for nothing by a null.
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"instructions":null}""")]
    [InlineData("""{"output_modalities":null}""")]
    [InlineData("""{"audio":null}""")]
    [InlineData("""{"audio":{}}""")]
    [InlineData("""{"audio":{"output":null}}""")]
    [InlineData("""{"audio":{"output":{"format":null}}}""")]
    [InlineData("""{"audio":{"output":{"format":{"type":null}}}}""")]
    [InlineData("""{"audio":{"output":{"format":{"type":"audio/pcmu","rate":null}}}}""")]
    [InlineData("""{"audio":{"output":{"voice":null}}}""")]
    [InlineData("""{"audio":{"output":{"speed":null}}}""")]
    [InlineData("""{"tools":null}""")]
    [InlineData("""{"tool_choice":null}""")]
    [InlineData("""{"parallel_tool_calls":null}""")]
    [InlineData("""{"reasoning":null}""")]
    [InlineData("""{"reasoning":{"effort":null}}""")]
    [InlineData("""{"max_output_tokens":null}""")]
    [InlineData("""{"prompt":null}""")]
    [InlineData("""{"prompt":null,"instructions":null}""")]
    [InlineData("""{"conversation":null,"input":null,"metadata":null,"temperature":null}""")]
    public void Null_is_as_the_session_has_it_at_every_depth(string response)
    {
        foreach (string prompt in new[] { "null", """{"id":"plain"}""" })
        {
            SessionConfig session = Created($$"""{"type":"realtime","prompt":{{prompt}},{{Members}}}""");
            SessionConfig config = Overridden(session, response);
            Assert.Equal(Written(session), Written(config));
            Assert.Same(session.Tools, config.Tools);
        }
        SessionConfig prompted = Created("""{"type":"realtime","prompt":{"id":"plain"}}""");
        Assert.Equal("Be plain.", Overridden(prompted, response).Instructions);
    }

    [Theory]
    [InlineData("""{"instructions":"","output_modalities":null}""", """{"instructions":""}""")]
    [InlineData("""{"tools":[],"tool_choice":null}""", """{"tools":[]}""")]
    [InlineData("""{"audio":{"output":{"voice":null,"format":{"type":"audio/pcma","rate":null}}}}""", """{"audio":{"output":{"format":{"type":"audio/pcma"}}}}""")]
    [InlineData("""{"tool_choice":{"type":"mcp","name":null,"server_label":"a"}}""", """{"tool_choice":{"type":"mcp","server_label":"a"}}""")]
    [InlineData("""{"prompt":{"id":"plain","version":null,"variables":null},"instructions":null}""", """{"prompt":{"id":"plain","version":null,"variables":null}}""")]
    public void What_stands_beside_a_null_counts(string response, string without)
    {
        SessionConfig session = Created($$"""{"type":"realtime",{{Members}}}""");
        Assert.Equal(Written(Overridden(session, without)), Written(Overridden(session, response)));
        Assert.NotEqual(Written(session), Written(Overridden(session, response)));
    }

    // A server whose credentials were cleared would be asked anew, for the whole session.
    [Theory]
    [InlineData("""{"type":"mcp","server_label":"a","server_url":null,"connector_id":null,"authorization":null,"headers":null,"allowed_tools":null,"require_approval":null,"defer_loading":null}""")]
    [InlineData("""{"type":"mcp","server_label":"a","server_url":"https://u","authorization":null,"headers":null,"allowed_tools":["x"],"require_approval":"never"}""")]
    public void Null_in_a_tool_leaves_an_mcp_server_as_it_was_defined(string tool)
    {
        var server = new McpTool("a") { ServerUrl = "https://u", Authorization = "hush", AllowedTools = JsonElement.Parse("""["x"]"""), RequireApproval = JsonElement.Parse("\"never\"") };
        SessionConfig session = Created($$"""{"type":"realtime",{{Members}}}""") with { Tools = [server] };
        Assert.True(SessionRules.TryOverride(session, JsonElement.Parse($$"""{"tools":[{{tool}}]}"""), audioStarted: true, [server], out SessionConfig? config, out RealtimeError? error), error?.Message);
        Assert.Equal(Written(session), Written(config));
        Assert.Equal("hush", Assert.IsType<McpTool>(Assert.Single(config.Tools)).Authorization);
    }

    private static SessionConfig Created(string session)
    {
        Assert.True(SessionRules.TryCreate(JsonElement.Parse(session), Context, out SessionConfig? config, out RealtimeError? error), error?.Message);
        return config;
    }

    // The session has spoken: another voice would be refused.
    private static SessionConfig Overridden(SessionConfig session, string response)
    {
        Assert.True(SessionRules.TryOverride(session, JsonElement.Parse(response), audioStarted: true, [], out SessionConfig? config, out RealtimeError? error), error?.Message);
        return config;
    }

    private static string Written(SessionConfig config) => Encoding.UTF8.GetString(RealtimeJson.Write(config));
}
