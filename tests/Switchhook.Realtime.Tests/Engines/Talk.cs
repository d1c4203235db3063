using System.Runtime.InteropServices;
using Switchhook.Media.Dsp;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>Somebody who speaks without a pause: a sample of speech, its quiet moments left out.</summary>
internal static class Talk
{
    private const int HeaderBytes = 44;

    private static readonly Lazy<List<short[]>> Narrow = new(() => Make(8000)), Wide = new(() => Make(24000));

    /// <summary>Ten seconds of it, in frames of 20 ms.</summary>
    public static List<short[]> Frames(int sampleRate) => sampleRate == 8000 ? Narrow.Value : Wide.Value;

    private static List<short[]> Make(int sampleRate)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(GoldenTests.Root, "samples", "speech", "a-table-for-two.wav"));
        short[] speech = MemoryMarshal.Cast<byte, short>(file.AsSpan(HeaderBytes)).ToArray();
        List<short[]> loud = [.. speech.Chunk(160).Where(frame => frame.Length == 160 && Level.Dbfs(frame) > -28)];
        var resampler = sampleRate == 8000 ? null : new Resampler(8000, sampleRate);
        var frames = new List<short[]>();
        for (int i = 0; i < 500; i++)
        {
            short[] frame = new short[sampleRate / 50];
            if (resampler is null) { loud[i % loud.Count].CopyTo(frame, 0); }
            else { resampler.Process(loud[i % loud.Count], frame); }
            frames.Add(frame);
        }
        return frames;
    }
}
