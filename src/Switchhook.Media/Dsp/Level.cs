namespace Switchhook.Media.Dsp;

/// <summary>How loud linear audio is. 0 dBFS is a square wave of full scale, so a full sine is −3 dBFS, as in ITU-T G.100.1 plus 3.</summary>
public static class Level
{
    /// <summary>What digital silence measures: one step of 16 bits is −90 dBFS.</summary>
    public const double SilenceDbfs = -100;

    public static double Rms(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty) { return 0; }
        long sum = 0;
        foreach (short sample in samples) { sum += sample * sample; }
        return Math.Sqrt((double)sum / samples.Length);
    }

    public static double Dbfs(ReadOnlySpan<short> samples)
    {
        double rms = Rms(samples);
        return rms > 0 ? Math.Max(SilenceDbfs, 20 * Math.Log10(rms / 32768)) : SilenceDbfs;
    }

    /// <summary>The factor of an amplitude that a change of so many decibels is.</summary>
    public static float Factor(double decibels) => (float)Math.Pow(10, decibels / 20);

    /// <summary>Makes audio louder or softer in place; what would not fit is clipped, not wrapped.</summary>
    public static void Amplify(Span<short> samples, double decibels)
    {
        float factor = Factor(decibels);
        foreach (ref short sample in samples) { sample = Clip(sample * factor); }
    }

    /// <summary>Adds <paramref name="added"/> onto <paramref name="samples"/>, clipped.</summary>
    public static void Mix(Span<short> samples, ReadOnlySpan<short> added)
    {
        int count = Math.Min(samples.Length, added.Length);
        for (int i = 0; i < count; i++) { samples[i] = (short)Math.Clamp(samples[i] + added[i], short.MinValue, short.MaxValue); }
    }

    /// <summary>The nearest sample.</summary>
    internal static short Clip(float value) => (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);
}
