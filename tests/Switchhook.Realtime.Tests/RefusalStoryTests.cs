namespace Switchhook.Realtime.Tests;

/// <summary>What is refused, with the codes that clients match on (realtime-api §6.5) and the id of the event that caused it.</summary>
public sealed class RefusalStoryTests
{
    [Fact]
    public void Each_refusal_has_its_code_and_the_clients_event_id() => Story.Holds("""
        session.created …
        > client {"type":"input_audio_buffer.append","audio":"AAAA","event_id":"a"}
        error invalid_value param=type event=a
        > client {"type":"conversation.item.truncate","item_id":"nope","content_index":0,"audio_end_ms":0,"event_id":"b"}
        error item_truncate_invalid_item_id param=item_id event=b
        > client {"type":"conversation.item.delete","item_id":"nope","event_id":"c"}
        error item_delete_invalid_item_id param=item_id event=c
        > client {"type":"conversation.item.retrieve","item_id":"nope","event_id":"d"}
        error item_retrieve_invalid_item_id param=item_id event=d
        > client {"type":"session.update","session":{"instructions":"x"},"event_id":"e"}
        error missing_required_parameter param=session.type event=e
        > client {"type":"conversation.item.create","previous_item_id":"nope","item":{"type":"message","role":"user","content":[]},"event_id":"f"}
        error invalid_value param=previous_item_id event=f
        > client {"type":"response.create","response":{"input":[{"type":"item_reference","id":"nope"}]},"event_id":"g"}
        error invalid_value param=response.input[0].id event=g
        > client {"type":"response.create","response":{"metadata":{"a":1}},"event_id":"h"}
        error invalid_type param=response.metadata.a event=h
        > client {"type":"response.create","response":{"tool_choice":"required"},"event_id":"i"}
        response.created resp1 in_progress
        rate_limits.updated
        response.done resp1 failed/no_tools tokens=0
        > prompt
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Prompt input=0]
        > speech 100 Hi.
        [say 1 100ms]
        response.output_item.added response_id="resp2" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp2" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > completed
        [say 1 0ms last]
        > started 1
        output_audio_buffer.started response_id="resp2"
        response.output_audio_transcript.delta response_id="resp2" item_id="item1" output_index=0 content_index=0 delta="Hi."
        response.output_audio.done response_id="resp2" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp2" item_id="item1" output_index=0 content_index=0 transcript="Hi."
        response.content_part.done response_id="resp2" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"Hi."}
        response.output_item.done response_id="resp2" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"Hi."}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_audio","transcript":"Hi."}]
        response.done resp2 completed items=1 tokens=3
        > stopped 1
        output_audio_buffer.stopped response_id="resp2"
        > client {"type":"session.update","session":{"type":"realtime","audio":{"output":{"voice":"marin"}}},"event_id":"j"}
        error cannot_update_voice param=session.audio.output.voice event=j
        > client {"type":"conversation.item.truncate","item_id":"item1","content_index":0,"audio_end_ms":101,"event_id":"k"}
        error invalid_value param=audio_end_ms event=k
        > client {"type":"conversation.item.truncate","item_id":"item1","content_index":0,"audio_end_ms":100}
        conversation.item.truncated item_id="item1" content_index=0 audio_end_ms=100
        > wait 3600000
        error session_expired param= event=
        [over]
        > client {"type":"response.create"}
        """);

    [Fact]
    public void A_function_that_was_chosen_has_to_be_among_the_tools() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"function","name":"f"}}}
        session.updated …
        > client {"type":"response.create","response":{"tools":[{"type":"function","name":"g"}]}}
        response.created resp1 in_progress
        rate_limits.updated
        response.done resp1 failed/no_tools tokens=0
        > client {"type":"response.create","response":{"tools":[]}}
        response.created resp2 in_progress
        rate_limits.updated
        response.done resp2 failed/no_tools tokens=0
        > client {"type":"response.create"}
        response.created resp3 in_progress
        rate_limits.updated
        [generate resp3 Client input=0]
        """);

    [Fact]
    public void Items_go_where_the_client_puts_them() => Story.Holds("""
        session.created …
        > client {"type":"conversation.item.create","item":{"id":"a","type":"message","role":"user","content":[{"type":"input_audio","audio":"AAAA"}]}}
        conversation.item.added previous_item_id=null a completed message/user [{"type":"input_audio","transcript":null}]
        conversation.item.done previous_item_id=null a completed message/user [{"type":"input_audio","transcript":null}]
        > client {"type":"conversation.item.create","previous_item_id":"root","item":{"id":"b","type":"message","role":"system","content":[{"type":"input_text","text":"Be kind."}]}}
        conversation.item.added previous_item_id=null b completed message/system [{"type":"input_text","text":"Be kind."}]
        conversation.item.done previous_item_id=null b completed message/system [{"type":"input_text","text":"Be kind."}]
        > client {"type":"conversation.item.create","previous_item_id":"b","item":{"id":"c","type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi."}]}}
        conversation.item.added previous_item_id="b" c completed message/assistant [{"type":"output_text","text":"Hi."}]
        conversation.item.done previous_item_id="b" c completed message/assistant [{"type":"output_text","text":"Hi."}]
        > client {"type":"conversation.item.create","item":{"id":"a","type":"message","role":"user","content":[]}}
        error invalid_value param=item.id event=
        > client {"type":"conversation.item.retrieve","item_id":"a"}
        conversation.item.retrieved a completed message/user [{"type":"input_audio","transcript":null,"audio":"AAAA"}]
        > client {"type":"conversation.item.delete","item_id":"c"}
        conversation.item.deleted item_id="c"
        > client {"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":0}
        error invalid_value param=item_id event=
        """);

    // Nothing is lost by it: with room for the item the same audio is committed.
    [Fact]
    public void A_commit_that_finds_no_room_is_refused_with_its_event_id_and_keeps_the_audio()
    {
        IEnumerable<string> items = Enumerable.Range(0, Limits.ConversationItems)
            .Select(n => $$"""> client {"type":"conversation.item.create","item":{"id":"i{{n}}","type":"message","role":"user","content":[]} }""");
        string story = Story.Tell(string.Join('\n', [
            """> client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}""",
            .. items, "> hear 200 0", "> quiet",
            """> client {"type":"input_audio_buffer.commit","event_id":"full"}""", """> client {"type":"conversation.item.delete","item_id":"i9"}""", """> client {"type":"input_audio_buffer.commit"}"""]));
        Assert.Equal("""
            yes
            > client {"type":"input_audio_buffer.commit","event_id":"full"}
            error conversation_full param= event=full
            > client {"type":"conversation.item.delete","item_id":"i9"}
            conversation.item.deleted item_id="i9"
            > client {"type":"input_audio_buffer.commit"}
            [keep item1 200ms]
            input_audio_buffer.committed item_id="item1" previous_item_id="i4095"
            conversation.item.added previous_item_id="i4095" item1 completed message/user [{"type":"input_audio","transcript":null}]
            conversation.item.done previous_item_id="i4095" item1 completed message/user [{"type":"input_audio","transcript":null}]
            """, story[(story.IndexOf("> quiet\n", StringComparison.Ordinal) + 8)..]);
    }
}
