namespace Switchhook.Hearing;

/// <summary>What is on a line besides a voice, made from a seed, at 8 kHz.</summary>
internal static class Sound
{
    private const int Rate = Espeak.Rate;

    public static short[] ToPower(short[] samples, Func<ReadOnlySpan<short>, double> power, double dbfs)
    {
        double factor = 32768 * Math.Pow(10, dbfs / 20) / Math.Sqrt(power(samples));
        return [.. samples.Select(sample => Clip(sample * factor))];
    }

    public static short[] White(double seconds, double dbfs, int seed)
    {
        var random = new Random(seed);
        return ToLevel([.. Enumerable.Range(0, (int)(Rate * seconds)).Select(_ => Normal(random))], dbfs);
    }

    /// <summary>3 dB an octave, as wind, rain and a street.</summary>
    public static short[] Pink(double seconds, double dbfs, int seed)
    {
        var random = new Random(seed);
        double[] samples = new double[(int)(Rate * seconds)];
        double slow = 0, middle = 0, fast = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double white = Normal(random);
            slow = 0.99765 * slow + white * 0.0990460;
            middle = 0.96300 * middle + white * 0.2965164;
            fast = 0.57000 * fast + white * 1.0526913;
            samples[i] = slow + middle + fast + white * 0.1848;
        }
        return ToLevel(samples, dbfs);
    }

    /// <summary>A room full of people: each says the lines in an order of his own, one after the other without a rest.</summary>
    public static short[] Babble(double seconds, double dbfs, int seed, IReadOnlyList<Talker> talkers, IReadOnlyList<string> texts)
    {
        var random = new Random(seed);
        double[] sum = new double[(int)(Rate * seconds)];
        foreach (Talker talker in talkers)
        {
            int at = -random.Next(Rate * 2);
            while (at < sum.Length)
            {
                short[] sentence = ToPower(Espeak.Say(talker, texts[random.Next(texts.Count)]), Truth.ActivePower, -26);
                for (int i = Math.Max(0, -at); i < sentence.Length && at + i < sum.Length; i++) { sum[at + i] += sentence[i]; }
                at += sentence.Length - Rate / 5;
            }
        }
        return ToLevel(sum, dbfs);
    }

    /// <summary>Any sum of steady waves.</summary>
    public static short[] Waves(double seconds, double dbfs, Func<double, double> wave) =>
        ToLevel([.. Enumerable.Range(0, (int)(Rate * seconds)).Select(i => wave((double)i / Rate))], dbfs);

    /// <summary>Notes of a simple instrument: harmonics that die away, two voices, 150 to 600 ms each.</summary>
    public static short[] Music(double seconds, double dbfs, int seed)
    {
        var random = new Random(seed);
        double[] sum = new double[(int)(Rate * seconds)];
        int[] scale = [0, 2, 4, 7, 9, 12, 14, 16];
        for (int voice = 0; voice < 2; voice++)
        {
            for (int at = 0; at < sum.Length;)
            {
                double hertz = (voice == 0 ? 262 : 131) * Math.Pow(2, scale[random.Next(scale.Length)] / 12.0);
                int length = Rate * random.Next(150, 600) / 1000;
                for (int i = 0; i < length * 2 && at + i < sum.Length; i++)
                {
                    double second = (double)i / Rate, envelope = Math.Min(1, second / 0.008) * Math.Exp(-second * 4);
                    for (int harmonic = 1; harmonic <= 6; harmonic++) { sum[at + i] += envelope / harmonic * Math.Sin(2 * Math.PI * hertz * harmonic * second); }
                }
                at += length;
            }
        }
        return ToLevel(sum, dbfs);
    }

    /// <summary>Keys of a computer: a few a second, each a knock of 5 to 15 ms through the body of a desk.</summary>
    public static short[] Knocks(double seconds, double peakDbfs, int seed)
    {
        var random = new Random(seed);
        double[] samples = new double[(int)(Rate * seconds)];
        for (int at = 0; at < samples.Length; at += Rate * random.Next(60, 400) / 1000)
        {
            double hertz = 150 + random.Next(600), width = 0.003 + random.NextDouble() * 0.008, strength = 0.3 + 0.7 * random.NextDouble();
            for (int i = 0; i < Rate / 10 && at + i < samples.Length; i++)
            {
                double second = (double)i / Rate;
                samples[at + i] += strength * Math.Exp(-second / width) * (0.6 * Math.Sin(2 * Math.PI * hertz * second) + 0.4 * Normal(random));
            }
        }
        double factor = 32768 * Math.Pow(10, peakDbfs / 20) / samples.Max(Math.Abs);
        return [.. samples.Select(sample => Clip(sample * factor))];
    }

    /// <summary>A sound that comes and goes: so long on, so long off, with edges of 4 ms.</summary>
    public static short[] Cadence(short[] samples, int onMs, int offMs)
    {
        short[] cut = new short[samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            int at = i % (Rate / 1000 * (onMs + offMs)), end = Rate / 1000 * onMs;
            double edge = Math.Clamp(Math.Min(at + 1, end - at) / (Rate * 0.004), 0, 1);
            cut[i] = Clip(samples[i] * edge);
        }
        return cut;
    }

    public static short[] Mix(short[] a, short[] b) => [.. Enumerable.Range(0, Math.Max(a.Length, b.Length))
        .Select(i => Clip((double)(i < a.Length ? a[i] : 0) + (i < b.Length ? b[i] : 0)))];

    public static short[] ToLevel(double[] samples, double dbfs)
    {
        double factor = 32768 * Math.Pow(10, dbfs / 20) / Math.Sqrt(samples.Average(sample => sample * sample));
        return [.. samples.Select(sample => Clip(sample * factor))];
    }

    private static short Clip(double value) => (short)Math.Clamp(Math.Round(value), short.MinValue, short.MaxValue);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
