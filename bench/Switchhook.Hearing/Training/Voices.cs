namespace Switchhook.Hearing.Training;

/// <summary>More people than espeak knows: longer and shorter throats, telephones of all kinds.</summary>
internal static class Voices
{
    public static short[] Vary(short[] sentence, Random random)
    {
        double[] samples = Stretch(sentence, 0.85 + 0.35 * random.NextDouble());
        if (random.Next(2) == 0) { Tilt(samples, -0.8 + 1.4 * random.NextDouble()); }
        if (random.Next(2) == 0) { Handset(samples, 150 + random.Next(250)); }
        if (random.Next(4) == 0) { samples = Room(samples, 0.1 + 0.3 * random.NextDouble(), 0.1 + 0.4 * random.NextDouble(), random); }
        double most = samples.Max(Math.Abs);
        return [.. samples.Select(sample => (short)(sample * 20000 / most))];
    }

    /// <summary>Played slower or faster: pitch and resonances move together, as from one person to another.</summary>
    private static double[] Stretch(short[] samples, double speed)
    {
        double[] stretched = new double[(int)((samples.Length - 2) / speed)];
        for (int i = 0; i < stretched.Length; i++)
        {
            int at = (int)(i * speed);
            double rest = i * speed - at;
            stretched[i] = samples[at] + (samples[at + 1] - samples[at]) * rest;
        }
        return stretched;
    }

    /// <summary>The walls answer: twenty echoes that die away within so many seconds.</summary>
    private static double[] Room(double[] samples, double seconds, double strength, Random random)
    {
        double[] sum = new double[samples.Length + (int)(seconds * Espeak.Rate)];
        samples.CopyTo(sum, 0);
        for (int echo = 0; echo < 20; echo++)
        {
            double second = 0.005 + random.NextDouble() * (seconds - 0.005), factor = strength * Math.Pow(10, -3 * second / seconds) * (random.Next(2) == 0 ? 1 : -1);
            int delay = (int)(second * Espeak.Rate);
            for (int i = 0; i < samples.Length; i++) { sum[i + delay] += factor * samples[i]; }
        }
        return sum;
    }

    private static void Tilt(double[] samples, double by)
    {
        for (int i = samples.Length - 1; i > 0; i--) { samples[i] += by * samples[i - 1]; }
    }

    private static void Handset(double[] samples, double hertz)
    {
        double keep = Math.Exp(-2 * Math.PI * hertz / Espeak.Rate), input = 0, output = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            (input, output) = (0, 0);
            for (int i = 0; i < samples.Length; i++)
            {
                output = keep * (output + samples[i] - input);
                input = samples[i];
                samples[i] = output;
            }
        }
    }
}
