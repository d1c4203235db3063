using BenchmarkDotNet.Attributes;
using Switchhook.Media;
using Switchhook.Media.Codecs;

namespace Switchhook.Bench;

/// <summary>20 ms of G.711.</summary>
public class G711Frame
{
    private readonly short[] _samples = Speech.Samples(8000, 1020)[8000..];
    private readonly short[] _decoded = new short[160];
    private readonly byte[] _codes = new byte[160];

    [Params(AudioCodec.Pcmu, AudioCodec.Pcma)]
    public AudioCodec Codec { get; set; }

    [Benchmark]
    public void Encode() => G711.Encode(Codec, _samples, _codes);

    [Benchmark]
    public void Decode() => G711.Decode(Codec, _codes, _decoded);
}
