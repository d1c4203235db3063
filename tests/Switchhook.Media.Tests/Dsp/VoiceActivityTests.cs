using System.Globalization;
using Switchhook.Media.Dsp;

namespace Switchhook.Media.Tests.Dsp;

public sealed class VoiceActivityTests
{
    private const float Threshold = 0.5f;   // server_vad's default

    // Voices at −23 dBFS over noise that is so many decibels weaker. Found within 100 ms (in the noise of a street, where
    // the voice is hardly louder, within 400); once found, no gap inside
    // the sentence may reach the default silence of a turn (200 ms), or the turn would end too early. A high voice on
    // a dark vowel is nearly a pure tone; in noise that hides the rest, it may be lost a little longer.
    [Theory]
    [InlineData(8000)]
    [InlineData(24000)]
    public void A_voice_is_heard_within_100_ms_and_held(int rate)
    {
        foreach (string row in """
            noise pitch snr onset held
            none  110   99  100   200
            none  210   99  100   200
            white 110   20  100   200
            white 210   20  100   300
            white 110   10  100   200
            white 210   10  100   300
            white 110   5   100   300
            white 210   5   100   300
            pink  110   20  100   200
            pink  210   20  100   300
            pink  110   10  100   200
            pink  210   10  100   300
            pink  110   5   400   400
            pink  210   5   400   400
            """.Split('\n').Skip(1))
        {
            string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            double snr = double.Parse(cells[2], CultureInfo.InvariantCulture);
            for (int seed = 0; seed < 5; seed++)
            {
                foreach (int startMs in new[] { 0, 1500 })
                {
                    short[] speech = Sound.Speech(rate, 3, -23, seed, double.Parse(cells[1], CultureInfo.InvariantCulture));
                    short[] line = Sound.Noise(rate, 3 + startMs / 1000.0, cells[0] == "none" ? -75 : -23 - snr, 100 + seed, cells[0] == "pink");
                    (int onsetMs, int gapMs, int early) = Listen(rate, Sound.Mix(line, speech, rate / 1000 * startMs), startMs, QuietMs(rate, speech));
                    string where = $"{row}, seed {seed}, start {startMs}";
                    Assert.True(early == 0, $"{where}: {early} frames before anybody spoke");
                    Assert.True(onsetMs <= int.Parse(cells[3], CultureInfo.InvariantCulture), $"{where}: heard {onsetMs} ms after the begin");
                    Assert.True(gapMs < int.Parse(cells[4], CultureInfo.InvariantCulture), $"{where}: lost for {gapMs} ms");
                }
            }
        }
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(24000)]
    public void A_minute_of_noise_starts_no_turn(int rate)
    {
        foreach (bool pink in new[] { false, true })
        {
            foreach (int dbfs in rate == 8000 ? [-65, -45, -30, -20] : new[] { -30 })
            {
                Silent(rate, Sound.Noise(rate, 60, dbfs, seed: dbfs, pink), $"{(pink ? "pink" : "white")} noise at {dbfs} dBFS");
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
    public void A_machine_that_buzzes_is_believed_for_a_second_at_most()
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
        Assert.InRange(last * 20, 0, 1000);
    }

    [Fact]
    public void Half_a_minute_without_a_pause_is_not_swallowed()
    {
        short[] speech = Sound.Mix(Sound.Speech(8000, 30, -23, 1, 120), Sound.White(8000, 30, -43, 2));
        (_, int gapMs, _) = Listen(8000, speech, 0);
        Assert.InRange(gapMs, 0, 199);
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
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) { voice.Hear(frame); }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>How long a sentence begins so softly that nobody in the room would have heard it yet.</summary>
    private static int QuietMs(int rate, short[] speech)
    {
        int at = 0;
        while (Level.Dbfs(speech.AsSpan(at, rate / 100)) < -30) { at += rate / 100; }
        return at / (rate / 1000);
    }

    private static void Silent(int rate, short[] line, string what)
    {
        var voice = new VoiceActivity(rate);
        int length = rate / 50;
        for (int at = 0; at + length <= line.Length; at += length)
        {
            float probability = voice.Hear(line.AsSpan(at, length));
            Assert.True(probability < Threshold, $"{what} at {rate} Hz: {probability:f2} after {at / (rate / 1000)} ms");
        }
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
