using Switchhook.Media.Dsp;

namespace Switchhook.Media.Tests.Dsp;

/// <summary>What microphones and lines deliver, made from a seed.</summary>
internal static class Sound
{
    public static short[] White(int rate, double seconds, double dbfs, int seed) => Noise(rate, seconds, dbfs, seed, pink: false);

    public static short[] Noise(int rate, double seconds, double dbfs, int seed, bool pink)
    {
        var random = new Random(seed);
        double slow = 0, middle = 0, fast = 0;
        double amplitude = 32768 * Math.Pow(10, dbfs / 20);
        short[] samples = new short[(int)(rate * seconds)];
        for (int i = 0; i < samples.Length; i++)
        {
            double value = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            if (pink)
            {
                // Three poles that together fall by 3 dB an octave; the divisor makes the power one again.
                slow = 0.99765 * slow + value * 0.0990460;
                middle = 0.96300 * middle + value * 0.2965164;
                fast = 0.57000 * fast + value * 1.0526913;
                value = (slow + middle + fast + value * 0.1848) / 1.95;
            }
            samples[i] = (short)Math.Clamp(value * amplitude, short.MinValue, short.MaxValue);
        }
        return samples;
    }

    /// <summary>
    /// Something like a sentence: syllables of 60 to 160 ms, each a buzz with a gliding pitch through three resonances,
    /// some begun by a hiss, with short gaps between.
    /// </summary>
    public static short[] Speech(int rate, double seconds, double dbfs, int seed, double pitch)
    {
        var random = new Random(seed);
        float[] sound = new float[(int)(rate * seconds)];
        int at = 0;
        bool first = true;
        while (at < sound.Length)
        {
            if (!first && random.Next(3) == 0) { at = Hiss(sound, at, rate * random.Next(40, 90) / 1000, random); }
            at = Vowel(sound, at, rate, rate * random.Next(60, 160) / 1000, pitch * (0.85 + 0.3 * random.NextDouble()), random);
            at += rate * random.Next(20, 70) / 1000;
            first = false;
        }
        return ToLevel(sound, dbfs);
    }

    public static short[] Mix(short[] a, short[] b, int offset = 0)
    {
        short[] mixed = new short[Math.Max(a.Length, offset + b.Length)];
        a.CopyTo(mixed, 0);
        Level.Mix(mixed.AsSpan(offset), b);
        return mixed;
    }

    private static int Vowel(float[] sound, int at, int rate, int length, double pitch, Random random)
    {
        (double, double, double)[] vowels = [(730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (440, 1020, 2240)];
        (double f1, double f2, double f3) = vowels[random.Next(vowels.Length)];
        var formants = new[] { new Resonance(rate, f1, 70), new Resonance(rate, f2, 100), new Resonance(rate, f3, 150) };
        double phase = 0, glide = 0.9 + 0.2 * random.NextDouble(), smooth = 0;
        for (int i = 0; i < length && at + i < sound.Length; i++)
        {
            phase += pitch * (1 + (glide - 1) * i / length) / rate;
            double pulse = 0;
            if (phase >= 1) { phase -= 1; pulse = 1; }
            smooth = 0.6 * smooth + pulse;   // the glottis falls by 12 dB an octave, the lips give 6 back
            double envelope = Math.Min(1, Math.Min(i, length - i) / (rate * 0.012));
            sound[at + i] = (float)(envelope * (formants[0].Next(smooth) + 0.5 * formants[1].Next(smooth) + 0.25 * formants[2].Next(smooth)));
        }
        return at + length;
    }

    private static int Hiss(float[] sound, int at, int length, Random random)
    {
        double last = 0;
        for (int i = 0; i < length && at + i < sound.Length; i++)
        {
            double white = random.NextDouble() - 0.5;
            sound[at + i] = (float)((white - last) * 0.05);
            last = white;
        }
        return at + length;
    }

    private static short[] ToLevel(float[] sound, double dbfs)
    {
        double rms = Math.Sqrt(sound.Average(s => (double)s * s));
        double factor = 32768 * Math.Pow(10, dbfs / 20) / rms;
        return [.. sound.Select(s => (short)Math.Clamp(s * factor, short.MinValue, short.MaxValue))];
    }

    private sealed class Resonance(int rate, double hertz, double width)
    {
        private readonly double _radius = Math.Exp(-Math.PI * width / rate);
        private readonly double _angle = 2 * Math.PI * hertz / rate;
        private double _last, _beforeLast;

        public double Next(double input)
        {
            double output = (1 - _radius) * input + 2 * _radius * Math.Cos(_angle) * _last - _radius * _radius * _beforeLast;
            (_last, _beforeLast) = (output, _last);
            return output;
        }
    }
}
