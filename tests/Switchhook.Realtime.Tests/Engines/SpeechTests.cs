using Switchhook.Calls.Ports;
using Switchhook.Engines;
using Switchhook.Engines.Speech;
using Switchhook.Media;
using Switchhook.Media.Dsp;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Engines;

[Collection("the narrow-band frames are counted")]
public sealed class SpeechTests
{
    [Theory]
    [InlineData("Hello, this is me.", "Hello,| this| is| me.")]
    [InlineData("  two  blanks \n", "  two|  blanks \n")]
    [InlineData("one", "one")]
    [InlineData(" ", " ")]
    [InlineData("", "")]
    public void A_line_is_cut_into_words_that_add_up_to_it(string text, string words)
    {
        List<string> cut = SpokenLine.Cut(text);
        Assert.Equal(words, string.Join('|', cut));
        Assert.Equal(text, string.Concat(cut));
    }

    [Fact]
    public void The_parts_of_a_recording_add_up_to_it()
    {
        short[] recording = [.. Enumerable.Range(0, 10007).Select(i => (short)i)];
        SpokenLine line = SpokenLine.Spread("Press 1, or wait.", recording);
        Assert.Equal(recording, line.Words.SelectMany(word => word.Samples.ToArray()));
        Assert.All(line.Words, word => Assert.NotEqual(0, word.Samples.Length));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(24000)]
    public void Tones_are_loud_enough_and_as_long_as_the_words(int rate)
    {
        SpokenLine normal = ToneVoice.Speak(Request("Hello, how are you today?", rate));
        Assert.InRange(normal.Samples / (double)rate, 0.8, 2.5);
        Assert.InRange(Level.Dbfs(normal.Words[0].Samples.Span), -26, -18);
        SpokenLine slow = ToneVoice.Speak(Request("Hello, how are you today?", rate) with { Speed = 0.5 });
        Assert.Equal(2, (double)slow.Samples / normal.Samples, 0.1);
    }

