using Switchhook.Media.Dsp;
using Switchhook.Simulation;

namespace Switchhook.Media.Tests.Dsp;

/// <summary>What is no voice, and what no voice may do to the arithmetic. How well speech is found, HearingTests guard with real voices.</summary>
public sealed class VoiceActivityTests
{
    private const float Threshold = 0.5f;   // server_vad's default

    [Theory]
    [InlineData(8000)]
    [InlineData(24000)]
    public void A_minute_of_noise_starts_no_turn(int rate)
    {
        foreach (bool pink in new[] { false, true })
        {
            foreach (int dbfs in rate == 8000 ? [-65, -45, -30, -20] : new[] { -30 })
            {
                int starts = Starts(rate, Sound.Noise(rate, 60, dbfs, seed: dbfs, pink)).Count;
                Assert.True(starts == 0, $"{(pink ? "pink" : "white")} noise at {dbfs} dBFS: {starts} starts");
            }
        }
    }

    [Fact]
    public void Noise_that_becomes_louder_at_once_starts_no_turn()
    {
        foreach (bool pink in new[] { false, true })
        {
            short[] street = Sound.Noise(8000, 10, -28, 5, pink);
            street.AsSpan(0, 24000).Clear();
            Silent(8000, Sound.Mix(Sound.White(8000, 10, -60, 6), street), $"pink {pink}");
        }
    }

    [Theory]
    [InlineData("dial tone of America", 350, 440, 0, 0)]
    [InlineData("ringback of America", 440, 480, 2000, 4000)]
    [InlineData("busy of America", 480, 620, 500, 500)]
    [InlineData("ringback of Europe", 425, 0, 1000, 4000)]
    [InlineData("busy of Europe", 425, 0, 480, 480)]
    [InlineData("hum of 50 Hz mains", 50, 100, 0, 0)]
    [InlineData("hum of 60 Hz mains", 120, 240, 0, 0)]
    [InlineData("key 5", 770, 1336, 100, 100)]
    [InlineData("key 1", 697, 1209, 70, 70)]
    [InlineData("key D", 941, 1633, 80, 80)]
    [InlineData("fax", 1100, 0, 500, 3000)]
    [InlineData("milliwatt", 1004, 0, 0, 0)]
    public void Tones_of_machines_start_no_turn(string name, double low, double high, int soundMs, int restMs)
    {
        foreach (int rate in new[] { 8000, 24000 })
        {
            short[] samples = new short[rate * 15];
            new Tone(rate, low, -15, high, soundMs, restMs).Fill(samples);
            Silent(rate, Sound.Mix(samples, Sound.White(rate, 15, -60, 3)), name);
        }
    }

    [Fact]
    public void A_machine_that_buzzes_is_believed_for_a_moment_at_most()
    {
        // All harmonics of 100 Hz: as periodic as a voice, but it stands still.
        short[] buzz = new short[8000 * 20];
        for (int harmonic = 1; harmonic < 20; harmonic++)
        {
            for (int i = 0; i < buzz.Length; i++) { buzz[i] += (short)(1500.0 / harmonic * Math.Sin(2 * Math.PI * 100 * harmonic * i / 8000 + harmonic * harmonic)); }
        }
        var voice = new VoiceActivity(8000);
        int last = 0;
        for (int frame = 0; frame < 1000; frame++)
        {
            if (voice.Hear(buzz.AsSpan(frame * 160, 160)) >= Threshold) { last = frame; }
        }
        Assert.InRange(last * 20, 0, 400);
    }

    [Fact]
    public void Half_a_minute_without_a_pause_is_not_swallowed()
    {
        short[] speech = Sound.Mix(Sound.Speech(8000, 30, -23, 1, 120), Sound.White(8000, 30, -43, 2));
        (_, int gapMs, _) = Listen(8000, speech, 0);
        Assert.InRange(gapMs, 0, 200);
    }

    [Fact]
    public void Digital_silence_and_the_loudest_square_are_numbers_like_any()
    {
        var voice = new VoiceActivity(8000);
        short[] frame = new short[160];
        for (int i = 0; i < 200; i++)
        {
            frame.AsSpan().Fill((short)(i < 100 ? 0 : i % 2 == 0 ? short.MinValue : short.MaxValue));
            Assert.InRange(voice.Hear(frame), 0, 1);
        }
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(24000)]
    public void Nothing_is_allocated_per_frame(int rate)
    {
        var voice = new VoiceActivity(rate);
        short[] frame = Sound.Speech(rate, 0.02, -20, 1, 120);
        voice.Hear(frame);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int i = 0; i < 1000; i++) { voice.Hear(frame); }
        }));
    }

    private static void Silent(int rate, short[] line, string what) =>
        Assert.True(Starts(rate, line) is [], $"{what} at {rate} Hz: after {string.Join(", ", Starts(rate, line))} ms");

    /// <summary>Where turns would begin, in milliseconds: with two frames of speech; one alone begins none.</summary>
    private static List<int> Starts(int rate, short[] line)
    {
        var voice = new VoiceActivity(rate);
        var starts = new List<int>();
        int length = rate / 50, running = 0;
        for (int at = 0; at + length <= line.Length; at += length)
        {
            running = voice.Hear(line.AsSpan(at, length)) >= Threshold ? running + 1 : 0;
            if (running == 2) { starts.Add(at / (rate / 1000)); }
        }
        return starts;
    }

    /// <summary>When the voice was heard first, the longest time it was lost after that, and how often it was heard too early.</summary>
    private static (int OnsetMs, int GapMs, int Early) Listen(int rate, short[] line, int startMs, int quietMs = 0)
    {
        const int None = int.MinValue;
        var voice = new VoiceActivity(rate);
        int length = rate / 50, onset = None, gap = 0, longest = 0, early = 0;
        for (int frame = 0; (frame + 1) * length <= line.Length; frame++)
        {
            bool heard = voice.Hear(line.AsSpan(frame * length, length)) >= Threshold;
            int endMs = (frame + 1) * 20;
            if (heard && onset == None) { onset = endMs - startMs - quietMs; }
            if (heard && endMs <= startMs) { early++; }
            gap = heard || onset == None ? 0 : gap + 20;
            longest = Math.Max(longest, gap);
        }
        return (onset, longest, early);
    }
}
