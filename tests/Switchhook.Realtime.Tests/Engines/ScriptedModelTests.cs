using System.Text.Json;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Mcp;
using Switchhook.Realtime.Responses;
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

    // Told on a socket of its own: the second response makes the call that the first had no room for, and its output is answered.
    [Fact]
    public async Task A_call_that_was_not_made_is_made_by_the_next_response()
    {
        await using var socket = new ScriptedSocket(
            "flow: [say: One, call_tool: book, say: two]", """{"output_modalities":["text"],"tools":[{"type":"function","name":"book"}]}""");
        for (int round = 0; round < 2; round++)
        {
            socket.Say("""{"type":"response.create","response":{"max_output_tokens":1}}""");
            Response none = socket.RunUntil<ResponseDone>().Response;
            Assert.Equal((ResponseStatus.Incomplete, 1 - round, 1 - round), (none.Status, none.Output.Count, none.Usage!.OutputTokens));
        }
        socket.Say("""{"type":"response.create"}""");
        var call = Assert.IsType<FunctionCallItem>(Assert.Single(socket.RunUntil<ResponseDone>().Response.Output));
        socket.Say($$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{call.CallId}}","output":"ok"} }""");
        socket.Say("""{"type":"response.create"}""");
        Assert.Equal("two", socket.RunUntil<ResponseOutputTextDone>().Text);
    }

    // The call of the first response was made, and stays made: the words about it are what has no room.
    [Fact]
    public async Task A_call_that_was_made_is_not_made_again_for_words_that_had_no_room()
    {
        await using var socket = new ScriptedSocket(
            "flow: [call_tool: book, say: two]", """{"output_modalities":["text"],"tools":[{"type":"function","name":"book"}]}""");
        socket.Say("""{"type":"response.create"}""");
        var call = Assert.IsType<FunctionCallItem>(Assert.Single(socket.RunUntil<ResponseDone>().Response.Output));
        socket.Say("""{"type":"response.create","response":{"max_output_tokens":1}}""");
        Assert.Equal(ResponseStatus.Incomplete, socket.RunUntil<ResponseDone>().Response.Status);
        socket.Say($$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{call.CallId}}","output":"ok"} }""");
        socket.Say("""{"type":"response.create"}""");
        Assert.Equal("two", socket.RunUntil<ResponseOutputTextDone>().Text);
    }

    // Generated, and told to nobody: the caller or the client cut in before the words in front of it were heard.
    [Fact]
    public async Task A_call_that_nobody_was_told_of_is_made_by_the_next_response()
    {
        await using var call = new ScriptedCall(
            "flow: [say: One moment, call_tool: book, say: two]", """{"tools":[{"type":"function","name":"book"}]}""")
        { IsAnswered = false };
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.Run(1000);
        Assert.DoesNotContain(call.Events, e => e is ResponseFunctionCallArgumentsDone);
        call.Post(new ResponseCancel());
        call.RunUntil("response.done");
        Assert.Equal(ResponseStatus.Cancelled, call.Events.OfType<ResponseDone>().Last().Response.Status);
        call.IsAnswered = true;
        call.Post(new ResponseCreate());
        call.RunUntil("response.done");
        Assert.Single(call.Events, e => e is ResponseFunctionCallArgumentsDone);
        call.Answer("ok");
        call.RunUntil("response.done");
        Assert.Equal("two", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
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
