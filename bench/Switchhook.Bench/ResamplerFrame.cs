using BenchmarkDotNet.Attributes;
using Switchhook.Media.Dsp;

namespace Switchhook.Bench;

/// <summary>20 ms between the phone's 8 kHz and the 24 kHz of wide-band engines.</summary>
public class ResamplerFrame
{
    private readonly short[] _narrow = Speech.Samples(8000, 20);
    private readonly short[] _wide = Speech.Samples(24_000, 20);
    private readonly short[] _output = new short[481];
    private readonly Resampler _up = new(8000, 24_000);
    private readonly Resampler _down = new(24_000, 8000);

    [Benchmark]
    public int Up() => _up.Process(_narrow, _output);

    [Benchmark]
    public int Down() => _down.Process(_wide, _output);
}
