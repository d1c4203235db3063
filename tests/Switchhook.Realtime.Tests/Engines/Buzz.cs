namespace Switchhook.Realtime.Tests.Engines;

/// <summary>A buzz with a gliding pitch and a beat: periodic, rich and never still, as a voice is.</summary>
internal static class Buzz
{
    private static readonly Lazy<List<short[]>> Narrow = new(() => Make(8000)), Wide = new(() => Make(24000));

    /// <summary>Ten seconds of it, in frames of 20 ms.</summary>
    public static List<short[]> Frames(int sampleRate) => sampleRate == 8000 ? Narrow.Value : Wide.Value;

    private static List<short[]> Make(int sampleRate)
    {
        var frames = new List<short[]>();
        double phase = 0;
        for (int frame = 0; frame < 500; frame++)
        {
            short[] samples = new short[sampleRate / 50];
            for (int i = 0; i < samples.Length; i++)
            {
                double t = (frame * samples.Length + i) / (double)sampleRate;
                phase += (130 + 30 * Math.Sin(2 * Math.PI * 2.3 * t)) / sampleRate;
                double sum = 0;
                for (int harmonic = 1; harmonic < 16; harmonic++) { sum += Math.Cos(2 * Math.PI * harmonic * phase) / harmonic; }
                samples[i] = (short)(2500 * sum * (0.7 + 0.3 * Math.Sin(2 * Math.PI * 4.1 * t)));
            }
            frames.Add(samples);
        }
        return frames;
    }
}
