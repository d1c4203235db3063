using Switchhook.Media;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>One call as a detector meets it: what was measured in each frame, what is true of it, and how much that counts.</summary>
internal sealed class Lesson
{
    public required float[] Features { get; init; }
    public required float[] Truth { get; init; }
    public required float[] Weight { get; init; }

    public int Frames => Truth.Length;

    public ReadOnlySpan<float> Of(int frame) => Features.AsSpan(frame * VoiceNet.Inputs, VoiceNet.Inputs);

    /// <summary>Speech in some noise, or no speech at all.</summary>
    public static Lesson Draw(int seed)
    {
        (List<HeardFrame> frames, List<Span> speech) = Make(seed);
        return Of(frames, speech);
    }

    private static (List<HeardFrame>, List<Span>) Make(int seed)
    {
        var random = new Random(seed);
        bool isSpoken = random.Next(100) < 60;
        (short[] voice, List<Span> speech) = isSpoken ? Speech(random) : (new short[Espeak.Rate * random.Next(8, 25)], []);
        double seconds = (double)voice.Length / Espeak.Rate;
        short[] line = Sound.Mix(voice, isSpoken ? Around(random, seconds) : Noises.Draw(random, seconds));
        AudioCodec codec = random.Next(2) == 0 ? AudioCodec.Pcmu : AudioCodec.Pcma;
        double loss = random.Next(3) switch { 0 => 0, 1 => 0.02, _ => 0.08 };
        return (PhoneLine.Carry(line, codec, loss, seed), speech);
    }

    private static (short[], List<Span>) Speech(Random random)
    {
        var samples = new List<short>(new short[Espeak.Rate / 1000 * random.Next(40, 3000)]);
        var speech = new List<Span>();
        double dbfs = -16 - random.NextDouble() * 22;
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
            samples.AddRange(new short[8 * random.Next(100, 2000)]);
        }
        return ([.. samples], speech);
    }

    /// <summary>Noise behind a voice of about −27 dBFS.</summary>
    private static short[] Around(Random random, double seconds)
    {
        double dbfs = -23 - random.NextDouble() * 28;
        return random.Next(8) switch
        {
            0 => Sound.White(seconds, -68, random.Next()),
            1 => Sound.White(seconds, dbfs, random.Next()),
            2 => Sound.Pink(seconds, dbfs, random.Next()),
            3 => Noises.Coloured(seconds, dbfs, random),
            4 or 5 => Lessons.Babble(seconds, dbfs - 3, random),
            6 => Noises.Draw(random, seconds, Math.Min(dbfs, -30)),
            _ => Sound.Mix(Sound.Pink(seconds, dbfs, random.Next()), Noises.Coloured(seconds, dbfs - 3, random)),
        };
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
            lesson.Truth[i] = spokenMs >= 10 ? 1 : 0;
            // Between two sounds of a word nobody needs to know.
            bool isGap = next > 0 && next < speech.Count && speech[next].StartMs - speech[next - 1].EndMs <= 120 && spokenMs < 10;
            lesson.Weight[i] = isGap ? 0 : 1;
        }
        return lesson;
    }
}
