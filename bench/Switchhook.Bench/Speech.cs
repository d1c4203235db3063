namespace Switchhook.Bench;

/// <summary>Something like a voice: a pitch that wanders, harmonics, syllables and pauses. The same every time.</summary>
internal static class Speech
{
    public static short[] Samples(int rate, int ms)
    {
        Random random = new(1);
        short[] samples = new short[rate * ms / 1000];
        double phase = 0;
        for (int at = 0; at < samples.Length; at++)
        {
            double second = (double)at / rate;
            phase += 2 * Math.PI * (120 + 30 * Math.Sin(second * 3)) / rate;
            double syllable = Math.Max(0, Math.Sin(second * 2 * Math.PI * 3)) * (second % 4 < 3 ? 1 : 0);
            double voice = Math.Sin(phase) + 0.5 * Math.Sin(2 * phase) + 0.3 * Math.Sin(3 * phase) + 0.2 * Math.Sin(7 * phase);
            samples[at] = (short)(voice * syllable * 6_000 + random.Next(-20, 21));
        }
        return samples;
    }
}