    [Fact]
    public async Task A_line_is_synthesized_once_however_many_want_it()
    {
        var voice = new CountingVoice();
        var desk = new SpeechDesk(voice, new Silent());
        SpokenLine[] lines = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => desk.SpeakAsync(Request("hello"), TestContext.Current.CancellationToken)));
        Assert.All(lines, line => Assert.Same(lines[0], line));
        await desk.SpeakAsync(Request("hello") with { Speed = 1.1 }, TestContext.Current.CancellationToken);
        Assert.Equal(2, voice.Count);
    }

    [Fact]
    public async Task What_was_used_longest_ago_makes_room()
    {
        var voice = new CountingVoice();
        var desk = new SpeechDesk(voice, new Silent(), bytesMax: 3 * (CountingVoice.LineBytes + SpeechDesk.EntryBytes));
        foreach (string text in new[] { "a", "b", "c", "a", "d", "a", "b" }) { await desk.SpeakAsync(Request(text), TestContext.Current.CancellationToken); }
        // "b" had to make room for "d" and is made again; "a" never.
        Assert.Equal("a b c d b", voice.Texts);
        Assert.InRange(desk.Bytes, 1, 3 * (CountingVoice.LineBytes + SpeechDesk.EntryBytes));
    }

    [Fact]
    public async Task A_voice_that_fails_is_heard_as_tones_and_asked_again_next_time()
    {
        var voice = new CountingVoice { Fault = new SpeechException("out of order") };
        var observer = new Silent();
        var desk = new SpeechDesk(voice, observer);
        SpokenLine line = await desk.SpeakAsync(Request("hello"), TestContext.Current.CancellationToken);
        Assert.True(line.Samples > 0);
        voice.Fault = new InvalidOperationException("which nobody foresaw");
        Assert.True((await desk.SpeakAsync(Request("hello"), TestContext.Current.CancellationToken)).Samples > 0);
        Assert.Equal(2, observer.Failures);
        voice.Fault = null;
        Assert.Equal(CountingVoice.LineBytes / 2, (await desk.SpeakAsync(Request("hello"), TestContext.Current.CancellationToken)).Samples);
    }

    [Theory]
    [InlineData("/nonexistent/espeak-ng")]
    [InlineData("/bin/cat")]
    [InlineData("/bin/false")]
    public async Task A_program_that_does_not_speak_is_found_out_at_start(string program)
    {
        var observer = new Silent();
        SpeechDesk desk = await SpeechDesk.OpenAsync(observer, program, TestContext.Current.CancellationToken);
        Assert.Equal(program, observer.TonesOnly);
        Assert.True((await desk.SpeakAsync(Request("hello"), TestContext.Current.CancellationToken)).Samples > 0);
    }

    [Fact]
    public async Task Espeak_speaks_at_the_rate_and_pace_that_were_asked_for()
    {
        if (await EspeakVoice.ProbeAsync("espeak-ng", TestContext.Current.CancellationToken) is not { } voice) { Assert.Skip("espeak-ng is not installed"); return; }
        SpeechRequest request = Request("Your table for two is booked; we look forward to seeing you. $(reboot) `x` <b> [[");
        SpokenLine narrow = await voice.SpeakAsync(request, TestContext.Current.CancellationToken);
        SpokenLine wide = await voice.SpeakAsync(request with { SampleRate = 24000 }, TestContext.Current.CancellationToken);
        SpokenLine slow = await voice.SpeakAsync(request with { Speed = 0.6 }, TestContext.Current.CancellationToken);
        Assert.Equal(request.Text, string.Concat(narrow.Words.Select(word => word.Text)));
        Assert.Equal(3, (double)wide.Samples / narrow.Samples, 0.02);
        Assert.InRange((double)slow.Samples / narrow.Samples, 1.3, 2);
        Assert.InRange(Level.Dbfs(narrow.Words.SelectMany(word => word.Samples.ToArray()).ToArray()), -35, -10);
        // Somebody who listens to it hears a voice; half of it are pauses and closed lips.
        var ear = new VoiceActivity(8000);
        short[] samples = [.. narrow.Words.SelectMany(word => word.Samples.ToArray())];
        int heard = 0;
        for (int at = 0; at + 160 <= samples.Length; at += 160) { heard += ear.Hear(samples.AsSpan(at, 160)) >= 0.5 ? 1 : 0; }
        Assert.True(heard > samples.Length / 160 / 3, $"{heard} of {samples.Length / 160} frames");
    }

    [Theory]
    [InlineData("alloy", "en-us+f2")]
    [InlineData("cedar", "en-us+m7")]
    public void Every_voice_has_its_own_variant(string voice, string expected) => Assert.Equal(expected, EspeakVoice.VoiceFor("en-us", voice));

    [Fact]
    public void An_unknown_voice_is_always_the_same_one() =>
        Assert.Equal(EspeakVoice.VoiceFor("de", "voice_0815"), EspeakVoice.VoiceFor("de", "voice_0815"));

    // Any pieces in, 20 ms frames out: all samples, in order, one mark per utterance, and every lease comes back.
    [Fact]
    public void The_mouth_says_everything_in_frames_and_marks_the_last()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var line = new VoiceLine(8000);
            var mouth = new Mouth(line);
            var said = new Dictionary<int, List<short>>();
            var heard = new Dictionary<int, List<short>>();
            int marks = 0, utterances = random.Next(1, 4);
            var now = new Instant(1);
            for (int utterance = 1; utterance <= utterances; utterance++)
            {
                said[utterance] = [];
                int pieces = random.Next(0, 5);
                for (int piece = 0; piece < pieces; piece++)
                {
                    short[] samples = [.. Enumerable.Range(0, random.Next(0, 3) * random.Next(0, 400)).Select(_ => (short)random.Next(1, 1000))];
                    said[utterance].AddRange(samples);
                    mouth.Say(new SessionOutput.Say(utterance, samples, IsLast: false));
                    if (random.Next(2) == 0) { mouth.Fill(now); }
                }
                mouth.Say(new SessionOutput.Say(utterance, default, IsLast: true));
            }
            for (int rounds = 0; marks < utterances; rounds++)
            {
                Assert.True(rounds < 1000, $"seed {seed}: {marks} ends of {utterances} utterances");
                mouth.Fill(now);
                now += TimeSpan.FromMilliseconds(100);
                while (line.TryTakeSpeech(out SpeechFrame frame))
                {
                    if (!heard.TryGetValue(frame.Utterance, out List<short>? samples)) { heard[frame.Utterance] = samples = []; }
                    samples.AddRange(frame.Audio.Samples);
                    marks += frame.IsLast ? 1 : 0;
                    frame.Audio.Return();
                }
            }
            Assert.True(mouth.Fill(now) == Instant.Never && !line.TryTakeSpeech(out _), $"seed {seed}: more than was said");
            foreach ((int utterance, List<short> samples) in said)
            {
                Assert.True(samples.SequenceEqual(heard[utterance].Take(samples.Count)), $"seed {seed}: utterance {utterance} is not what was said");
                Assert.True(heard[utterance].Count - samples.Count is >= 0 and <= 160 && heard[utterance].Skip(samples.Count).All(s => s == 0), $"seed {seed}: more than was said");
            }
        }
    }

    // Two responses side by side: what the playout says of each is true only if neither is torn apart. Numbers are frames of an utterance, ! its last.
    [Theory]
    [InlineData("1 1 2 1! 2 2!", "1 1 1! 2 2 2!")]
    [InlineData("1 2! 3 1! 3!", "1 1! 2! 3 3!")]
    [InlineData("1 2 x1 2!", "2 2!")]
    [InlineData("1 2 3! x2 4!", "3! 4!")]
    [InlineData("1 2! x1 3!", "2! 3!")]
    public void The_mouth_says_one_utterance_after_the_other(string said, string heard)
    {
        var line = new VoiceLine(8000);
        var mouth = new Mouth(line);
        var now = new Instant(1);
        var frames = new List<string>();
        foreach (string word in said.Split(' '))
        {
            if (word[0] == 'x')
            {
                mouth.Cut(now, word[1] - '0');
                while (line.TryTakeSpeech(out SpeechFrame cut)) { cut.Audio.Return(); }
            }
            else { mouth.Say(new SessionOutput.Say(word[0] - '0', new short[160], IsLast: word.EndsWith('!'))); }
            mouth.Fill(now);
        }
        while (line.TryTakeSpeech(out SpeechFrame frame))
        {
            frames.Add($"{frame.Utterance}{(frame.IsLast ? "!" : "")}");
            frame.Audio.Return();
        }
        Assert.Equal(heard, string.Join(' ', frames));
    }

    [Fact]
    public void The_mouth_keeps_two_seconds_ahead_and_no_more()
    {
        var line = new VoiceLine(8000);
        var mouth = new Mouth(line);
        var now = new Instant(1);
        mouth.Say(new SessionOutput.Say(1, new short[8000 * 60], IsLast: true));
        int ahead = 0;
        for (int ms = 0; ms < 50_000; ms += 20)
        {
            if (mouth.Fill(now) is var next && ms > 0) { Assert.True(next > now); }
            while (line.TryTakeSpeech(out SpeechFrame frame)) { frame.Audio.Return(); ahead++; }
            ahead--;
            Assert.InRange(ahead, 40, 100);
            now += TimeSpan.FromMilliseconds(20);
        }
        mouth.Cut(now, 1);
        Assert.Equal(1, line.CutThrough);
        Assert.Equal(Instant.Never, mouth.Fill(now));
    }

    private static SpeechRequest Request(string text, int rate = 8000) => new(text, "alloy", "en-us", 1, rate);

    internal sealed class Silent : IEngineObserver
    {
        public int Failures;
        public string? TonesOnly;
        public Exception? Fault;
        public void SpeaksTonesOnly(string program) => TonesOnly = program;
        public void SpeechFailed(string reason) => Interlocked.Increment(ref Failures);
        public void McpAnswered(bool isCall, string outcome, TimeSpan took) { }
        public void Faulted(string owner, Exception fault) => Fault = fault;
    }

    private sealed class CountingVoice : IVoice
    {
        public const int LineBytes = 2000;
        private readonly List<string> _texts = [];

        public Exception? Fault { get; set; }
        public int Count => _texts.Count;
        public string Texts => string.Join(' ', _texts);

        public Task<SpokenLine> SpeakAsync(SpeechRequest request, CancellationToken cancellation)
        {
            if (Fault is { } fault) { throw fault; }
            _texts.Add(request.Text);
            return Task.FromResult(SpokenLine.Spread(request.Text, new short[LineBytes / 2]));
        }
    }
}
