using System.Collections.Immutable;
using System.Globalization;
using Switchhook.Calls.Ports;
using Switchhook.Engines;
using Switchhook.Engines.Handsets;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Simulation;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>Sessions on a client's own socket: audio in appends, audio out in deltas, and the time that the audio itself takes.</summary>
public sealed class SocketSessionTests
{
    private const string Transcribed = """{"audio":{"input":{"transcription":{"model":"any"}}}}""";

    private static AudioFormat Format(string name) => name switch { "pcmu" => AudioFormat.Pcmu, "pcma" => AudioFormat.Pcma, _ => AudioFormat.Pcm };

    private static string Formats(string input, string output) => """{"audio":{"input":{"format":{"type":"audio/IN"}},"output":{"format":{"type":"audio/OUT"}}}}"""
        .Replace("IN", input, StringComparison.Ordinal).Replace("OUT", output, StringComparison.Ordinal);

    // realtime-api §6.4, "[output_audio.delta … on plain WS]"; what comes out is what was synthesized, to the sample.
    [Theory]
    [InlineData("pcm")]
    [InlineData("pcmu")]
    [InlineData("pcma")]
    public async Task A_greeting_is_told_with_its_audio_in_the_order_of_the_contract(string output)
    {
        await using var socket = new ScriptedSocket("flow: [say: Hello there, listen]", Formats("pcm", output));
        Assert.Equal("session.created", socket.Story);
        socket.Say(new ResponseCreate());
        Assert.Equal(
            "session.created created rate_limits.updated output_item.added item.added content_part.added transcript.delta output_audio.delta transcript.delta output_audio.delta "
            + "output_audio.done transcript.done content_part.done output_item.done item.done done", socket.Story);
        AudioFormat format = Format(output);
        short[] spoken = [.. ToneVoice.Speak(new SpeechRequest("Hello there", "alloy", "en-us", 1, format.SampleRate)).Words.SelectMany(word => word.Samples.ToArray())];
        Assert.Equal(ScriptedSocket.Encode(spoken, format), socket.Audio);
        Assert.All(socket.Events.OfType<ResponseOutputAudioDelta>(), delta => Assert.InRange(delta.Delta.Length, 1, format.SampleRate * format.SampleBytes / 2));
        Assert.Equal("Hello there", Assert.IsType<ResponseDone>(socket.Events[^1]).Response.Output.OfType<MessageItem>().Single().Content.OfType<OutputAudioPart>().Single().Transcript);
    }

    [Fact]
    public async Task A_response_may_have_a_format_of_its_own()
    {
        await using var socket = new ScriptedSocket("flow: [say: Hello there]");
        socket.Say("""{"type":"response.create","response":{"audio":{"output":{"format":{"type":"audio/pcma"}}}}}""");
        Assert.Equal(ToneVoice.Speak(new SpeechRequest("Hello there", "alloy", "en-us", 1, 8000)).Samples, socket.Audio.Length);
    }

