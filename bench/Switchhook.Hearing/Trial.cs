using Switchhook.Media;

namespace Switchhook.Hearing;

/// <summary>One noise at one strength.</summary>
internal sealed record Condition(string Noise, double SnrDb)
{
    public override string ToString() => FormattableString.Invariant($"{Noise} {SnrDb:F0} dB");
}

/// <summary>A way through the network.</summary>
internal sealed record Route(AudioCodec Codec, double Loss, int Seed);

/// <summary>Scenes in noise, sent down the line and listened to.</summary>
internal static class Trial
{
    /// <summary>What server_vad waits for by default.</summary>
    public const int SilenceMs = 200;

    /// <summary>And how sure it wants to be.</summary>
    public const double Threshold = 0.5;

    private static readonly (string Name, Func<double, double, int, short[]> Make)[] Noises = [("white", Sound.White), ("pink", Sound.Pink), ("babble", Corpus.Babble)];

    public static readonly Condition[] Conditions =
        [new("quiet room", 40), .. Noises.SelectMany(noise => new double[] { 20, 10, 5 }.Select(snr => new Condition(noise.Name, snr)))];

    public static readonly Route[] Routes =
    [
        new(AudioCodec.Pcmu, 0, 100), new(AudioCodec.Pcmu, 0.03, 101), new(AudioCodec.Pcmu, 0.10, 102),
        new(AudioCodec.Pcma, 0, 103), new(AudioCodec.Pcma, 0.03, 104), new(AudioCodec.Pcma, 0.10, 105),
    ];

    /// <summary>One score for each of the silences.</summary>
    public static Score[] Run(Scene scene, Condition condition, IEnumerable<Route> routes, params int[] silencesMs) => Run(scene, condition, routes, Threshold, silencesMs);

    public static Score[] Run(Scene scene, Condition condition, IEnumerable<Route> routes, double threshold, int[] silencesMs)
    {
        Score[] scores = [.. silencesMs.Select(_ => new Score())];
        short[] line = Sound.Mix(scene.Samples, Noise(condition, scene.Seconds));
        foreach (Route route in routes)
        {
            List<HeardFrame> frames = PhoneLine.Carry(line, route.Codec, route.Loss, route.Seed);
            float[] voice = Ear.Listen(frames);
            for (int i = 0; i < scores.Length; i++) { scores[i].Add(scene.Speech, Ear.Turns(frames, voice, silencesMs[i], threshold), silencesMs[i]); }
        }
        return scores;
    }

    /// <summary>
    /// The same for somebody who is given the clean voice and the clean noise, and calls voice every frame in which it is stronger than
    /// the noise. Of a lost frame he thinks what he thought of the one before. Nobody who is given the sum of both can do the
    /// same; where the noise is voices too, he cannot be expected to do better.
    /// </summary>
    public static Score[] RunTold(Scene scene, Condition condition, IEnumerable<Route> routes, params int[] silencesMs)
    {
        Score[] scores = [.. silencesMs.Select(_ => new Score())];
        short[] noise = Noise(condition, scene.Seconds);
        foreach (Route route in routes)
        {
            List<HeardFrame> frames = PhoneLine.Carry(scene.Samples, route.Codec, 0, route.Seed);
            bool[] arrives = PhoneLine.Arrives(frames.Count, route.Loss, route.Seed);
            float[] voice = new float[frames.Count];
            for (int i = 1; i < voice.Length; i++)
            {
                int at = frames[i].SentMs;
                voice[i] = at >= 0 && !arrives[at / PhoneLine.FrameMs] ? voice[i - 1] : Energy(scene.Samples, at) > Energy(noise, at) ? 1 : 0;
            }
            for (int i = 0; i < scores.Length; i++) { scores[i].Add(scene.Speech, Ear.Turns(frames, voice, silencesMs[i], Threshold), silencesMs[i]); }
        }
        return scores;
    }

    /// <summary>Turns in what holds no speech.</summary>
    public static List<HeardTurn> Listen(short[] line) => Listen(line, Threshold);

    public static List<HeardTurn> Listen(short[] line, double threshold)
    {
        List<HeardFrame> frames = PhoneLine.Carry(line, AudioCodec.Pcmu, 0.03, 7);
        return Ear.Turns(frames, Ear.Listen(frames), SilenceMs, threshold);
    }

    /// <summary>
    /// A telephone taken off mute in a room of eight people, again and again, each time in another room: how many turns it starts in
    /// each, in the six seconds until the room is known.
    /// </summary>
    public static double StartsInNewRooms(double dbfs, int rooms) => Enumerable.Range(0, rooms)
        .Average(room => Listen([.. new short[Espeak.Rate / 5], .. Corpus.Babble(6, dbfs, 1000 + room)]).Count);

    /// <summary>The same behind somebody who says four sentences first; only what begins later counts, from where he ended.</summary>
    public static List<HeardTurn> ListenBehind(short[] noise)
    {
        Scene scene = Scene.Of(Corpus.Lines(4), 2);
        int endMs = scene.Speech[^1].EndMs;
        short[] line = new short[Espeak.Rate / 1000 * endMs + noise.Length];
        scene.Samples.AsSpan(0, Math.Min(scene.Samples.Length, line.Length)).CopyTo(line);
        List<HeardTurn> turns = Listen(Sound.Mix(line, [.. Loop(noise, line.Length)])).FindAll(turn => turn.StartedMs > endMs);
        return turns.ConvertAll(turn => turn with { StartedMs = turn.StartedMs - endMs, StoppedMs = turn.StoppedMs - endMs });
    }

    /// <summary>The share of the time in which somebody was believed to speak.</summary>
    public static double InTurns(List<HeardTurn> turns, double seconds) => turns.Sum(turn => (turn.StoppedMs ?? seconds * 1000) - turn.StartedMs) / 1000 / seconds;

    /// <summary>Of a frame; one before the first or behind the last has none, and is no voice.</summary>
    private static double Energy(ReadOnlySpan<short> samples, int fromMs)
    {
        const int perMs = Espeak.Rate / 1000;
        int from = Math.Clamp(fromMs * perMs, 0, samples.Length);
        double sum = 0;
        foreach (short sample in samples[from..Math.Clamp((fromMs + PhoneLine.FrameMs) * perMs, from, samples.Length)]) { sum += (double)sample * sample; }
        return sum;
    }

    private static IEnumerable<short> Loop(short[] noise, int length) => Enumerable.Range(0, length).Select(i => noise[i % noise.Length]);

    private static short[] Noise(Condition condition, double seconds)
    {
        int seed = 40 + (int)condition.SnrDb;
        double dbfs = Scene.SpeechDbfs - condition.SnrDb;
        return Array.Find(Noises, noise => noise.Name == condition.Noise) is { Make: { } make } ? make(seconds, dbfs, seed) : Sound.Pink(seconds, dbfs, seed);
    }
}
