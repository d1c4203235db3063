namespace Switchhook.Hearing.Training;

/// <summary>All that is no voice, in families; a draw is one of a family.</summary>
internal static class Noises
{
    private const double Tau = 2 * Math.PI;

    public static short[] Draw(Random random, double seconds) => Draw(random, seconds, -18 - random.NextDouble() * 45);

    public static short[] Draw(Random random, double seconds, double dbfs)
    {
        short[] quiet = Quiet(random, seconds);
        return random.Next(24) switch
        {
            0 => Sound.White(seconds, dbfs, random.Next()),
            1 => Sound.Pink(seconds, dbfs, random.Next()),
            2 => Coloured(seconds, dbfs, random),
            3 => Waving(Coloured(seconds, dbfs, random), random),
            4 or 5 or 6 or 7 => Lessons.Babble(seconds, dbfs, random),
            8 => Sound.Mix(quiet, Hum(seconds, dbfs, random)),
            9 or 10 => Sound.Mix(Coloured(seconds, dbfs - 12 * random.NextDouble(), random), Hum(seconds, dbfs, random)),
            >= 11 and <= 15 => Sound.Mix(quiet, Tones(seconds, dbfs, random)),
            16 or 17 => Sound.Mix(quiet, Keys(seconds, dbfs, random)),
            >= 18 and <= 21 => Sound.Mix(quiet, Melody(seconds, dbfs - 5, random)),
            22 => Sound.Mix(quiet, Sound.Knocks(seconds, dbfs + 10, random.Next())),
            _ => Sound.Mix(quiet, Steps(seconds, dbfs, random)),
        };
    }

    /// <summary>A quiet room, or a telephone that sends nothing but zeros while it hears nothing.</summary>
    public static short[] Quiet(Random random, double seconds) =>
        random.Next(3) == 0 ? new short[(int)(Espeak.Rate * seconds)] : Coloured(seconds, -72 + random.NextDouble() * 20, random);

    /// <summary>White noise through a resonance or a slope.</summary>
    public static short[] Coloured(double seconds, double dbfs, Random random)
    {
        short[] white = Sound.White(seconds, -20, random.Next());
        double radius = random.NextDouble() * 0.95, angle = Math.PI * random.NextDouble() * random.NextDouble(), a = 0, b = 0;
        double[] samples = new double[white.Length];
        for (int i = 0; i < white.Length; i++)
        {
            double value = white[i] + 2 * radius * Math.Cos(angle) * a - radius * radius * b;
            (a, b) = (value, a);
            samples[i] = value;
        }
        return Sound.ToLevel(samples, dbfs);
    }

    /// <summary>Cars, wind, a fan that turns.</summary>
    private static short[] Waving(short[] samples, Random random)
    {
        double hertz = 0.1 + 3 * random.NextDouble() * random.NextDouble(), depth = 0.3 + 0.65 * random.NextDouble(), phase = random.NextDouble() * Tau;
        return [.. samples.Select((sample, i) => (short)(sample * (1 - depth * (0.5 + 0.5 * Math.Sin(Tau * hertz * i / Espeak.Rate + phase)))))];
    }

    private static short[] Hum(double seconds, double dbfs, Random random)
    {
        double hertz = 40 + 200 * random.NextDouble();
        double[] strength = [.. Enumerable.Range(1, 16).Select(n => random.NextDouble() / Math.Pow(n, random.NextDouble() * 1.5))];
        double[] phase = [.. strength.Select(_ => random.NextDouble() * Tau)];
        double drift = random.Next(2) * 0.02 * random.NextDouble();
        return Sound.Waves(seconds, dbfs, t => strength.Select((s, n) => s * Math.Sin(Tau * hertz * (1 + drift * Math.Sin(t)) * (n + 1) * t + phase[n])).Sum());
    }

    /// <summary>Dial tones, ringing, busy, fax: one or two sines, steady or in a cadence.</summary>
    private static short[] Tones(double seconds, double dbfs, Random random)
    {
        // Two that are near each other beat like the pitch of a voice.
        double low = 300 + random.Next(1500), high = random.Next(3) switch { 0 => low, 1 => low + random.Next(20, 200), _ => 300 + random.Next(2400) };
        short[] tone = Sound.Waves(seconds, dbfs, t => Math.Sin(Tau * low * t) + Math.Sin(Tau * high * t));
        if (random.Next(4) == 0)
        {
            // Three in a row, as before "the number you have dialled".
            double third = 300 + random.Next(2400), noteMs = random.Next(100, 400);
            tone = Sound.Waves(seconds, dbfs, t => Math.Sin(Tau * ((int)(t * 1000 / noteMs) % 3 switch { 0 => low, 1 => high, _ => third }) * t));
        }
        return random.Next(3) == 0 ? tone : Sound.Cadence(tone, random.Next(5, 200) * 10, random.Next(5, 300) * 10);
    }

    private static short[] Keys(double seconds, double dbfs, Random random)
    {
        double[] low = [697, 770, 852, 941], high = [1209, 1336, 1477, 1633];
        int onMs = random.Next(40, 200), offMs = random.Next(40, 500), first = random.Next(100);
        return Sound.Cadence(Sound.Waves(seconds, dbfs, t =>
        {
            int key = (first + (int)(t * 1000 / (onMs + offMs))) * 7 % 16;
            return Math.Sin(Tau * low[key / 4] * t) + Math.Sin(Tau * high[key % 4] * t);
        }), onMs, offMs);
    }

    /// <summary>A tune on some instrument: one to four notes at a time, plucked or held, with or without a tremble.</summary>
    private static short[] Melody(double seconds, double dbfs, Random random)
    {
        double[] sum = new double[(int)(Espeak.Rate * seconds)];
        int voices = random.Next(1, 5), harmonics = random.Next(2, 12);
        double slope = 0.5 + random.NextDouble() * 1.5, decay = random.NextDouble() * 8, tremble = random.Next(2) * 0.01 * random.NextDouble(), attack = 0.003 + 0.05 * random.NextDouble();
        int shortest = random.Next(80, 300), longest = shortest + random.Next(50, 800);
        for (int voice = 0; voice < voices; voice++)
        {
            double ground = 80 * Math.Pow(2, random.NextDouble() * 2.5);
            for (int at = 0; at < sum.Length;)
            {
                double hertz = ground * Math.Pow(2, random.Next(15) / 12.0);
                int length = Espeak.Rate * random.Next(shortest, longest) / 1000;
                for (int i = 0; i < length && at + i < sum.Length; i++)
                {
                    double second = (double)i / Espeak.Rate, envelope = Math.Min(1, Math.Min(second, (double)(length - i) / Espeak.Rate) / attack) * Math.Exp(-second * decay);
                    double phase = Tau * hertz * (second + tremble * Math.Sin(Tau * 5.5 * second) / 5.5);
                    for (int n = 1; n <= harmonics && hertz * n < 3900; n++) { sum[at + i] += envelope * Math.Pow(n, -slope) * Math.Sin(phase * n); }
                }
                at += length + (random.Next(5) == 0 ? length : 0);
            }
        }
        return Sound.ToLevel(sum, dbfs);
    }

    /// <summary>Noise that is switched on and off: doors, breath, handling.</summary>
    private static short[] Steps(double seconds, double dbfs, Random random) =>
        Sound.Cadence(Coloured(seconds, dbfs, random), random.Next(10, 1500), random.Next(100, 3000));
}
