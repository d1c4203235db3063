using System.Buffers;
using System.Runtime.InteropServices;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Media.Dsp;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Handsets;

/// <summary>Speech as the bytes of an event, in the format that the session asked for.</summary>
internal sealed class ToldAudio
{
    // One for each item whose rate has to change, so that its pieces join without a click (L19); of old ones the oldest goes.
    private readonly List<(string ItemId, Resampler Resampler)> _resamplers = [];

    public ResponseOutputAudioDelta Tell(SessionOutput.AudioDelta delta, int sampleRate)
    {
        ReadOnlyMemory<short> samples = delta.Samples;
        if (delta.Format.SampleRate != sampleRate) { samples = Resampled(delta.ItemId, sampleRate, delta.Format.SampleRate, samples.Span); }
        return new ResponseOutputAudioDelta(delta.ResponseId, delta.ItemId, delta.OutputIndex, delta.ContentIndex, Bytes(delta.Format, samples))
        {
            EventId = delta.EventId,
        };
    }

    public static ReadOnlyMemory<byte> Bytes(AudioFormat format, ReadOnlyMemory<short> samples)
    {
        if (format.SampleBytes == 2) { return new LinearBytes(samples).Memory; }
        byte[] codes = new byte[samples.Length];
        G711.Encode(format == AudioFormat.Pcma ? AudioCodec.Pcma : AudioCodec.Pcmu, samples.Span, codes);
        return codes;
    }

    private short[] Resampled(string itemId, int from, int to, ReadOnlySpan<short> samples)
    {
        int known = _resamplers.FindIndex(one => one.ItemId == itemId);
        if (known < 0)
        {
            if (_resamplers.Count == Limits.ResponsesAtOnce) { _resamplers.RemoveAt(0); }
            known = _resamplers.Count;
            _resamplers.Add((itemId, new Resampler(from, to)));
        }
        Resampler resampler = _resamplers[known].Resampler;
        short[] output = new short[resampler.OutputFor(samples.Length)];
        resampler.Process(samples, output);
        return output;
    }

    /// <summary>
    /// Linear samples seen as their bytes, without a copy: what a script says is shared by all who say it. Every machine that this
    /// runs on is little-endian, as audio/pcm is.
    /// </summary>
    private sealed class LinearBytes(ReadOnlyMemory<short> samples) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(samples).Span);

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("nobody needs its address");

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
