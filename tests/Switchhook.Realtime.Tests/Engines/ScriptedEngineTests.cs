using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Media.Dsp;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Engines;

[Collection("the narrow-band frames are counted")]
public sealed class ScriptedEngineTests
{
    [Fact]
    public async Task A_greeting_is_heard_and_told_in_the_order_of_the_contract()
    {
        await using var call = new ScriptedCall("flow: [say: Hello there, listen]");
        Assert.Null(await call.OpenAsync());
        Assert.Equal("session.created", call.Story);
        call.Run(1000);
        Assert.Equal(0, call.Heard);
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal(
            "session.created created rate_limits.updated output_item.added item.added content_part.added playout.started transcript.delta transcript.delta "
            + "output_audio.done transcript.done content_part.done output_item.done item.done done playout.stopped", call.Story);
        Assert.Equal("Hello there", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
        Assert.InRange(call.Heard, 20, 60);
    }

    // In the session's format, which is not the telephone's (S6); pieces of it join without a seam (L19).
    [Theory]
    [InlineData("pcm")]
    [InlineData("pcmu")]
    [InlineData("pcma")]
    public async Task Who_asks_for_the_audio_of_a_call_gets_all_of_it(string format)
    {
        await using var call = new ScriptedCall("flow: [say: Hello there Ada, listen]", """{"audio":{"output":{"format":{"type":"audio/OUT"}}}}""".Replace("OUT", format, StringComparison.Ordinal));
        await call.OpenAsync();
        call.Engine.TellAudio(true);
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Contains("content_part.added playout.started transcript.delta output_audio.delta transcript.delta output_audio.delta", call.Story, StringComparison.Ordinal);
        byte[] told = [.. call.Events.OfType<ResponseOutputAudioDelta>().SelectMany(delta => delta.Delta.ToArray())];
        short[] said = [.. ToneVoice.Speak(new SpeechRequest("Hello there Ada", "alloy", "en-us", 1, 8000)).Words.SelectMany(word => word.Samples.ToArray())];
        short[] wide = new short[said.Length * 3];
        Assert.Equal(wide.Length, new Resampler(8000, 24000).Process(said, wide));
        Assert.Equal(format switch
        {
            "pcm" => ScriptedSocket.Encode(wide, AudioFormat.Pcm),
            "pcmu" => ScriptedSocket.Encode(said, AudioFormat.Pcmu),
            _ => ScriptedSocket.Encode(said, AudioFormat.Pcma),
        }, told);
    }

    [Fact]
    public async Task Nobody_asks_for_audio_and_none_is_told()
    {
        await using var call = new ScriptedCall("flow: [say: Hello there Ada, listen, say: Bye]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        call.Engine.TellAudio(true);
        call.Engine.TellAudio(false);
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        Assert.DoesNotContain(call.Events, told => told is ResponseOutputAudioDelta);
    }

    // L20, §9.22: the model speaks while it still rings, and what is said before the phone is answered waits for it, whole.
    [Fact]
    public async Task A_greeting_waits_for_the_phone_to_be_answered()
    {
        await using var call = new ScriptedCall("{ greet: true, flow: [say: Hello there, listen] }") { IsAnswered = false };
        await call.OpenAsync();
        call.Run(15_000);
        Assert.DoesNotContain("playout", call.Story, StringComparison.Ordinal);
        call.IsAnswered = true;
        call.RunUntil("output_audio_buffer.stopped");
        Assert.InRange(call.Heard, 20, 60);
    }

    [Fact]
    public async Task A_caller_who_speaks_cuts_what_is_said_and_is_answered()
    {
        await using var call = new ScriptedCall(
            "flow: [say: This is a very long greeting that nobody ever listens to until its very end, listen: stop it, say: Sorry, listen]",
            """{"audio":{"input":{"transcription":{"model":"any"},"turn_detection":{"type":"server_vad"}}}}""");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.Run(2000);
        Assert.Contains("playout.started", call.Story, StringComparison.Ordinal);
        call.Speaks = true;
        call.RunUntil("output_audio_buffer.cleared", withinMs: 200);
        call.Run(600);
        call.Speaks = false;
        call.RunUntil("output_audio_buffer.stopped");
        string story = call.Story[call.Story.IndexOf("speech_started", StringComparison.Ordinal)..];
        Assert.StartsWith("speech_started playout.cleared item.truncated speech_stopped committed item.added item.done created rate_limits.updated item.input_audio_transcription.delta item.input_audio_transcription.delta item.input_audio_transcription.completed", story, StringComparison.Ordinal);
        Assert.EndsWith("done playout.stopped", story, StringComparison.Ordinal);
        Assert.Equal("stop it", call.Events.OfType<InputAudioTranscriptionCompleted>().Single().Transcript);
        Assert.Equal("Sorry", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
        Assert.Equal(1, call.Line.CutThrough);
    }

    // §9.14: a transcription that cannot be had fails with a code and a sentence.
    [Fact]
    public async Task A_turn_without_words_in_the_script_says_so()
    {
        await using var call = new ScriptedCall("flow: [listen, say: Yes]", """{"audio":{"input":{"transcription":{"model":"any"},"turn_detection":{"type":"server_vad"}}}}""");
        await call.OpenAsync();
        call.Run(500);
        call.Speaks = true;
        call.Run(800);
        call.Speaks = false;
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal("no_transcript", call.Events.OfType<InputAudioTranscriptionFailed>().Single().Error.Code);
    }

    private const string Tool = """{"tools":[{"type":"function","name":"book","parameters":{}}]}""";

    [Theory]
    [InlineData("""{"ok":true}""", "Booked")]
    [InlineData("we are FULL", "Sorry")]
    [InlineData("", "Strange")]
    public async Task The_output_of_a_function_chooses_the_branch(string output, string said)
    {
        await using var call = new ScriptedCall("""
            flow:
              - say: Let me see.
              - call_tool: book
                arguments: { people: 2 }
                on_result:
                  - contains: { ok: true }
                    then: [say: Booked]
                  - contains: full
                    then: [say: Sorry]
                  - otherwise: [say: Strange]
            """, Tool);
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("response.done");
        Assert.Equal("""{"people":2}""", call.Events.OfType<ResponseFunctionCallArgumentsDone>().Single().Arguments);
        call.Answer(output);
        call.RunUntil("output_audio_buffer.stopped");
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal(said, call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
    }

    [Fact]
    public async Task A_function_the_session_lacks_fails_the_response_by_name()
    {
        await using var call = new ScriptedCall("flow: [call_tool: book]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("response.done");
        Assert.Equal("tool_not_found", call.Events.OfType<ResponseDone>().Single().Response.StatusDetails!.Error!.Code);
    }

    // §9.31: a key may lead to a response.
    [Fact]
    public async Task A_key_interrupts_the_menu_and_chooses()
    {
        await using var call = new ScriptedCall("""
            flow:
              - say: Press one for the very long story of our house, two for the even longer one, or wait until the end.
              - dtmf: { timeout_ms: 1000, on: { "2": [say: Two] }, else: [say: None] }
            """);
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.Run(1000);
        call.Press('2');
        call.RunUntil("output_audio_buffer.stopped");
        Assert.InRange(call.Clock.GetTimestamp() / TimeSpan.TicksPerMillisecond, 1000, 2000);
        Assert.Contains("dtmf_event_received playout.cleared", call.Story, StringComparison.Ordinal);
        Assert.Equal("Two", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
    }

    [Fact]
    public async Task Patience_with_the_keys_begins_when_the_menu_was_heard()
    {
        await using var call = new ScriptedCall("flow: [say: Press one, dtmf: { timeout_ms: 1000, on: {}, else: [say: None] }]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        int events = call.Events.Count;
        call.Run(960);
        Assert.Equal(events, call.Events.Count);
        call.RunUntil("response.created", withinMs: 100);
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal("None", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
    }

    [Fact]
    public async Task A_wait_is_a_silence_inside_of_a_response()
    {
        await using var call = new ScriptedCall("flow: [say: One, wait_ms: 3000, say: two]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.Run(2800);
        Assert.DoesNotContain("transcript.done", call.Story, StringComparison.Ordinal);
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal("One two", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
    }

    // S1: the caller hangs up while a function runs; its output and the events that follow are still told.
    [Fact]
    public async Task A_caller_who_hangs_up_leaves_time_for_what_is_pending()
    {
        await using var call = new ScriptedCall("flow: [call_tool: book, say: Done]", Tool);
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("response.done");
        call.HangUp();
        call.Run(5000);
        Assert.False(call.HasEnded);
        call.Answer("ok");
        call.Run(900);
        Assert.False(call.HasEnded);
        call.Run(200);
        Assert.True(call.HasEnded);
        Assert.Equal("completed", call.Events.OfType<ResponseDone>().Last().Response.Status.ToString().ToLowerInvariant());
        Assert.False(await call.Engine.PostAsync(new ResponseCreate()));
    }

    [Fact]
    public async Task A_drained_session_ends_after_thirty_seconds_whatever_is_pending()
    {
        await using var call = new ScriptedCall("flow: [fail: silence]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.Run(1000);
        call.HangUp();
        call.Run(29_900);
        Assert.False(call.HasEnded);
        call.Run(200);
        Assert.True(call.HasEnded);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_with_nothing_pending_ends_it_at_once()
    {
        await using var call = new ScriptedCall("flow: [say: Hello, listen]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        call.HangUp();
        Assert.True(call.HasEnded);
    }

    [Theory]
    [InlineData("fail: { response: broken, code: rate_limit_exceeded }", "failed rate_limit_exceeded")]
    [InlineData("fail: { incomplete: content_filter }", "incomplete content_filter")]
    public async Task A_response_fails_on_purpose(string step, string expected)
    {
        await using var call = new ScriptedCall($"flow: [say: Well, {step}, say: Again]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("response.done");
        Switchhook.Realtime.Responses.Response response = call.Events.OfType<ResponseDone>().Single().Response;
        Assert.Equal(expected, $"{response.Status.ToString().ToLowerInvariant()} {response.StatusDetails!.Error?.Code ?? response.StatusDetails.Reason}");
        call.Run(2000);
        call.Post(new ResponseCreate());
        call.RunUntil("response.done");
        Assert.Equal("Again", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
    }

    [Fact]
    public async Task An_error_is_told_and_an_engine_that_drops_is_gone_without_a_word()
    {
        await using var call = new ScriptedCall("flow: [fail: { error: oops, code: teapot }, say: Hello, listen, fail: drop]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal("teapot", call.Events.OfType<ErrorEvent>().Single().Error.Code);
        Assert.False(call.HasEnded);
        call.Post(new ResponseCreate());
        Assert.True(call.HasEnded);
        Assert.Null(call.Observer.Fault);
    }

    [Fact]
    public async Task An_engine_opens_late_or_not_at_all()
    {
        var call = new ScriptedCall("{ open: { delay_ms: 3000, fail: { message: no capacity, code: overloaded } }, flow: [] }");
        RealtimeError? error = await call.OpenAsync();
        Assert.Equal(("server_error", "overloaded", "no capacity"), (error!.Type, error.Code, error.Message));
        Assert.InRange(TimeSpan.FromTicks(call.Clock.GetTimestamp()).TotalMilliseconds, 3000, 3200);
    }

    [Fact]
    public async Task A_model_that_is_not_configured_is_refused_with_those_that_are()
    {
        var call = new ScriptedCall("flow: []");
        call.Request = call.Request with { Config = call.Request.Config with { Model = "gpt-realtime" } };
        RealtimeError? error = await call.OpenAsync();
        Assert.Equal("model", error!.Param);
        Assert.Contains("gpt-realtime", error.Message, StringComparison.Ordinal);
        Assert.Contains("Configured are: model.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_is_answered_with_text_and_no_sound()
    {
        await using var call = new ScriptedCall("flow: [say: Hello there]", """{"output_modalities":["text"]}""");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.Run(100);
        Assert.Equal("Hello there", call.Events.OfType<ResponseOutputTextDone>().Single().Text);
        Assert.Equal(0, call.Heard);
    }

    [Fact]
    public async Task A_response_outside_of_the_conversation_leaves_the_flow_where_it_is()
    {
        await using var call = new ScriptedCall("{ out_of_band: A note., flow: [say: Hello] }");
        await call.OpenAsync();
        using var response = System.Text.Json.JsonDocument.Parse("""{"conversation":"none","output_modalities":["text"]}""");
        call.Post(new ResponseCreate(response.RootElement));
        call.Run(100);
        Assert.Equal("A note.", call.Events.OfType<ResponseOutputTextDone>().Single().Text);
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal("Hello", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
    }

    [Fact]
    public async Task What_is_expected_is_told_as_an_event()
    {
        await using var call = new ScriptedCall("""
            flow:
              - say: Your name, please.
              - listen
              - expect: { speech_ms: { at_least: 900, at_most: 2500 }, text: { contains: Ada } }
              - expect: { keys: "7" }
              - say: Thank you
            """, """{"audio":{"input":{"turn_detection":{"type":"server_vad"}}}}""");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        call.Press('8');
        call.Post(new ConversationItemCreate(new MessageItem(ItemRole.User, [new InputTextPart("I am Ada.")])));
        call.Speaks = true;
        call.Run(1000);
        call.Speaks = false;
        call.RunUntil("output_audio_buffer.stopped");
        ScriptVerdict[] verdicts = [.. call.Events.OfType<RawServerEvent>().Select(told => ScriptVerdict.Of(told.Json)!)];
        Assert.Equal([("flow[2].expect", 4, true), ("flow[3].expect", 5, false)], verdicts.Select(verdict => (verdict.Step, verdict.Line, verdict.Passed)));
        Assert.Equal("expected the keys \"7\", heard the keys \"8\"", verdicts[1].Text);
        Assert.All(call.Events.OfType<RawServerEvent>(), told =>
        {
            Assert.True(EventReader.TryPeek(told.Json.Span, out string? type, out string? eventId));
            Assert.Equal((ScriptVerdict.EventType, told.EventId), (type, eventId));
        });
        Assert.Equal("Thank you", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
    }

    [Fact]
    public async Task A_response_may_have_several_audio_items()
    {
        await using var call = new ScriptedCall("flow: [say: One, next_message, say: Two]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal(["One", "Two"], call.Events.OfType<ResponseOutputAudioTranscriptDone>().Select(done => done.Transcript));
        Assert.Equal([0, 1], call.Events.OfType<ResponseOutputItemDone>().Select(done => done.OutputIndex));
        Assert.Equal(2, call.Events.OfType<ResponseDone>().Single().Response.Output.Count);
    }

    [Fact]
    public async Task A_model_that_thinks_is_late_by_so_much()
    {
        await using var call = new ScriptedCall("{ think_ms: 2000, flow: [say: Hello, listen, say: Hello] }");
        await call.OpenAsync();
        for (int turn = 0; turn < 2; turn++)
        {
            long asked = call.Clock.GetTimestamp();
            call.Post(new ResponseCreate());
            call.RunUntil("response.output_item.added");
            Assert.InRange((call.Clock.GetTimestamp() - asked) / TimeSpan.TicksPerMillisecond, 2000, 2040);
            call.RunUntil("output_audio_buffer.stopped");
        }
    }

    [Fact]
    public async Task Events_that_make_no_sense_are_sent_as_they_are_and_the_response_goes_on()
    {
        await using var call = new ScriptedCall("flow: [fail: invalid_json, fail: wrong_order, { send: { type: response.done, event_id: event_mine } }, say: Well]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        call.RunUntil("output_audio_buffer.stopped");
        RawServerEvent[] sent = [.. call.Events.OfType<RawServerEvent>()];
        Assert.Equal(["unreadable", "response.output_audio_transcript.delta", "response.done"], sent.Select(e => e.Type));
        Assert.False(EventReader.TryPeek(sent[0].Json.Span, out _, out _));
        Assert.StartsWith("event_", sent[1].EventId, StringComparison.Ordinal);
        Assert.Contains(sent[1].EventId, System.Text.Encoding.UTF8.GetString(sent[1].Json.Span), StringComparison.Ordinal);
        Assert.Equal("""{"type":"response.done","event_id":"event_mine"}""", System.Text.Encoding.UTF8.GetString(sent[2].Json.Span));
        Assert.Equal("Well", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
    }

    [Fact]
    public async Task A_session_that_expires_says_so_and_is_over()
    {
        await using var call = new ScriptedCall("flow: [fail: session_expired]");
        await call.OpenAsync();
        call.Post(new ResponseCreate());
        Assert.Equal("session_expired", Assert.IsType<ErrorEvent>(call.Events[^1]).Error.Code);
        Assert.True(call.HasEnded);
    }

    [Theory]
    [InlineData(90, "90 seconds")]
    [InlineData(120, "2 minutes")]
    [InlineData(60, "1 minute")]
    public async Task A_session_lasts_as_long_as_the_server_lets_it_and_says_how_long_that_was(int seconds, string told)
    {
        await using var call = new ScriptedCall("flow: [listen]", limit: TimeSpan.FromSeconds(seconds));
        await call.OpenAsync();
        Assert.Equal(call.Clock.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds(), Assert.IsType<SessionCreated>(call.Events[0]).Session.ExpiresAt);
        call.Run((seconds - 1) * 1000);
        Assert.False(call.HasEnded);
        call.Run(1000);
        Assert.Equal($"Your session hit the maximum duration of {told}.", Assert.IsType<ErrorEvent>(call.Events[^1]).Error.Message);
        Assert.True(call.HasEnded);
    }

    // realtime-api §4.7: the caller's words in turn, whatever the script would say between; nothing is ever said. A listen without words, and a function that nobody answers, cost a turn.
    [Fact]
    public async Task A_transcription_session_hears_the_words_of_one_listen_after_the_other()
    {
        await using var call = new ScriptedCall(
            "greet: true\nflow: [say: Hello, listen: One two, say: Yes, listen, say: Well, listen: Three, call_tool: f, listen: Four]",
            """{"type":"transcription","include":["item.input_audio_transcription.logprobs"]}""");
        await call.OpenAsync();
        for (int turn = 0; turn < 4; turn++)
        {
            call.Speaks = true;
            call.Run(600);
            call.Speaks = false;
            call.Run(900);
        }
        Assert.Equal(["One two", "Three"], call.Events.OfType<InputAudioTranscriptionCompleted>().Select(told => told.Transcript));
        Assert.Equal(["One", " two", "Three"], call.Events.OfType<InputAudioTranscriptionDelta>().Select(told => told.Delta));
        Assert.Equal([("One", 0, 3), (" two", 0, 4)], call.Events.OfType<InputAudioTranscriptionCompleted>().First().Logprobs!.Select(one => (one.Token, one.Logprob, one.Bytes!.Count)));
        Assert.All(call.Events.OfType<InputAudioTranscriptionFailed>(), told => Assert.Equal("no_transcript", told.Error.Code));
        Assert.Equal(2, call.Events.OfType<InputAudioTranscriptionFailed>().Count());
        Assert.DoesNotContain(call.Events, told => told.Type.StartsWith("response.", StringComparison.Ordinal));
        Assert.Equal(0, call.Heard);
    }

    // Whatever callers and applications do: the engine ends, no lease stays out, nothing breaks.
    [Fact]
    public async Task Any_story_ends_with_every_frame_back_in_the_pool()
    {
        string yaml = File.ReadAllText(ScriptReaderTests.Sample("booking.yaml"));
        for (int seed = 0; seed < 60; seed++)
        {
            int before = FramePool.Narrowband.Out;
            var random = new Random(seed);
            await using (var call = new ScriptedCall(yaml, """{"tools":[{"type":"function","name":"book_table"},{"type":"function","name":"transfer_to_person"}]}"""))
            {
                await call.OpenAsync();
                for (int step = 0; step < 25 && !call.HasEnded; step++)
                {
                    switch (random.Next(8))
                    {
                        case 0: _ = call.Begin(new ResponseCreate()); break;
                        case 1: _ = call.Begin(new ResponseCancel()); break;
                        case 2: _ = call.Begin(new OutputAudioBufferClear()); break;
                        case 3: call.Press("129#"[random.Next(4)]); break;
                        case 4: call.Speaks = !call.Speaks; break;
                        case 5 when call.Events.OfType<ResponseFunctionCallArgumentsDone>().Any(): call.Answer(random.Next(2) == 0 ? "full" : """{"status":"booked"}"""); break;
                        default: call.Run(random.Next(1, 3000)); break;
                    }
                }
                if (random.Next(2) == 0)
                {
                    call.HangUp();
                    call.Run(31_000);
                    Assert.True(call.HasEnded, $"seed {seed}: still there half a minute after the caller hung up");
                }
                Assert.True(call.Observer.Fault is null, $"seed {seed}: {call.Observer.Fault}");
            }
            Assert.True(FramePool.Narrowband.Out == before, $"seed {seed}: {FramePool.Narrowband.Out - before} frames are missing");
        }
    }
}
