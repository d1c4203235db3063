namespace Switchhook.Realtime.Tests;

/// <summary>What clients do to the items of a conversation while others are being made.</summary>
public sealed class ItemStoryTests
{
    // A client that places items by it has no such item any more.
    [Fact]
    public void Done_names_the_item_that_stands_before_it_now() => Story.Holds("""
        session.created …
        > client {"type":"conversation.item.create","item":{"id":"u1","type":"message","role":"user","content":[]}}
        conversation.item.added previous_item_id=null u1 completed message/user []
        conversation.item.done previous_item_id=null u1 completed message/user []
        > client {"type":"response.create","response":{"output_modalities":["text"]}}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > text Hello
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id="u1" item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hello"
        > client {"type":"conversation.item.delete","item_id":"u1"}
        conversation.item.deleted item_id="u1"
        > message
        response.output_text.done response_id="resp1" item_id="item1" output_index=0 content_index=0 text="Hello"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":"Hello"}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_text","text":"Hello"}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_text","text":"Hello"}]
        > completed
        response.done resp1 completed items=1 tokens=2
        """);

    // The list of tools is asked for behind u1, its call comes behind the list; both neighbours go while they are waited for.
    [Fact]
    public void So_it_is_with_what_mcp_servers_are_waited_for()
    {
        string story = Story.Tell("""
            > client {"type":"conversation.item.create","item":{"id":"u1","type":"message","role":"user","content":[]}}
            > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"a","server_url":"https://a","require_approval":"never"}]}}
            > client {"type":"conversation.item.delete","item_id":"u1"}
            > listed item1 x
            > prompt
            > mcp a x {}
            > completed
            > client {"type":"conversation.item.delete","item_id":"item1"}
            > result item2 7
            """);
        Assert.Contains("conversation.item.added previous_item_id=\"u1\" item1 ", story, StringComparison.Ordinal);
        Assert.Contains("conversation.item.done previous_item_id=null item1 completed mcp_list_tools [x]", story, StringComparison.Ordinal);
        Assert.Contains("conversation.item.added previous_item_id=\"item1\" item2 ", story, StringComparison.Ordinal);
        Assert.Contains("conversation.item.done previous_item_id=null item2 completed mcp_call x({})", story, StringComparison.Ordinal);
    }

    // It counts when the response is done, and is answered then; an item that is gone by then has nothing to cut.
    [Fact]
    public void A_truncation_that_waits_for_its_response_ends_when_the_item_is_deleted() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 400 Hello
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hello"
        [audio resp1 item1 0 0 400ms]
        > client {"type":"conversation.item.truncate","item_id":"item1","content_index":0,"audio_end_ms":200,"event_id":"t1"}
        > client {"type":"conversation.item.truncate","item_id":"item1","content_index":0,"audio_end_ms":100,"event_id":"t2"}
        > client {"type":"conversation.item.delete","item_id":"item1","event_id":"d"}
        conversation.item.deleted item_id="item1"
        error item_truncate_invalid_item_id param=item_id event=t1
        error item_truncate_invalid_item_id param=item_id event=t2
        > completed
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="Hello"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"Hello"}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"Hello"}]
        response.done resp1 completed items=1 tokens=10
        """, SessionSurface.Socket);
}
