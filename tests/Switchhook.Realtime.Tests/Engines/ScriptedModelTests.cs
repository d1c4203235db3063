using System.Text.Json;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Mcp;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Engines;

public sealed class ScriptedModelTests
{
    // Who was held back by a slow reader asks for the next moment; a model that has words for now must not say "never".
    [Fact]
    public void What_a_model_has_ready_is_due_at_once()
    {
        Instant now = new(TimeSpan.TicksPerDay);
        ScriptedModel model = Model("flow: [say: one two three, wait_ms: 500, say: four]");
        Assert.Equal(Instant.Never, model.NextTimeout);
        model.Begin(now, new ResponseRequest("resp_1", new SessionConfig { Model = "m", OutputModalities = ["text"] }, false) { Input = [], Trigger = ResponseTrigger.Client });
        for (int word = 0; word < 3; word++)
        {
            Assert.True(model.NextTimeout <= now);
            Assert.True(model.TryTake(now, out _));
        }
        Assert.False(model.TryTake(now, out _));
        Assert.Equal(now + TimeSpan.FromMilliseconds(500), model.NextTimeout);
        now = model.NextTimeout;
        Assert.True(model.TryTake(now, out _) && model.TryTake(now, out _));
        Assert.Equal((true, Instant.Never), (model.IsQuiet, model.NextTimeout));
    }

    // The session has the functions book and cancel, and the MCP servers shop and bank with the tools find and list.
    [Theory]
    [InlineData("call_tool: book", "auto", "book")]
    [InlineData("call_tool: book", "required", "book")]
    [InlineData("call_tool: book", "none", "'book', and the 'tool_choice' of this response is 'none'")]
    [InlineData("call_tool: book", "function book", "book")]
    [InlineData("call_tool: book", "function cancel", "'book', and the 'tool_choice' of this response is the function 'cancel'")]
    [InlineData("call_tool: book", "mcp shop", "'book', and the 'tool_choice' of this response is any tool of the MCP server 'shop'")]
    [InlineData("{ call_tool: find, server: shop }", "auto", "shop.find")]
    [InlineData("{ call_tool: find, server: shop }", "none", "'shop', and the 'tool_choice' of this response is 'none'")]
    [InlineData("{ call_tool: find, server: shop }", "function book", "'shop', and the 'tool_choice' of this response is the function 'book'")]
    [InlineData("{ call_tool: find, server: shop }", "mcp shop", "shop.find")]
    [InlineData("{ call_tool: find, server: shop }", "mcp shop find", "shop.find")]
    [InlineData("{ call_tool: find, server: shop }", "mcp shop list", "'shop', and the 'tool_choice' of this response is the tool 'list' of the MCP server 'shop'")]
    [InlineData("{ call_tool: find, server: shop }", "mcp bank", "'shop', and the 'tool_choice' of this response is any tool of the MCP server 'bank'")]
    [InlineData("say: Hello", "required", "Hello")]
    [InlineData("say: Hello", "function book", "Hello")]
    public void A_script_calls_nothing_but_what_was_chosen(string step, string choice, string expected)
    {
        string[] chosen = [.. choice.Split(' '), null!, null!];
        ToolChoice toolChoice = chosen[0] == "mcp" ? new ToolChoice("mcp", chosen[2], chosen[1]) : new ToolChoice(chosen[0], chosen[1]);
        ScriptedModel model = Model($"flow: [{step}]");
        Assert.Contains(expected, Begun(model, toolChoice), StringComparison.Ordinal);
        if (expected.Length < 20) { return; }
        Assert.StartsWith("tool_not_allowed ", Begun(model, toolChoice), StringComparison.Ordinal);
        Assert.DoesNotContain("tool_not_allowed", Begun(model, ToolChoice.Auto), StringComparison.Ordinal);       // the step was still to be done
    }

    private static ScriptedModel Model(string yaml) =>
        new(ScriptReader.Read("s.yaml", yaml).Script!, new SpeechDesk(null, new SpeechTests.Silent()), null, () => { }, CancellationToken.None);

    // What a response begins with, when this choice is its own.
    private static string Begun(ScriptedModel model, ToolChoice choice)
    {
        Instant now = new(TimeSpan.TicksPerDay);
        var schema = JsonElement.Parse("{}");
        McpServerTools Server(string label) => new(new McpTool(label), [new McpToolDescription("find", "", schema), new McpToolDescription("list", "", schema)]);
        var config = new SessionConfig { Model = "m", OutputModalities = ["text"], Tools = [new FunctionTool("book"), new FunctionTool("cancel"), new McpTool("shop"), new McpTool("bank")], ToolChoice = choice };
        model.Begin(now, new ResponseRequest("resp_1", config, false) { Input = [], Trigger = ResponseTrigger.Client, McpServers = [Server("shop"), Server("bank")] });
        Assert.True(model.TryTake(now, out ScriptedOutput output));
        return ((ScriptedOutput.Part)output).Output switch
        {
            ModelOutput.Text text => text.Delta,
            ModelOutput.ToolCall call => call.Name,
            ModelOutput.McpCall call => $"{call.ServerLabel}.{call.Name}",
            ModelOutput.Failed failed => $"{failed.Error.Code} {failed.Error.Message}",
            var other => other.ToString(),
        };
    }
}
