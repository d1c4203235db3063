using Switchhook.Media;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>One call as a detector meets it: what was measured in each frame, what is true of it, and how much that counts.</summary>
internal sealed class Lesson
{
    private const int SpokenMsMin = 10;     // of a frame's 20

    public required float[] Features { get; init; }
    public required float[] Truth { get; init; }
    public required float[] Weight { get; init; }

    public int Frames => Truth.Length;

    public ReadOnlySpan<float> Of(int frame) => Features.AsSpan(frame * VoiceNet.Inputs, VoiceNet.Inputs);

    /// <summary>Speech in some noise, or no speech at all.</summary>
    public static Lesson Draw(int seed)
    {
        (List<HeardFrame> frames, List<Span> speech) = Make(seed);
        // Every other line begins in the midst of something.
        int skipped = seed % 2 * new Random(seed).Next(100);
        return Of(frames[skipped..], speech);
    }

    private static (List<HeardFrame>, List<Span>) Make(int seed)
    {
        var random = new Random(seed);
        bool isSpoken = random.Next(100) < 60;
        double dbfs = -16 - random.NextDouble() * 22;
        (short[] voice, List<Span> speech) = isSpoken ? Speech(random, dbfs) : (new short[Espeak.Rate * random.Next(8, 25)], []);
        double seconds = (double)voice.Length / Espeak.Rate;
        short[] line = Sound.Mix(voice, Begun(random, isSpoken ? Around(random, dbfs, seconds) : Noises.Draw(random, seconds)));
        if (isSpoken && random.Next(8) == 0) { line = Sound.Mix(line, Far(random, dbfs, seconds)); }
        AudioCodec codec = random.Next(2) == 0 ? AudioCodec.Pcmu : AudioCodec.Pcma;
        double loss = random.Next(3) switch { 0 => 0, 1 => 0.02, _ => 0.08 };
        return (PhoneLine.Carry(line, codec, loss, seed), speech);
    }

    private static (short[], List<Span>) Speech(Random random, double dbfs)
    {
        var samples = new List<short>(new short[Espeak.Rate / 1000 * random.Next(40, 3000)]);
        var speech = new List<Span>();
        int count = random.Next(4, 9);
        for (int i = 0; i < count; i++)
        {
            Line said = Lessons.Draw(random);
            short[] sentence = Voices.Vary(Espeak.Say(said.Talker, said.Text), random);
            sentence = Sound.ToPower(sentence, Hearing.Truth.ActivePower, dbfs + random.NextDouble() * 6 - 3);
            List<Span> spans = Hearing.Truth.Of(sentence);
            int from = Math.Max(0, spans[0].StartMs - 60), to = Math.Min(sentence.Length / 8, spans[^1].EndMs + 120);
            int at = samples.Count / 8 - from;
            speech.AddRange(spans.Select(span => new Span(at + span.StartMs, at + span.EndMs)));
            samples.AddRange(sentence.AsSpan((from * 8)..(to * 8)));
            // Now and then somebody listens for long: what was said before must not be forgotten, nor be waited for.
            samples.AddRange(new short[8 * (random.Next(8) == 0 ? random.Next(2000, 15_000) : random.Next(100, 2000))]);
        }
        return ([.. samples], speech);
    }

    /// <summary>Noise behind a voice, 2 to 34 dB weaker; half of it no more than 10.</summary>
    private static short[] Around(Random random, double voiceDbfs, double seconds)
    {
        double dbfs = voiceDbfs - 2 - 32 * Math.Pow(random.NextDouble(), 2);
        return random.Next(10) switch
        {
            0 => Noises.Quiet(random, seconds),
            1 => Sound.White(seconds, dbfs, random.Next()),
            2 => Sound.Pink(seconds, dbfs, random.Next()),
            3 => Noises.Coloured(seconds, dbfs, random),
            4 => Sound.Mix(Sound.Pink(seconds, dbfs - 3, random.Next()), Noises.Coloured(seconds, dbfs - 3, random)),
            5 => Noises.Draw(random, seconds, dbfs - 3),
            _ => Lessons.Babble(seconds, dbfs, random),
        };
    }

    /// <summary>Every third noise is not there from the first moment: a telephone is picked up, or taken off mute, or carried into a room.</summary>
    private static short[] Begun(Random random, short[] noise)
    {
        if (random.Next(3) == 0) { noise.AsSpan(0, Math.Min(noise.Length, Espeak.Rate / 1000 * random.Next(20, 3000))).Clear(); }
        return noise;
    }

    /// <summary>Somebody far from the telephone, or our own voice that comes back: speech, but nobody who speaks to us.</summary>
    private static short[] Far(Random random, double dbfs, double seconds)
    {
        (short[] voice, _) = Speech(random, dbfs - 19 - random.NextDouble() * 12);
        return voice.AsSpan(0, Math.Min(voice.Length, (int)(seconds * Espeak.Rate))).ToArray();
    }

    private static Lesson Of(List<HeardFrame> frames, List<Span> speech)
    {
        var measure = new VoiceFeatures();
        var lesson = new Lesson { Features = new float[frames.Count * VoiceNet.Inputs], Truth = new float[frames.Count], Weight = new float[frames.Count] };
        int next = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            measure.Measure(frames[i].Samples, lesson.Features.AsSpan(i * VoiceNet.Inputs, VoiceNet.Inputs));
            int from = frames[i].SentMs, to = from + 20;
            while (next < speech.Count && speech[next].EndMs <= from) { next++; }
            int spokenMs = 0;
            for (int s = next; s < speech.Count && speech[s].StartMs < to; s++) { spokenMs += Math.Min(to, speech[s].EndMs) - Math.Max(from, speech[s].StartMs); }
            lesson.Truth[i] = spokenMs >= SpokenMsMin ? 1 : 0;
            // Between two sounds of a word nobody needs to know.
            bool isGap = next > 0 && next < speech.Count && speech[next].StartMs - speech[next - 1].EndMs <= 120 && spokenMs < SpokenMsMin;
            lesson.Weight[i] = isGap ? 0 : Weigh(i, from, spokenMs, speech, next);
        }
        return lesson;
    }

    /// <summary>
    /// A word must be believed at its first sounds, and its end at once; who is interrupted by nobody minds more than who is
    /// interrupted late. What a line sounds like must be heard before it is judged, and is no voice only because it is new.
    /// </summary>
    private static float Weigh(int frame, int fromMs, int spokenMs, List<Span> speech, int next)
    {
        bool isSpoken = spokenMs >= SpokenMsMin;
        if (frame < VoiceActivity.FramesUnjudged) { return 0; }
        if (!isSpoken && frame < 3 * VoiceActivity.FramesUnjudged) { return 5; }
        if (isSpoken && speech[next].StartMs > fromMs - 80 && (next == 0 || speech[next].StartMs - speech[next - 1].EndMs > 200)) { return 5; }
        if (isSpoken) { return 1; }
        return next > 0 && fromMs - speech[next - 1].EndMs < 160 ? 2 : 1.5f;
    }
}
