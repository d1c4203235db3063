namespace Switchhook.Realtime.Tests;

/// <summary>Turns, barge-in and the end of a call: how much was heard, and what becomes of the rest.</summary>
public sealed class TurnStoryTests
{
    // The answer to the caller waits for the cut.
    [Fact]
    public void Barge_in_cuts_cancels_and_truncates_where_the_caller_stopped_hearing() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 1000 One two three four_
        [say 1 1000ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="One two three four "
        > speech 1000 five six seven eight
        [say 1 1000ms]
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="five six seven eight"
        > wait 1200
        > hear 60 0.9
        input_audio_buffer.speech_started item_id="item2" audio_start_ms=0
        [stop resp1]
        [cut 1]
        > hear 200 0
        input_audio_buffer.speech_stopped item_id="item2" audio_end_ms=260
        [keep item2 260ms]
        input_audio_buffer.committed item_id="item2" previous_item_id="item1"
        conversation.item.added previous_item_id="item1" item2 completed message/user [{"type":"input_audio","transcript":null}]
        conversation.item.done previous_item_id="item1" item2 completed message/user [{"type":"input_audio","transcript":null}]
        > cut 1 1300
        output_audio_buffer.cleared response_id="resp1"
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="One two three four five six seven eight"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"One two three four five six seven eight"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four five six seven eight"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four five six seven eight"}]
        response.done resp1 cancelled/turn_detected items=1 tokens=50
        conversation.item.truncated item_id="item1" content_index=0 audio_end_ms=1300
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Turn input=2]
        > client {"type":"conversation.item.retrieve","item_id":"item1"}
        conversation.item.retrieved item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four five"}]
        """);

    // 500 ms after the cut the clock since the start has to do.
    [Fact]
    public void A_playout_that_does_not_report_a_cut_is_not_waited_for() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 1000 One two three four_
        [say 1 1000ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > completed
        [say 1 0ms last]
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="One two three four "
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="One two three four "
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"One two three four "}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"One two three four "}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_audio","transcript":"One two three four "}]
        response.done resp1 completed items=1 tokens=25
        > hear 60 0.9
        input_audio_buffer.speech_started item_id="item2" audio_start_ms=0
        [cut 1]
        > wait 499
        output_audio_buffer.cleared response_id="resp1"
        conversation.item.truncated item_id="item1" content_index=0 audio_end_ms=540
        > wait 1
        """);

    [Fact]
    public void What_nobody_heard_was_never_said() => Story.Holds("""
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
        > hear 60 0.9
        input_audio_buffer.speech_started item_id="item2" audio_start_ms=0
        [stop resp1]
        [cut 1]
        > cut 0 0
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript=""
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":""}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":""}]
        response.done resp1 cancelled/turn_detected items=1 tokens=0
        """);

    // §7.3: how official clients interrupt.
    [Fact]
    public void Cancel_and_clear_stop_what_is_being_heard() => Story.Holds("""
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
        > client {"type":"output_audio_buffer.clear"}
        [cut 1]
        > cut 1 500
        output_audio_buffer.cleared response_id="resp1"
        conversation.item.truncated item_id="item1" content_index=0 audio_end_ms=500
        > client {"type":"output_audio_buffer.clear"}
        """);

    // §9.20: counted from the end of playout.
    [Fact]
    public void Silence_after_the_last_sound_times_out() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}}}}}
        session.updated …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 500 Are you there?
        [say 1 500ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > completed
        [say 1 0ms last]
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Are you there?"
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="Are you there?"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"Are you there?"}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"Are you there?"}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_audio","transcript":"Are you there?"}]
        response.done resp1 completed items=1 tokens=14
        > hear 500 0
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        > hear 5000 0
        input_audio_buffer.timeout_triggered item_id="item2" audio_start_ms=500 audio_end_ms=5480
        [keep item2 4980ms]
        input_audio_buffer.committed item_id="item2" previous_item_id="item1"
        conversation.item.added previous_item_id="item1" item2 completed message/user [{"type":"input_audio","transcript":null}]
        conversation.item.done previous_item_id="item1" item2 completed message/user [{"type":"input_audio","transcript":null}]
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Idle input=2]
        """);

    [Fact]
    public void Without_turn_detection_the_client_commits_the_voice_on_the_line() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null,"transcription":{"model":"t"}}}}}
        session.updated …
        > hear 80 0.9
        > client {"type":"input_audio_buffer.commit","event_id":"early"}
        error input_audio_buffer_commit_empty param= event=early
        > hear 200 0.9
        > client {"type":"input_audio_buffer.commit"}
        [keep item1 280ms]
        input_audio_buffer.committed item_id="item1" previous_item_id=null
        conversation.item.added previous_item_id=null item1 completed message/user [{"type":"input_audio","transcript":null}]
        conversation.item.done previous_item_id=null item1 completed message/user [{"type":"input_audio","transcript":null}]
        [transcribe item1 280ms]
        > nowords item1
        conversation.item.input_audio_transcription.failed item_id="item1" content_index=0 error={"type":"server_error","code":"no_ears","message":"It broke."}
        > hear 200 0.9
        > client {"type":"input_audio_buffer.clear"}
        input_audio_buffer.cleared
        > client {"type":"input_audio_buffer.commit"}
        error input_audio_buffer_commit_empty param= event=
        > digit #
        input_audio_buffer.dtmf_event_received event="#" received_at=1000000
        """);

    [Fact]
    public void S1_what_is_pending_when_the_caller_goes_is_finished() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"t"}}}}}
        session.updated …
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
        > wait 500
        > hear 100 0.9
        input_audio_buffer.speech_started item_id="item2" audio_start_ms=0
        [stop resp1]
        [cut 1]
        > gone
        input_audio_buffer.speech_stopped item_id="item2" audio_end_ms=100
        [keep item2 100ms]
        input_audio_buffer.committed item_id="item2" previous_item_id="item1"
        conversation.item.added previous_item_id="item1" item2 completed message/user [{"type":"input_audio","transcript":null}]
        conversation.item.done previous_item_id="item1" item2 completed message/user [{"type":"input_audio","transcript":null}]
        [transcribe item2 100ms]
        output_audio_buffer.cleared response_id="resp1"
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="One two three four"
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"One two three four"}
        response.output_item.done response_id="resp1" output_index=0 item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four"}]
        conversation.item.done previous_item_id=null item1 incomplete message/assistant [{"type":"output_audio","transcript":"One two three four"}]
        response.done resp1 cancelled/turn_detected items=1 tokens=25
        conversation.item.truncated item_id="item1" content_index=0 audio_end_ms=600
        > completed
        > quiet
        no
        > words item2 Stop.
        conversation.item.input_audio_transcription.completed item_id="item2" content_index=0 transcript="Stop." usage={"type":"duration","seconds":1}
        > quiet
        yes
        > client {"type":"response.create"}
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Client input=2]
        > speech 500 Nobody hears this.
        response.output_item.added response_id="resp2" output_index=0 item3 in_progress message/assistant []
        conversation.item.added previous_item_id="item2" item3 in_progress message/assistant []
        response.content_part.added response_id="resp2" item_id="item3" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        response.output_audio_transcript.delta response_id="resp2" item_id="item3" output_index=0 content_index=0 delta="Nobody hears this."
        > completed
        response.output_audio.done response_id="resp2" item_id="item3" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp2" item_id="item3" output_index=0 content_index=0 transcript="Nobody hears this."
        response.content_part.done response_id="resp2" item_id="item3" output_index=0 content_index=0 part={"type":"audio","transcript":"Nobody hears this."}
        response.output_item.done response_id="resp2" output_index=0 item3 completed message/assistant [{"type":"output_audio","transcript":"Nobody hears this."}]
        conversation.item.done previous_item_id="item2" item3 completed message/assistant [{"type":"output_audio","transcript":"Nobody hears this."}]
        response.done resp2 completed items=1 tokens=15
        conversation.item.truncated item_id="item3" content_index=0 audio_end_ms=0
        > quiet
        yes
        """);

    // A client that plays the audio itself is through with it when it says so, not when it would have been.
    [Fact]
    public void Patience_begins_where_a_client_has_cut_what_it_played()
    {
        string story = Story.Tell("""
            > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}}}}}
            > prompt
            > speech 10000 One
            > completed
            > wait 1000
            > client {"type":"conversation.item.truncate","item_id":"item1","content_index":0,"audio_end_ms":900}
            > wait 4990
            > wait 20
            """, SessionSurface.Socket);
        Assert.Contains("> wait 4990\n> wait 20\ninput_audio_buffer.timeout_triggered", story, StringComparison.Ordinal);
    }

    [Fact]
    public void The_item_that_the_caller_is_saying_has_its_id_for_itself()
    {
        string story = Story.Tell("""
            > hear 100 0.9
            > client {"type":"conversation.item.create","event_id":"mine","item":{"id":"item1","type":"message","role":"user","content":[]}}
            > hear 400 0
            """);
        Assert.Contains("error invalid_value param=item.id event=mine\n", story, StringComparison.Ordinal);
        Assert.Contains("input_audio_buffer.committed item_id=\"item1\"", story, StringComparison.Ordinal);
    }

    // The playout was through before it was told to cut.
    [Fact]
    public void What_was_heard_to_its_end_before_the_cut_is_told() => Story.Holds("""
        session.created …
        > prompt
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Prompt input=0]
        > speech 400 Hello.
        [say 1 400ms]
        response.output_item.added response_id="resp1" output_index=0 item1 in_progress message/assistant []
        conversation.item.added previous_item_id=null item1 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > completed
        [say 1 0ms last]
        > client {"type":"output_audio_buffer.clear"}
        [cut 1]
        > started 1
        > stopped 1
        > cut 0 0
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item1" output_index=0 content_index=0 delta="Hello."
        response.output_audio.done response_id="resp1" item_id="item1" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item1" output_index=0 content_index=0 transcript="Hello."
        response.content_part.done response_id="resp1" item_id="item1" output_index=0 content_index=0 part={"type":"audio","transcript":"Hello."}
        response.output_item.done response_id="resp1" output_index=0 item1 completed message/assistant [{"type":"output_audio","transcript":"Hello."}]
        conversation.item.done previous_item_id=null item1 completed message/assistant [{"type":"output_audio","transcript":"Hello."}]
        response.done resp1 completed items=1 tokens=10
        output_audio_buffer.stopped response_id="resp1"
        > quiet
        yes
        """);

    [Fact]
    public void Words_that_come_late_do_not_take_the_place_of_a_clients_item()
    {
        string story = Story.Tell("""
            > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"t"}}}}}
            > hear 400 0.9
            > hear 400 0
            > client {"type":"conversation.item.delete","item_id":"item1"}
            > client {"type":"conversation.item.create","item":{"id":"item1","type":"message","role":"user","content":[{"type":"input_text","text":"Mine."}]}}
            > words item1 Hello.
            > client {"type":"conversation.item.retrieve","item_id":"item1"}
            """);
        Assert.EndsWith("conversation.item.retrieved item1 completed message/user [{\"type\":\"input_text\",\"text\":\"Mine.\"}]", story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("> gone")]
    [InlineData("> client {\"type\":\"output_audio_buffer.clear\"}\n> cut 0 0")]
    public void An_item_that_nobody_heard_is_truncated_once(string end)
    {
        string[] story = Story.Tell("> prompt\n> speech 200 One\n> message\n> speech 200 Two\n> completed\n" + end).Split('\n');
        Assert.Equal(["item1", "item2"], story.Where(line => line.StartsWith("conversation.item.truncated", StringComparison.Ordinal)).Select(line => line.Split('"')[1]));
    }

    // What was announced is what is committed, with its padding; the silence before it is nobody's.
    [Fact]
    public void A_commit_while_the_caller_speaks_is_of_what_was_announced()
    {
        string story = Story.Tell("""
            > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"t"}}}}}
            > hear 2000 0
            > hear 400 0.9
            > client {"type":"input_audio_buffer.commit"}
            """);
        Assert.Contains("input_audio_buffer.speech_started item_id=\"item1\" audio_start_ms=1700\n> client", story, StringComparison.Ordinal);
        Assert.Contains("\n[keep item1 700ms]\n", story, StringComparison.Ordinal);
        Assert.EndsWith("[transcribe item1 700ms]", story, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_turn_detection_from_now_on_what_was_announced_keeps_its_id()
    {
        string story = Story.Tell("""
            > hear 400 0.9
            > client {"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}
            > hear 400 0.9
            > client {"type":"input_audio_buffer.commit"}
            """);
        Assert.Contains("input_audio_buffer.speech_started item_id=\"item1\"", story, StringComparison.Ordinal);
        Assert.Contains("input_audio_buffer.committed item_id=\"item1\"", story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clear")]
    [InlineData("commit")]
    public void A_silence_that_lasts_too_long_does_not_reach_back_over_a_commit_or_a_clear(string what)
    {
        string story = Story.Tell($$$"""
            > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000} } } } }
            > prompt
            > completed
            > hear 2000 0
            > client {"type":"input_audio_buffer.{{{what}}}"}
            > hear 3020 0
            """);
        Assert.Matches("timeout_triggered item_id=\"item[12]\" audio_start_ms=2000 audio_end_ms=4980\n\\[keep item[12] 2980ms\\]", story);
    }

    // One cut, and a reason for each response that ends with it.
    [Fact]
    public void A_caller_who_interrupts_while_another_response_is_being_cancelled_is_why_the_active_one_ends()
    {
        string story = Story.Tell("""
            > prompt
            > client {"type":"response.create","response":{"conversation":"none","input":[]}}
            > speech 1000 One two three
            > client {"type":"response.cancel","response_id":"resp2"}
            > hear 60 0.9
            > cut 0 0
            """);
        Assert.Contains("response.done resp1 cancelled/turn_detected", story, StringComparison.Ordinal);
        Assert.Contains("response.done resp2 cancelled/client_cancelled", story, StringComparison.Ordinal);
    }

    // It was heard, a frame or two of it, before the playout knew of the cut: an application that shows who speaks is told both ends.
    [Theory]
    [InlineData("> hear 60 0.9\n> started 1\n> cut 1 20", "started words cleared done truncated=20")]
    [InlineData("> hear 60 0.9\n> cut 1 20", "started words cleared done truncated=20")]
    [InlineData("> hear 60 0.9\n> started 1\n> wait 500", "started words cleared done truncated=480")]
    [InlineData("> hear 60 0.9\n> started 1\n> gone", "started words cleared done truncated=0")]
    [InlineData("> hear 60 0.9\n> cut 0 0", "done")]
    [InlineData("> hear 60 0.9\n> wait 500\n> started 1", "done")]
    [InlineData("> completed\n> hear 60 0.9\n> started 1\n> stopped 1\n> cut 0 0", "started words done stopped")]
    [InlineData("> completed\n> hear 60 0.9\n> started 1\n> cut 1 20", "started words cleared done truncated=20")]
    [InlineData("> call f {}\n> hear 60 0.9\n> started 1\n> cut 1 20", "started words cleared done truncated=20")]
    [InlineData("> client {\"type\":\"output_audio_buffer.clear\"}\n> started 1\n> cut 1 20\n> completed", "started words cleared done truncated=20")]
    [InlineData("> client {\"type\":\"output_audio_buffer.clear\"}\n> cut 0 0\n> completed", "words done truncated=0")]
    [InlineData("> client {\"type\":\"response.cancel\"}\n> started 1\n> cut 1 20", "started words cleared done truncated=20")]
    public void What_was_heard_before_the_cut_arrived_was_started_and_cleared(string end, string told)
    {
        string story = Story.Tell($"> prompt\n> speech 1000 One two three\n{end}");
        Assert.Equal(told, string.Join(' ', story.Split('\n').Select(Short).Where(word => word.Length > 0)));
        Assert.DoesNotContain("function_call", story, StringComparison.Ordinal);

        static string Short(string line) => line.Split(' ')[0] switch
        {
            "output_audio_buffer.started" => "started",
            "output_audio_buffer.stopped" => "stopped",
            "output_audio_buffer.cleared" => "cleared",
            "response.output_audio_transcript.delta" => "words",
            "conversation.item.truncated" => "truncated=" + line[(line.LastIndexOf('=') + 1)..],
            "response.done" => "done",
            _ => "",
        };
    }
}
