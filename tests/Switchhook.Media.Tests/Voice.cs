using Switchhook.Media.Codecs;

namespace Switchhook.Media.Tests;

/// <summary>Audio made from a seed that behaves like speech: voiced stretches with a moving pitch, noise, and pauses.</summary>
internal static class Voice
{
    public static short[] Speech(int seed, int frames, bool withPauses = true)
    {
        var random = new Random(seed);
        var samples = new short[frames * MediaClock.FrameSamples];
        double phase = 0, pitch = 120, loudness = 0, wanted = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            if (i % 800 == 0)
            {
                pitch = 90 + random.NextDouble() * 120;
                wanted = withPauses && random.Next(4) == 0 ? 0 : 2000 + random.Next(8000);
            }
            loudness += (wanted - loudness) / 100;
            phase += pitch / MediaClock.SampleRate;
            double voiced = 0;
            for (int harmonic = 1; harmonic <= 8; harmonic++) { voiced += Math.Sin(2 * Math.PI * phase * harmonic) / harmonic; }
            samples[i] = (short)(loudness * (0.8 * voiced / 2 + 0.1 * (random.NextDouble() - 0.5)));
        }
        return samples;
    }

    /// <summary>What a listener gets of it without any network: encoded and decoded in one piece.</summary>
    public static short[] ThroughCodec(AudioCodec codec, ReadOnlySpan<short> samples)
    {
        var codes = new byte[samples.Length];
        var heard = new short[samples.Length];
        G711.Encode(codec, samples, codes);
        G711.Decode(codec, codes, heard);
        return heard;
    }
}
