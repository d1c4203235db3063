using System.Buffers;
using BenchmarkDotNet.Attributes;
using Switchhook.Realtime.Events;

namespace Switchhook.Bench;

/// <summary>The two events that carry audio, with 20 ms of 24 kHz in them.</summary>
public class AudioFrame
{
    private readonly byte[] _audio = new byte[960];
    private readonly byte[] _decoded = new byte[960];
    private readonly byte[] _append;
    private readonly ArrayBufferWriter<byte> _output = new(4096);

    public AudioFrame()
    {
        new Random(1).NextBytes(_audio);
        AudioFrames.WriteAppend(_output, _audio);
        _append = _output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int ReadAppend() => AudioFrames.TryReadAppend(_append, _decoded, out int written, out _) ? written : 0;

    [Benchmark]
    public int WriteDelta()
    {
        _output.ResetWrittenCount();
        AudioFrames.WriteDelta(_output, "event_0123456789abcdefghijk", "resp_0123456789abcdefghijk", "item_0123456789abcdefghijk", 0, 0, _audio);
        return _output.WrittenCount;
    }
}
