using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

public sealed class UsageEstimateTests
{
    [Theory]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_text","text":"12345678"}]}""", 2)]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_audio","audio":"AAAA","transcript":"12345678"}]}""", 2)]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_audio","audio":"AAAA"}]}""", 0)]
    [InlineData("""{"type":"function_call_output","call_id":"c","output":"12345678"}""", 2)]
    public void Four_characters_of_what_a_client_gave_are_a_token(string item, int tokens)
    {
        Assert.True(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes($$"""{"type":"conversation.item.create","item":{{item}}}"""), out ClientEvent? create, out _, out _));
        Assert.Equal(tokens, UsageEstimate.Of(new Conversation.Entry(((ConversationItemCreate)create).Item, null)));
    }

    // Its words came from its sound, and a model is given one of them.
    [Fact]
    public void What_was_heard_is_counted_by_its_length_alone() => Assert.Equal(10, UsageEstimate.Of(
        new Conversation.Entry(new MessageItem(ItemRole.User, [new InputAudioPart("12345678")]), null) { Heard = TimeSpan.FromSeconds(1) }));

    [Theory]
    [InlineData("""{"type":"function","name":"12345678"}""", 2)]
    [InlineData("""{"type":"function","name":"1234","description":"5678"}""", 2)]
    [InlineData("""{"type":"function","name":"1234","parameters":{"a":{}}}""", 3)]
    public void A_tool_is_counted_with_its_parameters(string tool, int tokens)
    {
        JsonElement session = JsonElement.Parse($$"""{"type":"realtime","model":"m","instructions":"","tools":[{{tool}}]}""");
        Assert.True(SessionRules.TryCreate(session, default, out SessionConfig? config, out _));
        Assert.Equal(tokens, UsageEstimate.Instructions(config));
    }

    [Fact]
    public void The_tools_of_a_server_are_counted_with_their_schema() => Assert.Equal(3, UsageEstimate.Of(
        new Conversation.Entry(new McpListToolsItem("shop", [new McpToolDescription("1234", "", JsonElement.Parse("""{"a":{}}"""))]), null)));
}
