using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>The lifecycles of realtime-api §6.4 as told stories: the inputs and, below each, all that the session then says and asks for.</summary>
public sealed class StoryTests
{
    private static void Holds(string story, SessionSurface surface = SessionSurface.Call, string config = """{"type":"realtime","model":"m"}""") =>
        Assert.Equal(story, Story.Tell(story, surface, config));

    [Fact]
    public void A_text_response_is_told_from_created_to_done() => Holds("""
        session.created …
        > client {"type":"response.create","response":{"output_modalities":["text"]}}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=0]
        > text Hel
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hel"
        > text lo
        response.output_text.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="lo"
        > completed
        response.output_text.done response_id="resp1" item_id="item1" output_index=0 content_index=0 text="Hello"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":"Hello"}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_text","text":"Hello"}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_text","text":"Hello"}]
        response.done resp1 completed items=1 tokens=2
        """);
}
