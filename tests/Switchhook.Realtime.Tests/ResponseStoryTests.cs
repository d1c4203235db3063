using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>Responses from created to done, as realtime-api §6.4 orders them: the inputs and, below each, all that the session then says and asks for.</summary>
public sealed class ResponseStoryTests
{
    [Fact]
    public void A_text_response_is_told_from_created_to_done() => Story.Holds("""
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

    [Fact]
    public void The_caller_speaks_and_is_answered_aloud() => Story.Holds("""
        session.created …
        > hear 200 0
        > hear 400 0.9
        input_audio_buffer.speech_started item_id="item1" audio_start_ms=0
        > hear 200 0.1
        input_audio_buffer.speech_stopped item_id="item1" audio_end_ms=800
        [keep item1 800ms]
        input_audio_buffer.committed item_id="item1" previous_item_id=null
        conversation.item.added previous_item_id=null item1 completed message/user [{"type":"input_audio","transcript":null}]
        conversation.item.done previous_item_id=null item1 completed message/user [{"type":"input_audio","transcript":null}]
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Turn input=1]
        > speech 400 Hello there,_
        [say 1 400ms]
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress message/assistant []
        conversation.item.added previous_item_id="item1" item2 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item2" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > speech 400 how are you?
        [say 1 400ms]
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item2" output_index=0 content_index=0 delta="Hello there, "
        response.output_audio_transcript.delta response_id="resp1" item_id="item2" output_index=0 content_index=0 delta="how are you?"
        > speech 100
        [say 1 100ms]
        > completed
        [say 1 0ms last]
        response.output_audio.done response_id="resp1" item_id="item2" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item2" output_index=0 content_index=0 transcript="Hello there, how are you?"
        response.content_part.done response_id="resp1" item_id="item2" output_index=0 content_index=0 part={"type":"audio","transcript":"Hello there, how are you?"}
        response.output_item.done response_id="resp1" output_index=0 item2 completed message/assistant [{"type":"output_audio","transcript":"Hello there, how are you?"}]
        conversation.item.done previous_item_id="item1" item2 completed message/assistant [{"type":"output_audio","transcript":"Hello there, how are you?"}]
        response.done resp1 completed items=1 tokens=25
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        > quiet
        yes
        """);

    [Fact]
    public void Of_two_spoken_items_the_first_sound_starts_and_the_last_one_stops() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 500 First.
        [say 1 500ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > message
        [say 1 0ms last]
        > speech 500 Second.
        [say 2 500ms]
        > completed
        [say 2 0ms last]
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="First."
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="First."
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"First."}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"First."}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_audio","transcript":"First."}]
        response.output_item.added response_id="resp1" output_index=1 item2 in_progress message/assistant []
        conversation.item.added previous_item_id="item1" item2 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item2" output_index=1 content_index=0 part={"type":"audio","transcript":""}
        response.output_audio_transcript.delta response_id="resp1" item_id="item2" output_index=1 content_index=0 delta="Second."
        response.output_audio.done response_id="resp1" item_id="item2" output_index=1 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item2" output_index=1 content_index=0 transcript="Second."
        response.content_part.done response_id="resp1" item_id="item2" output_index=1 content_index=0 part={"type":"audio","transcript":"Second."}
        response.output_item.done response_id="resp1" output_index=1 item2 completed message/assistant [{"type":"output_audio","transcript":"Second."}]
        conversation.item.done previous_item_id="item1" item2 completed message/assistant [{"type":"output_audio","transcript":"Second."}]
        response.done resp1 completed items=2 tokens=24
        > stopped 1
        > started 2
        > stopped 2
        output_audio_buffer.stopped response_id="resp1"
        """);

    // A drained call does not wait for the answer to a call that nobody made.
    [Fact]
    public void A_function_call_that_a_client_remembers_is_not_waited_for() => Story.Holds("""
        session.created …
        > client {"type":"conversation.item.create","item":{"type":"function_call","name":"weather","call_id":"c","arguments":"{}"}}
        conversation.item.added previous_item_id=null item1 completed function_call weather({})
        conversation.item.done previous_item_id=null item1 completed function_call weather({})
        > quiet
        yes
        """);

    [Fact]
    public void A_function_is_called_and_its_output_leads_on() => Story.Holds("""
        session.created …
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=0]
        > call weather {"city":"Bergen"}
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress function_call weather()
        conversation.item.added previous_item_id=null item1 in_progress function_call weather()
        response.function_call_arguments.delta response_id="resp1" item_id="item1" output_index=0 call_id="call1" delta="{\"city\":\"Bergen\"}"
        response.function_call_arguments.done response_id="resp1" item_id="item1" output_index=0 call_id="call1" name="weather" arguments="{\"city\":\"Bergen\"}"
        response.output_item.done response_id="resp1" output_index=0 item1 completed function_call weather({"city":"Bergen"})
        conversation.item.done previous_item_id=null item1 completed function_call weather({"city":"Bergen"})
        > completed
        response.done resp1 completed items=1 tokens=6
        > quiet
        no
        > client {"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"call1","output":"{\"rain\":true}"}}
        conversation.item.added previous_item_id="item1" item2 completed function_call_output {"rain":true}
        conversation.item.done previous_item_id="item1" item2 completed function_call_output {"rain":true}
        > client {"type":"response.create"}
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Client input=2]
        > text Rain.
        response.output_item.added response_id="resp2" output_index=0 item3 in_progress message/assistant []
        conversation.item.added previous_item_id="item2" item3 in_progress message/assistant []
        response.content_part.added response_id="resp2" item_id="item3" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp2" item_id="item3" output_index=0 content_index=0 delta="Rain."
        > completed
        response.output_text.done response_id="resp2" item_id="item3" output_index=0 content_index=0 text="Rain."
        response.content_part.done response_id="resp2" item_id="item3" output_index=0 content_index=0 part={"type":"text","text":"Rain."}
        response.output_item.done response_id="resp2" output_index=0 item3 completed message/assistant [{"type":"output_text","text":"Rain."}]
        conversation.item.done previous_item_id="item2" item3 completed message/assistant [{"type":"output_text","text":"Rain."}]
        response.done resp2 completed items=1 tokens=2
        > quiet
        yes
        """);

    // §6.5: nothing active is a harmless error.
    [Fact]
    public void A_cancelled_response_is_played_to_its_end() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 1000 One two three four
        [say 1 1000ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="One two three four"
        > client {"type":"response.cancel"}
        [stop resp1]
        [say 1 0ms last]
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="One two three four"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"One two three four"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four"}]
        response.done resp1 cancelled/client_cancelled items=1 tokens=25
        > client {"type":"response.cancel","event_id":"again"}
        error response_cancel_not_active param= event=again
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        """);

    // §9.16: something may be said while something else is waited for.
    [Fact]
    public void A_response_outside_the_conversation_runs_beside_the_active_one() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 500 Hm.
        [say 1 500ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hm."
        > client {"type":"response.create","response":{"conversation":"none","output_modalities":["text"],"metadata":{"topic":"x"},"input":[]}}
        response.created resp2 in_progress apart
        rate_limits.updated
        [generate resp2 Client input=0]
        > text positive
        response.output_item.added response_id="resp2" output_index=0 item2 in_progress message/assistant []
        response.content_part.added response_id="resp2" item_id="item2" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp2" item_id="item2" output_index=0 content_index=0 delta="positive"
        > completed
        response.output_text.done response_id="resp2" item_id="item2" output_index=0 content_index=0 text="positive"
        response.content_part.done response_id="resp2" item_id="item2" output_index=0 content_index=0 part={"type":"text","text":"positive"}
        response.output_item.done response_id="resp2" output_index=0 item2 completed message/assistant [{"type":"output_text","text":"positive"}]
        response.done resp2 completed apart items=1 tokens=2
        > client {"type":"response.create","event_id":"third"}
        error conversation_already_has_active_response param= event=third
        """);

    [Fact]
    public void A_failed_response_says_why() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 500 I will
        [say 1 500ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="I will"
        > failed engine_lost
        [say 1 0ms last]
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="I will"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"I will"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":"I will"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":"I will"}]
        response.done resp1 failed/engine_lost items=1 tokens=12
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        """);

    [Fact]
    public void A_response_stops_at_its_output_tokens() => Story.Holds("""
        session.created …
        > client {"type":"response.create","response":{"output_modalities":["text"],"max_output_tokens":3}}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=0]
        > text One two four
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="One two four"
        > text ,
        [stop resp1]
        response.output_text.done response_id="resp1" item_id="item1" output_index=0 content_index=0 text="One two four"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":"One two four"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_text","text":"One two four"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_text","text":"One two four"}]
        response.done resp1 incomplete/max_output_tokens items=1 tokens=3
        > text .
        """);

    // Who runs tools on output_item.done would run one that the limit forbade (§7.3, 6).
    [Theory]
    [InlineData("call book_table {}")]
    [InlineData("mcp shop book_table {}")]
    public void A_call_for_which_there_are_no_tokens_is_not_made(string call) => Story.Holds("""
        session.created …
        > client {"type":"response.create","response":{"output_modalities":["text"],"max_output_tokens":3}}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=0]
        > text One
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="One"
        > CALL
        [stop resp1, no call]
        response.output_text.done response_id="resp1" item_id="item1" output_index=0 content_index=0 text="One"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"text","text":"One"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_text","text":"One"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_text","text":"One"}]
        response.done resp1 incomplete/max_output_tokens items=1 tokens=1
        > completed
        > quiet
        yes
        """.Replace("CALL", call, StringComparison.Ordinal));

    // What is told waits for the ear; the end does not.
    [Fact]
    public void What_is_beyond_the_output_tokens_is_not_heard() => Story.Holds("""
        session.created …
        > client {"type":"response.create","response":{"max_output_tokens":8}}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=0]
        > speech 200 One_
        [say 1 200ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > speech 200 two_
        [stop resp1]
        [say 1 0ms last]
        > speech 200 three
        > completed
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="One "
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="One "
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"One "}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":"One "}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":"One "}]
        response.done resp1 incomplete/max_output_tokens items=1 tokens=5
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        """);

    // A limit is one for whoever begins: a client is told, a model asks again.
    [Fact]
    public void Nothing_begins_beside_eight_responses()
    {
        const string Beside = """> client {"type":"response.create","response":{"conversation":"none","input":[]}}""";
        string story = Story.Tell(string.Join('\n', [.. Enumerable.Repeat(Beside, 9), "> prompt", "> completed", "> prompt"]));
        Assert.Contains("error too_many_responses", story, StringComparison.Ordinal);
        Assert.EndsWith("> prompt\n> completed\nresponse.done resp8 completed apart tokens=0\n> prompt\nresponse.created resp9 in_progress\nrate_limits.updated\n[generate resp9 Prompt input=0]", story, StringComparison.Ordinal);
    }

    // realtime-api §6.4, 7: behind the words, as long as somebody wants it; in deltas of half a second.
    [Fact]
    public void Who_asks_for_the_audio_of_a_call_gets_it_where_the_words_are_told() => Story.Holds("""
        session.created …
        > audio on
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 700 Hello_
        [say 1 700ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > speech 100 there
        [say 1 100ms]
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hello "
        [audio resp1 item1 0 0 500ms]
        [audio resp1 item1 0 0 200ms]
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="there"
        [audio resp1 item1 0 0 100ms]
        > audio off
        > speech 300 , Ada.
        [say 1 300ms]
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta=", Ada."
        > audio on
        > speech 100
        [say 1 100ms]
        [audio resp1 item1 0 0 100ms]
        > completed
        [say 1 0ms last]
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="Hello there, Ada."
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"Hello there, Ada."}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"Hello there, Ada."}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_audio","transcript":"Hello there, Ada."}]
        response.done resp1 completed items=1 tokens=29
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        """);

    [Fact]
    public void A_client_with_its_own_loudspeaker_gets_audio_and_truncates_for_itself() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 400 Hello_
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hello "
        [audio resp1 item1 0 0 400ms]
        > speech 400 there
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="there"
        [audio resp1 item1 0 0 400ms]
        > hear 60 0.9
        input_audio_buffer.speech_started item_id="item2" audio_start_ms=0
        [stop resp1]
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="Hello there"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"Hello there"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":"Hello there"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":"Hello there"}]
        response.done resp1 cancelled/turn_detected items=1 tokens=19
        > client {"type":"output_audio_buffer.clear","event_id":"x"}
        error invalid_value param=type event=x
        > client {"type":"conversation.item.truncate","item_id":"item1","content_index":0,"audio_end_ms":400}
        conversation.item.truncated item_id="item1" content_index=0 audio_end_ms=400
        """, SessionSurface.Socket);

    [Fact]
    public void What_nobody_has_heard_of_a_response_outside_the_conversation_is_not_played_once_it_is_cancelled() => Story.Holds("""
        session.created …
        > client {"type":"response.create","response":{"conversation":"none","input":[]}}
        response.created resp1 in_progress apart
        rate_limits.updated
        [generate resp1 Client input=0]
        > speech 1000 One two three
        [say 1 1000ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > client {"type":"response.cancel","response_id":"resp1"}
        [stop resp1]
        [cut 1]
        > cut 0 0
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript=""
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":""}]
        response.done resp1 cancelled/client_cancelled apart items=1 tokens=0
        > quiet
        yes
        """);

    // The response has it in its output; the conversation has it no more.
    [Fact]
    public void An_item_that_is_deleted_while_it_is_made_does_not_come_back()
    {
        string story = Story.Tell("""
            > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"shop","server_url":"https://shop.example/mcp","require_approval":"never"}]}}
            > listed item1 find
            > prompt
            > text Hello
            > client {"type":"conversation.item.delete","item_id":"item2"}
            > client {"type":"conversation.item.create","item":{"id":"item2","type":"message","role":"user","content":[]}}
            > mcp shop find {}
            > client {"type":"conversation.item.delete","item_id":"item3"}
            > result item3 1
            > completed
            """);
        Assert.Contains("response.output_item.done response_id=\"resp1\" output_index=0 item2 completed", story, StringComparison.Ordinal);
        Assert.Contains("response.output_item.done response_id=\"resp1\" output_index=1 item3 completed", story, StringComparison.Ordinal);
        Assert.DoesNotMatch("conversation\\.item\\.done [^\n]*(item2 completed message/assistant|item3)", story);
        Assert.EndsWith("response.done resp1 completed items=2 tokens=3", story, StringComparison.Ordinal);
    }

    // The words are withheld, and so is their sound, whoever wanted it when it was made.
    [Fact]
    public void Who_asks_for_the_audio_of_a_call_gets_that_of_all_words_that_are_told_from_then_on()
    {
        string story = Story.Tell("""
            > prompt
            > speech 200 Hello_
            > speech 100 there.
            > audio on
            > started 1
            """);
        Assert.EndsWith("""
            > started 1
            output_audio_buffer.started response_id="resp1"
            response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hello "
            [audio resp1 item1 0 0 200ms]
            response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="there."
            [audio resp1 item1 0 0 100ms]
            """, story, StringComparison.Ordinal);
    }
}
