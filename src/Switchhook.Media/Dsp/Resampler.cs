using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Switchhook.Media.Dsp;

/// <summary>
/// Changes the sample rate of one direction of one stream. A polyphase FIR that carries its history from block to
/// block: the same audio gives the same samples however it is cut up (L19), and 20 ms in are 20 ms out. The price is
/// a constant delay of about 2 ms, which <see cref="Flush"/> delivers at the end.
/// </summary>
public sealed class Resampler
{
    private const int BlockSamples = 512;

    private readonly ResamplerFilter _filter;
    private readonly float[] _window;   // what was heard last (one sample less than the filter is long), then the block at hand
    private int _phase;                 // how far the next output lies behind the next input, in steps of 1 / Up

    public Resampler(int fromHertz, int toHertz)
    {
        _filter = ResamplerFilter.For(fromHertz, toHertz);
        _window = new float[_filter.Taps - 1 + BlockSamples];
    }

    /// <summary>How many samples <see cref="Flush"/> writes: the delay of the filter.</summary>
    public int FlushSamples => _filter.DelayInputSamples * _filter.Up / _filter.Down;

    /// <summary>How many samples <see cref="Process"/> would write now for so many.</summary>
    public int OutputFor(int inputSamples) => (int)(((long)inputSamples * _filter.Up - _phase + _filter.Down - 1) / _filter.Down);

    /// <summary>Takes all of the input and returns how many samples were written: exactly <see cref="OutputFor"/>.</summary>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        if (output.Length < OutputFor(input.Length)) { throw new ArgumentException("the output is too short", nameof(output)); }
        int written = 0;
        while (!input.IsEmpty)
        {
            int count = Math.Min(input.Length, BlockSamples);
            written += ProcessBlock(input[..count], output[written..]);
            input = input[count..];
        }
        return written;
    }

    /// <summary>The end of the stream: what is still inside the filter comes out, and the next stream may begin.</summary>
    public int Flush(Span<short> output)
    {
        if (output.Length < FlushSamples) { throw new ArgumentException("the output is too short", nameof(output)); }
        Span<short> silence = stackalloc short[_filter.DelayInputSamples + 1];
        Span<short> tail = stackalloc short[FlushSamples + _filter.Up];
        silence.Clear();
        Process(silence, tail);
        tail[..FlushSamples].CopyTo(output);
        Array.Clear(_window);
        _phase = 0;
        return FlushSamples;
    }

    private int ProcessBlock(ReadOnlySpan<short> input, Span<short> output)
    {
        int history = _filter.Taps - 1;
        for (int i = 0; i < input.Length; i++) { _window[history + i] = input[i]; }
        int written = 0;
        int end = input.Length * _filter.Up;
        int at = _phase;
        while (at < end)
        {
            (int newest, int phase) = Math.DivRem(at, _filter.Up);
            output[written++] = Level.Clip(Dot(_filter.Phase(phase), _window.AsSpan(newest, _filter.Taps)));
            at += _filter.Down;
        }
        _phase = at - end;
        _window.AsSpan(input.Length, history).CopyTo(_window);
        return written;
    }

    /// <summary>Always four lanes and never fused, so that every machine computes the same samples.</summary>
    private static float Dot(ReadOnlySpan<float> coefficients, ReadOnlySpan<float> samples)
    {
        ReadOnlySpan<Vector128<float>> c = MemoryMarshal.Cast<float, Vector128<float>>(coefficients);
        ReadOnlySpan<Vector128<float>> s = MemoryMarshal.Cast<float, Vector128<float>>(samples[..coefficients.Length]);
        Vector128<float> even = default, odd = default;
        for (int i = 0; i + 1 < c.Length; i += 2)
        {
            even += c[i] * s[i];
            odd += c[i + 1] * s[i + 1];
        }
        return Vector128.Sum(even + odd);
    }
}
