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
    private static readonly (string Name, Func<double, double, int, short[]> Make)[] Noises = [("white", Sound.White), ("pink", Sound.Pink), ("babble", Corpus.Babble)];

    public static readonly Condition[] Conditions =
        [new("quiet room", 40), .. Noises.SelectMany(noise => new double[] { 20, 10, 5 }.Select(snr => new Condition(noise.Name, snr)))];

    public static readonly Route[] Routes =
    [
        new(AudioCodec.Pcmu, 0, 100), new(AudioCodec.Pcmu, 0.03, 101), new(AudioCodec.Pcmu, 0.10, 102),
        new(AudioCodec.Pcma, 0, 103), new(AudioCodec.Pcma, 0.03, 104), new(AudioCodec.Pcma, 0.10, 105),
    ];

    /// <summary>One score for each of the silences.</summary>
    public static Score[] Run(Scene scene, Condition condition, IEnumerable<Route> routes, params int[] silencesMs)
    {
        Score[] scores = [.. silencesMs.Select(_ => new Score())];
        short[] line = Sound.Mix(scene.Samples, Noise(condition, scene.Seconds));
        foreach (Route route in routes)
        {
            List<HeardFrame> frames = PhoneLine.Carry(line, route.Codec, route.Loss, route.Seed);
            float[] voice = Ear.Listen(frames);
            for (int i = 0; i < scores.Length; i++) { scores[i].Add(scene.Speech, Ear.Turns(frames, voice, silencesMs[i]), silencesMs[i]); }
        }
        return scores;
    }

    /// <summary>Turns in what holds no speech.</summary>
    public static List<HeardTurn> Listen(short[] line, double threshold = 0.5)
    {
        List<HeardFrame> frames = PhoneLine.Carry(line, AudioCodec.Pcmu, 0.03, 7);
        return Ear.Turns(frames, Ear.Listen(frames), 500, threshold);
    }

    /// <summary>The same behind somebody who says four sentences first; only what begins later counts.</summary>
    public static List<HeardTurn> ListenBehind(short[] noise)
    {
        Scene scene = Scene.Of(Corpus.Lines(4), 2);
        int endMs = scene.Speech[^1].EndMs;
        short[] line = new short[Espeak.Rate / 1000 * endMs + noise.Length];
        scene.Samples.AsSpan(0, Math.Min(scene.Samples.Length, line.Length)).CopyTo(line);
        return Listen(Sound.Mix(line, [.. Loop(noise, line.Length)])).FindAll(turn => turn.StartedMs > endMs);
    }

    private static IEnumerable<short> Loop(short[] noise, int length) => Enumerable.Range(0, length).Select(i => noise[i % noise.Length]);

    private static short[] Noise(Condition condition, double seconds)
    {
        int seed = 40 + (int)condition.SnrDb;
        double dbfs = Scene.SpeechDbfs - condition.SnrDb;
        return Array.Find(Noises, noise => noise.Name == condition.Noise) is { Make: { } make } ? make(seconds, dbfs, seed) : Sound.Pink(seconds, dbfs, seed);
    }
}
