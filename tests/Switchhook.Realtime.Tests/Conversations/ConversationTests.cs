using System.Text.Json;
using Switchhook.Realtime.Conversations;

namespace Switchhook.Realtime.Tests.Conversations;

public sealed class ConversationTests
{
    // Whatever they are made of: four thousand items of twenty megabytes would be a machine's whole memory.
    [Theory]
    [InlineData("text")]
    [InlineData("audio")]
    [InlineData("image")]
    [InlineData("output")]
    [InlineData("arguments")]
    [InlineData("mcp schema")]
    [InlineData("mcp description")]
    [InlineData("mcp output")]
    [InlineData("mcp error")]
    [InlineData("mcp request")]
    [InlineData("mcp answer")]
    public void What_clients_put_into_a_conversation_has_a_weight_and_its_limit(string kind)
    {
        const int Tenth = (int)(Limits.ConversationBytes / 10);
        string text = new('x', Tenth);
        byte[] audio = new byte[Tenth];
        JsonElement empty = JsonElement.Parse("{}"), schema = kind == "mcp schema" ? JsonElement.Parse($$"""{"a":"{{text}}"}""") : empty;
        var conversation = new Conversation("conv_1");
        RealtimeError? error = null;
        bool Insert(string id)
        {
            Item item = kind switch
            {
                "text" => new MessageItem(ItemRole.User, [new InputTextPart(text)]),
                "audio" => new MessageItem(ItemRole.User, [new InputAudioPart { Audio = audio }]),
                "image" => new MessageItem(ItemRole.User, [new InputImagePart(text)]),
                "output" => new FunctionCallOutputItem("c", text),
                "mcp schema" => new McpListToolsItem("a", [new McpToolDescription("t", "", schema)]),
                "mcp description" => new McpListToolsItem("a", [new McpToolDescription("t", text, empty)]),
                "mcp output" => new McpCallItem("a", "t", "{}") { Output = text },
                "mcp error" => new McpCallItem("a", "t", "{}") { Error = McpError.Execution(text) },
                "mcp request" => new McpApprovalRequestItem("a", "t", text),
                "mcp answer" => new McpApprovalResponseItem("r", Approve: true, text),
                _ => new FunctionCallItem("f", "c", text),
            };
            return conversation.TryInsert(item with { Id = id }, null, out _, out error);
        }
        for (int n = 0; n < 9; n++) { Assert.True(Insert($"i{n}")); }
        Assert.False(Insert("last") && Insert("more"));
        Assert.Equal("conversation_full", error?.Code);
        Assert.True(conversation.Remove("i3"));
        Assert.True(Insert("again"));
        Assert.False(Insert("too") && Insert("many"));
    }
}
