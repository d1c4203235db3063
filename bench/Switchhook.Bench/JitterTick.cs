using BenchmarkDotNet.Attributes;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Media.Jitter;

namespace Switchhook.Bench;

/// <summary>One packet put and one frame taken; and the same with one packet in ten lost and concealed.</summary>
public class JitterTick
{
    private readonly byte[] _codes = new byte[160];
    private readonly short[] _frame = new short[160];
    private readonly JitterBuffer _steady = new();
    private readonly JitterBuffer _lossy = new();
    private long _steadySequence;
    private long _lossySequence;

    public JitterTick() => G711.Encode(AudioCodec.Pcmu, Speech.Samples(8000, 20), _codes);

    [Benchmark]
    public void Steady() => Step(_steady, ++_steadySequence, isLost: false);

    [Benchmark]
    public void OneInTenLost() => Step(_lossy, ++_lossySequence, isLost: _lossySequence % 10 == 0);

    private void Step(JitterBuffer buffer, long sequence, bool isLost)
    {
        Instant now = new(sequence * TimeSpan.TicksPerMillisecond * 20);
        if (!isLost) { buffer.Put(now, sequence, (uint)(sequence * 160), AudioCodec.Pcmu, _codes); }
        buffer.Take(now, _frame);
    }
}
