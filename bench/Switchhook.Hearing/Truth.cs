namespace Switchhook.Hearing;

/// <summary>A stretch of a recording in milliseconds.</summary>
internal readonly record struct Span(int StartMs, int EndMs)
{
    public int LengthMs => EndMs - StartMs;
}

/// <summary>
/// Where speech is in a clean recording of one sentence, by energy: 10 ms that are at most 20 dB weaker than the
/// sentence's loudest 10 ms. So it begins with the first sound somebody across a noisy room would hear: a breath or the
/// first of an f, 25 dB below the vowel, is not held against a detector, the rise of the vowel is.
/// </summary>
internal static class Truth
{
    public const double RangeDb = 20;
    public const int StepMs = 10;

    private const int StepSamples = Espeak.Rate / 1000 * StepMs;

    /// <summary>The stretches with speech in them; what lies between is a pause of at least 10 ms.</summary>
    public static List<Span> Of(ReadOnlySpan<short> sentence)
    {
        double[] power = Power(sentence);
        double floor = Floor(power);
        var spans = new List<Span>();
        for (int step = 0; step < power.Length; step++)
        {
            if (power[step] < floor) { continue; }
            int start = step * StepMs;
            if (spans.Count > 0 && spans[^1].EndMs == start) { spans[^1] = spans[^1] with { EndMs = start + StepMs }; }
            else { spans.Add(new Span(start, start + StepMs)); }
        }
        return spans;
    }

    /// <summary>The level of a sentence where it is spoken, pauses left out (the idea of ITU-T P.56), in squared samples.</summary>
    public static double ActivePower(ReadOnlySpan<short> sentence)
    {
        double[] power = Power(sentence);
        double floor = Floor(power);
        return power.Where(step => step >= floor).Average();
    }

    private static double Floor(double[] power) => Math.Max(1, power.Max() * Math.Pow(10, -RangeDb / 10));

    private static double[] Power(ReadOnlySpan<short> sentence)
    {
        double[] power = new double[sentence.Length / StepSamples];
        for (int step = 0; step < power.Length; step++)
        {
            foreach (short sample in sentence.Slice(step * StepSamples, StepSamples)) { power[step] += (double)sample * sample / StepSamples; }
        }
        return power;
    }
}
