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

    private const int OnsetMs = 40;

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
    /// From the begin of each turn until 40 ms of it are as strong as the noise is at that moment: before that, not even an ear that
    /// could tell the two apart would have more of a caller than of the noise.
    /// </summary>
    public static List<double> Drowned(Scene scene, Condition condition)
    {
        short[] noise = Noise(condition, scene.Seconds);
        var delays = new List<double>();
        foreach (Span turn in Score.Turned(scene.Speech, SilenceMs))
        {
            int at = turn.StartMs;
            while (at < turn.EndMs && Energy(scene.Samples, at) < Energy(noise, at)) { at += Truth.StepMs; }
            delays.Add(at + OnsetMs - turn.StartMs);
        }
        return delays;
    }

    /// <summary>Turns in what holds no speech.</summary>
    public static List<HeardTurn> Listen(short[] line) => Listen(line, Threshold);

    public static List<HeardTurn> Listen(short[] line, double threshold)
    {
        List<HeardFrame> frames = PhoneLine.Carry(line, AudioCodec.Pcmu, 0.03, 7);
        return Ear.Turns(frames, Ear.Listen(frames), SilenceMs, threshold);
    }

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

    private static double Energy(ReadOnlySpan<short> samples, int fromMs)
    {
        int from = Math.Min(fromMs * (Espeak.Rate / 1000), samples.Length);
        double sum = 0;
        foreach (short sample in samples[from..Math.Min(from + OnsetMs * (Espeak.Rate / 1000), samples.Length)]) { sum += (double)sample * sample; }
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