    /// <summary>When speech begins and ends is a matter of the audio alone: not of the clock, not of where a client cuts it.</summary>
    [Theory]
    [InlineData("pcm", 700, 2220)]
    [InlineData("pcmu", 700, 2220)]
    [InlineData("pcma", 700, 2220)]
    public async Task Turns_are_where_the_audio_has_them_however_it_is_cut(string input, int startsMs, int endsMs)
    {
        AudioFormat format = Format(input);
        byte[] sound = ScriptedSocket.Sound("1000s 1000v 800s", format);
        string? whole = null;
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            await using var socket = new ScriptedSocket("flow: [listen: good morning, say: Hello]", Formats(input, "pcm"));
            for (int at = 0; at < sound.Length;)
            {
                int piece = seed == 0 ? sound.Length : Math.Min(sound.Length - at, format.SampleBytes * random.Next(1, 1 + format.SampleRate / 5));
                socket.Append(sound.AsMemory(at, piece));
                at += piece;
                if (random.Next(3) == 0) { socket.Run(random.Next(1, 200)); }
            }
            socket.RunUntil<ResponseDone>();
            long started = socket.Events.OfType<InputAudioBufferSpeechStarted>().Single().AudioStartMs, stopped = socket.Events.OfType<InputAudioBufferSpeechStopped>().Single().AudioEndMs;
            Assert.InRange(started, startsMs - 60, startsMs + 100);
            // Syllables glued together: whether the last of them is still speech is the detector's affair.
            Assert.InRange(stopped, endsMs - 160, endsMs + 400);
            string told = $"{started} {stopped} {socket.Story}";
            whole ??= told;
            Assert.True(whole == told, $"seed {seed}: {told} instead of {whole}");
        }
    }

    [Fact]
    public async Task A_spoken_turn_is_committed_transcribed_and_answered()
    {
        await using var socket = new ScriptedSocket("flow: [listen: good morning, say: Hello]", Transcribed);
        socket.Append(ScriptedSocket.Sound("300s 800v 800s", AudioFormat.Pcm));
        socket.RunUntil<ResponseDone>();
        Assert.StartsWith("session.created speech_started speech_stopped committed item.added item.done created rate_limits.updated item.input_audio_transcription.delta", socket.Story, StringComparison.Ordinal);
        Assert.Equal("good morning", socket.Events.OfType<InputAudioTranscriptionCompleted>().Single().Transcript);
        Assert.Equal("Hello", socket.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
        Assert.NotEmpty(socket.Audio);
    }

    // realtime-api §5, conversation.item.retrieve: to the sample, in the session's format.
    [Theory]
    [InlineData("pcm", 2)]
    [InlineData("pcmu", 1)]
    [InlineData("pcma", 1)]
    public async Task What_was_appended_can_be_retrieved(string input, int sampleBytes)
    {
        await using var socket = new ScriptedSocket("flow: [listen, say: Hello]", """{"audio":{"input":{"turn_detection":null,"format":{"type":"audio/IN"}}}}""".Replace("IN", input, StringComparison.Ordinal));
        AudioFormat format = Format(input);
        socket.Append(ScriptedSocket.Sound("305v", format));
        socket.Say(new InputAudioBufferCommit());
        socket.Say(new ConversationItemRetrieve(socket.Events.OfType<InputAudioBufferCommitted>().Single().ItemId));
        Item item = socket.RunUntil<ConversationItemRetrieved>().Item;
        ReadOnlyMemory<byte> audio = ((InputAudioPart)((MessageItem)item).Content.Single()).Audio!.Value;
        Assert.Equal(305 * format.SampleRate / 1000 * sampleBytes, audio.Length);
        // µ-law has two zeros, and a sample of 0 is written as the positive one.
        if (input == "pcmu") { Assert.Equal(ScriptedSocket.Sound("305v", format).Select(code => code == 127 ? (byte)255 : code), audio.ToArray()); }
    }

    // The client plays the audio, so it stops by itself and says how much was heard (§6.4).
    [Fact]
    public async Task Speech_cancels_what_is_being_generated_and_the_client_truncates()
    {
        await using var socket = new ScriptedSocket("flow: [say: One two three, wait_ms: 5000, say: four, listen, say: Sorry]");
        socket.Say(new ResponseCreate());
        socket.Run(100);
        socket.Append(ScriptedSocket.Sound("800v 800s", AudioFormat.Pcm));
        socket.RunUntil<ResponseDone>();
        Responses.Response interrupted = socket.Events.OfType<ResponseDone>().First().Response;
        Assert.Equal(("turn_detected", Responses.ResponseStatus.Cancelled), (interrupted.StatusDetails!.Reason, interrupted.Status));
        string item = interrupted.Output.Single().Id;
        socket.Say($$"""{"type":"conversation.item.truncate","item_id":"{{item}}","content_index":0,"audio_end_ms":300}""");
        Assert.Equal(300, socket.RunUntil<ConversationItemTruncated>().AudioEndMs);
        Assert.Equal("Sorry", socket.Events.OfType<ResponseOutputAudioTranscriptDone>().Last().Transcript);
    }

    /// <summary>realtime-api §5: nothing is appended by halves, and the buffer is counted to the sample.</summary>
    [Theory]
    [InlineData("pcm", 99, "only has 99.00ms")]
    [InlineData("pcm", 0, "only has 0.00ms")]
    [InlineData("pcmu", 99, "only has 99.00ms")]
    [InlineData("pcm", 100, null)]
    [InlineData("pcma", 101, null)]
    public async Task A_turn_is_committed_by_hand(string input, int milliseconds, string? refused)
    {
        await using var socket = new ScriptedSocket("flow: [listen, say: Hello]", """{"audio":{"input":{"turn_detection":null,"format":{"type":"audio/IN"}}}}""".Replace("IN", input, StringComparison.Ordinal));
        if (milliseconds > 0) { socket.Append(ScriptedSocket.Sound($"{milliseconds}v", Format(input))); }
        socket.Say("""{"type":"input_audio_buffer.commit","event_id":"mine"}""");
        if (refused is not null)
        {
            ErrorBody error = socket.Events.OfType<ErrorEvent>().Single().Error;
            Assert.Equal(("input_audio_buffer_commit_empty", "mine"), (error.Code, error.EventId));
            Assert.Contains(refused, error.Message, StringComparison.Ordinal);
            return;
        }
        Assert.EndsWith("committed item.added item.done", socket.Story, StringComparison.Ordinal);
        socket.Say(new ResponseCreate());
        socket.RunUntil<ResponseDone>();
        Assert.Equal("Hello", socket.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
    }

    [Fact]
    public async Task What_was_cleared_is_not_committed_and_time_goes_on()
    {
        await using var socket = new ScriptedSocket("flow: [listen, say: Hello]", """{"audio":{"input":{"turn_detection":null}}}""");
        socket.Append(ScriptedSocket.Sound("1005s", AudioFormat.Pcm));
        socket.Say(new InputAudioBufferClear());
        socket.Append(ScriptedSocket.Sound("50s", AudioFormat.Pcm));
        socket.Say(new InputAudioBufferCommit());
        Assert.Contains("only has 50.00ms", socket.RunUntil<ErrorEvent>().Error.Message, StringComparison.Ordinal);
        socket.Say("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","prefix_padding_ms":0}}}}}""");
        socket.Append(ScriptedSocket.Sound("445s 800v 800s", AudioFormat.Pcm));
        Assert.InRange(socket.RunUntil<InputAudioBufferSpeechStarted>().AudioStartMs, 1480, 1580);
    }

    // Half a frame of one format, then another: each counts as long as it lasts.
    [Fact]
    public async Task The_format_may_change_between_two_appends()
    {
        await using var socket = new ScriptedSocket("flow: [listen]", """{"audio":{"input":{"turn_detection":null}}}""");
        socket.Append(ScriptedSocket.Sound("50s", AudioFormat.Pcm));
        foreach (string next in (string[])["pcmu", "pcma", "pcm"])
        {
            socket.Say("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/IN"}}}}}""".Replace("IN", next, StringComparison.Ordinal));
            socket.Append(ScriptedSocket.Sound("15s", Format(next)));
        }
        socket.Say(new InputAudioBufferCommit());
        Assert.Contains("only has 95.00ms", socket.RunUntil<ErrorEvent>().Error.Message, StringComparison.Ordinal);
    }

    /// <summary>Bad input is told with its event_id and the member, and nothing of it is heard.</summary>
    [Theory]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"e","audio":"AAAA"}""", "invalid_value", "audio", "two bytes a sample")]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"e","audio":""}""", "invalid_value", "audio", "no bytes")]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"e","audio":"A A A"}""", "invalid_value", "audio", "not base64")]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"e","audio":7}""", "invalid_type", "audio", "a string")]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"e"}""", "missing_required_parameter", "audio", "audio")]
    [InlineData("""{"type":"output_audio_buffer.clear","event_id":"e"}""", "invalid_value", "type", "does not play")]
    [InlineData("""{"type":"no.such","event_id":"e"}""", "invalid_value", "type", "no.such")]
    [InlineData("""{"type":"response.cancel","event_id":"e"}""", "response_cancel_not_active", null, "no active response")]
    public async Task What_is_wrong_is_told_precisely(string said, string code, string? param, string text)
    {
        await using var socket = new ScriptedSocket("flow: [listen]", """{"audio":{"input":{"turn_detection":null}}}""");
        socket.Append(ScriptedSocket.Sound("20s", AudioFormat.Pcm));
        socket.Say(said);
        ErrorBody error = socket.Events.OfType<ErrorEvent>().Single().Error;
        Assert.Equal((code, param, "e"), (error.Code, error.Param, error.EventId));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        socket.Say(new InputAudioBufferCommit());
        Assert.Contains("only has 20.00ms", socket.Events.OfType<ErrorEvent>().Last().Error.Message, StringComparison.Ordinal);
    }

    // One G.711 byte is one sample: an odd number of them is as good as any.
    [Fact]
    public async Task An_odd_number_of_bytes_is_right_where_a_sample_is_one()
    {
        await using var socket = new ScriptedSocket("flow: [listen]", """{"audio":{"input":{"turn_detection":null,"format":{"type":"audio/pcmu"}}}}""");
        socket.Append(new byte[801]);
        socket.Say(new InputAudioBufferCommit());
        Assert.EndsWith("committed item.added item.done", socket.Story, StringComparison.Ordinal);
    }

    // realtime-api §4.5: from the end of the playout, which is the client's, and of all that it has to play.
    [Fact]
    public async Task The_idle_timeout_counts_from_the_end_of_what_the_client_plays()
    {
        await using var socket = new ScriptedSocket(
            "flow: [say: One two three four five, listen, say: six, listen]", """{"audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000,"create_response":false}}}}""");
        socket.Say(new ResponseCreate());
        socket.Say(new ResponseCreate());
        Assert.Equal(2, socket.Events.OfType<ResponseDone>().Count());
        double playedMs = socket.Audio.Length / 48.0;
        Assert.InRange(playedMs, 1000, 8000);
        byte[] silence = new byte[960];
        while (!socket.Events.OfType<InputAudioBufferTimeoutTriggered>().Any())
        {
            socket.Append(silence);
            socket.Run(20);
            Assert.True(socket.Clock.GetTimestamp() < TimeSpan.FromSeconds(60).Ticks, "no timeout");
        }
        InputAudioBufferTimeoutTriggered told = socket.RunUntil<InputAudioBufferTimeoutTriggered>();
        Assert.InRange(told.AudioStartMs, playedMs - 60, playedMs + 60);
        Assert.InRange(told.AudioEndMs - told.AudioStartMs, 4960, 5040);
    }

    // There are no keys: a menu is over when it was played and nobody has pressed one.
    [Fact]
    public async Task Patience_with_keys_begins_when_the_client_is_through_with_the_menu()
    {
        await using var socket = new ScriptedSocket("flow: [say: Press one or press two, dtmf: { timeout_ms: 1000, on: {}, else: [say: None] }]");
        socket.Say(new ResponseCreate());
        socket.RunUntil<ResponseDone>();
        double menuMs = socket.Audio.Length / 48.0;
        long from = socket.Clock.GetTimestamp();
        socket.RunUntil<ResponseCreated>();
        Assert.InRange((socket.Clock.GetTimestamp() - from) / (double)TimeSpan.TicksPerMillisecond, menuMs + 980, menuMs + 1040);
        Assert.Equal("None", socket.RunUntil<ResponseOutputAudioTranscriptDone>().Transcript);
    }

    // A client that was interrupted plays nothing any more: what it had left does not hold the timeout back.
    [Fact]
    public async Task An_interruption_ends_what_the_client_plays()
    {
        await using var socket = new ScriptedSocket(
            $"flow: [say: {string.Join(' ', Enumerable.Repeat("and on", 60))}, listen, say: Well, listen]", """{"audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}}}}""");
        socket.Say(new ResponseCreate());
        socket.RunUntil<ResponseDone>();
        double longMs = socket.Audio.Length / 48.0;
        socket.Append(ScriptedSocket.Sound("800v 800s", AudioFormat.Pcm));
        socket.RunUntil<ResponseDone>();
        double shortMs = socket.Audio.Length / 48.0 - longMs;
        long from = socket.Clock.GetTimestamp();
        socket.RunUntil<InputAudioBufferTimeoutTriggered>();
        Assert.InRange((socket.Clock.GetTimestamp() - from) / (double)TimeSpan.TicksPerMillisecond, 5000 + shortMs - 60, 5000 + shortMs + 60);
    }

    /// <summary>Fifteen MiB at once, the largest append there may be: others have their turn while it is heard, and its sender is answered when it was.</summary>
    [Fact]
    public async Task Five_minutes_of_audio_at_once_hold_nobody_up()
    {
        await using var large = new ScriptedSocket("flow: [listen, say: Hello]");
        await using var other = new ScriptedSocket("flow: [say: Hello there, listen]", beside: large);
        byte[] audio = new byte[Limits.AppendBytes];
        ScriptedSocket.Sound("800v", AudioFormat.Pcm).CopyTo(audio, 48 * 60_000);
        Task<bool> heard = large.Begin(new InputAudioBufferAppend(audio));
        Task<bool> asked = other.Begin(new ResponseCreate());
        List<string> order = [];
        while (!heard.IsCompleted || !asked.IsCompleted)
        {
            large.Step();
            if (asked.IsCompleted && !order.Contains("asked")) { order.Add("asked"); }
            if (heard.IsCompleted && !order.Contains("heard")) { order.Add("heard"); }
        }
        Assert.Equal(["asked", "heard"], order);
        large.Settle();
        Assert.InRange(large.Events.OfType<InputAudioBufferSpeechStarted>().Single().AudioStartMs, 59_640, 59_860);
        Assert.Equal("Hello", large.RunUntil<ResponseOutputAudioTranscriptDone>().Transcript);
    }

    [Theory]
    [InlineData("pcm")]
    [InlineData("pcmu")]
    public void A_frame_is_heard_without_garbage(string input)
    {
        AudioFormat format = Format(input);
        var session = new RealtimeSession(
            default, default, SessionSurface.Socket, new SessionConfig { Model = "m", Audio = new SessionAudio { Input = new SessionAudioInput { Format = format } } }, Limits.Session, null, new Random(1));
        var handset = new SocketHandset(new HeardAudio());
        var append = new InputAudioBufferAppend(new byte[format.SampleRate / 50 * format.SampleBytes]);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int i = 0; i < 250; i++)
            {
                handset.Take(append);
                while (handset.TryBring(default, session)) { }
            }
        }));
    }

    /// <summary>A client that does not read is told nothing more, and is heard all the same; what it has not read stays small.</summary>
    [Fact]
    public async Task A_client_that_does_not_read_holds_its_model_back_and_is_still_heard()
    {
        string line = string.Join(' ', Enumerable.Repeat("word", 800));
        await using var socket = new ScriptedSocket($"flow: [say: {line}, listen, say: Sorry]");
        socket.Reads = false;
        socket.Say(new ResponseCreate());
        socket.Run(2000);
        Assert.InRange(socket.Waiting, Limits.SocketEvents / 2, Limits.SocketEvents);
        socket.Append(ScriptedSocket.Sound("800v 800s", AudioFormat.Pcm));
        socket.Reads = true;
        socket.RunUntil<ResponseDone>();
        socket.RunUntil<ResponseDone>();
        Assert.Equal(["Cancelled", "Completed"], socket.Events.OfType<ResponseDone>().Select(done => done.Response.Status.ToString()));
        Assert.InRange(socket.Events.OfType<ResponseOutputAudioTranscriptDelta>().Count(), 8, 40);
    }

    // A model that is held back goes on when its client reads again, and loses nothing.
    [Fact]
    public async Task A_client_that_reads_late_gets_everything()
    {
        string line = string.Join(' ', Enumerable.Repeat("word", 400));
        await using var socket = new ScriptedSocket($"flow: [say: {line}]") { Reads = false };
        socket.Say(new ResponseCreate());
        socket.Run(5000);
        socket.Reads = true;
        Assert.Equal(line, socket.RunUntil<ResponseOutputAudioTranscriptDone>().Transcript);
        Assert.Equal(ToneVoice.Speak(new SpeechRequest(line, "alloy", "en-us", 1, 24000)).Samples * 2, socket.Audio.Length);
    }

    /// <summary>On threads of their own: a reader who catches up just when the model was held back must not leave it asleep.</summary>
    [Fact]
    public async Task A_client_that_reads_by_fits_and_starts_gets_everything()
    {
        string line = string.Join(' ', Enumerable.Repeat("word", 600));
        (Script? script, _) = ScriptReader.Read("s.yaml", $"flow: [say: {line}]");
        var observer = new SpeechTests.Silent();
        var factory = new EngineFactory(
            ImmutableDictionary<string, Script>.Empty.Add("m", script!),
            new EnginePorts { Speech = new SpeechDesk(null, observer), Observer = observer, Time = TimeProvider.System, Random = new Random(1) });
        for (int round = 0; round < 3; round++)
        {
            await using IVoiceEngine engine = (await factory.OpenAsync(new EngineRequest("sess_1", "p", new SessionConfig { Model = "m" }, null), TestContext.Current.CancellationToken)).Engine!;
            _ = engine.PostAsync(new ResponseCreate()).AsTask();
            bool isDone = false;
            while (!isDone)
            {
                Assert.True(await engine.Events.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
                SpinWait.SpinUntil(() => engine.Events.Count >= Limits.SocketEvents / 2, TimeSpan.FromMilliseconds(1));
                while (engine.Events.TryRead(out ServerEvent? told)) { isDone |= told is ResponseDone; }
            }
        }
    }

    [Fact]
    public async Task The_last_event_of_an_hour_says_why()
    {
        await using var socket = new ScriptedSocket("flow: [listen]");
        socket.Clock.Advance(Limits.Session);
        socket.Settle();
        Assert.Equal("session_expired", Assert.IsType<ErrorEvent>(socket.Events[^1]).Error.Code);
        Assert.True(socket.HasEnded);
        Assert.False(socket.TrySay(new ResponseCreate()));
    }

    // Whatever a client says, and in whatever order: nothing breaks, every event is heard to its end, and the session can be closed.
    [Fact]
    public async Task Any_story_can_be_told()
    {
        string yaml = File.ReadAllText(ScriptReaderTests.Sample("booking.yaml"));
        string[] said =
        [
            """{"type":"response.create"}""", """{"type":"response.cancel"}""", """{"type":"input_audio_buffer.commit"}""", """{"type":"input_audio_buffer.clear"}""",
            """{"type":"response.create","response":{"conversation":"none","audio":{"output":{"format":{"type":"audio/pcmu"}}}}}""",
            """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcma"}}}}}""",
            """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm"},"turn_detection":null}}}}""",
            """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}}}}}""",
            "no json",
        ];
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            await using var socket = new ScriptedSocket(yaml, """{"tools":[{"type":"function","name":"book_table"},{"type":"function","name":"transfer_to_person"}]}""");
            for (int step = 0; step < 40 && !socket.HasEnded; step++)
            {
                switch (random.Next(5))
                {
                    case 0: socket.Append(ScriptedSocket.Sound(string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 900)}{(random.Next(2) == 0 ? 'v' : 's')}"), AudioFormat.Pcm)); break;
                    case 1: socket.Append(new byte[random.Next(1, 2000)]); break;
                    case 2: socket.Run(random.Next(1, 3000)); break;
                    default: socket.Say(said[random.Next(said.Length)]); break;
                }
            }
            Assert.True(socket.Observer.Fault is null, $"seed {seed}: {socket.Observer.Fault}");
        }
    }
}
