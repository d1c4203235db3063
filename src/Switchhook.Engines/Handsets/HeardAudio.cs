using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Media.Dsp;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Handsets;

/// <summary>
/// What was heard lately, for a client that asks for it: the turn that is being made, and the latest ones that were. In µ-law, which
/// is all that most telephones have; it grows when somebody speaks, and what is too much is forgotten from the oldest on.
/// </summary>
internal sealed class HeardAudio
{
    private readonly List<Turn> _turns = [];
    private byte[] _ring = [];      // the turn that is being made: the newest _length codes before _next
    private int _next;
    private int _length;
    private int _sampleRate;

    /// <summary>What it takes; never more than <see cref="Limits.HeardBytes"/>.</summary>
    public int Bytes => _ring.Length + _turns.Sum(turn => turn.Codes.Length);

    private sealed record Turn(string ItemId, int SampleRate, byte[] Codes);

    /// <summary>One more piece. Of what was heard before it, no more than <paramref name="pending"/> can still become a turn.</summary>
    public void Hear(ReadOnlySpan<short> samples, int sampleRate, TimeSpan pending)
    {
        if (sampleRate != _sampleRate) { (_sampleRate, _length) = (sampleRate, 0); }
        _length = Math.Min(_length, Samples(pending));
        Reserve(samples.Length);
        int first = Math.Min(samples.Length, _ring.Length - _next);
        G711.Encode(AudioCodec.Pcmu, samples[..first], _ring.AsSpan(_next));
        G711.Encode(AudioCodec.Pcmu, samples[first..], _ring);
        _next = (_next + samples.Length) % _ring.Length;
        _length = Math.Min(_length + samples.Length, _ring.Length);
    }

    /// <summary>So much of what was heard last is this item. When that is more than there is, nothing is kept of it.</summary>
    public void Keep(string itemId, TimeSpan length)
    {
        int samples = Samples(length);
        if (samples > 0 && samples <= _length)
        {
            byte[] codes = new byte[samples];
            Copy(samples, codes);
            _turns.Add(new Turn(itemId, _sampleRate, codes));
        }
        _length = 0;
        if (_ring.Length > UsualBytes) { (_ring, _next) = ([], 0); }       // the next may be short
        MakeRoom();
    }

    public void Forget(string itemId) => _turns.RemoveAll(turn => turn.ItemId == itemId);

    /// <summary>The audio of an item in this format; null when it is not known, or not any more.</summary>
    public ReadOnlyMemory<byte>? Of(string itemId, AudioFormat format)
    {
        if (_turns.Find(turn => turn.ItemId == itemId) is not { } turn) { return null; }
        if (format == AudioFormat.Pcmu && turn.SampleRate == format.SampleRate) { return turn.Codes; }
        short[] samples = new short[turn.Codes.Length];
        G711.Decode(AudioCodec.Pcmu, turn.Codes, samples);
        return ToldAudio.Bytes(format, turn.SampleRate == format.SampleRate ? samples : Resampled(samples, turn.SampleRate, format.SampleRate));
    }

    /// <summary>Half a second: more than a turn that begins reaches back.</summary>
    private int UsualBytes => _sampleRate / 2;

    private int Samples(TimeSpan length) => (int)Math.Min(length.Ticks * _sampleRate / TimeSpan.TicksPerSecond, int.MaxValue);

    private void Reserve(int samples)
    {
        int needed = Math.Min(_length + samples, Limits.HeardBytes);
        if (_ring.Length >= needed) { return; }
        byte[] larger = new byte[Math.Min(Math.Max(UsualBytes, Math.Max(needed, 2 * _ring.Length)), Limits.HeardBytes)];
        Copy(_length, larger);
        (_ring, _next) = (larger, _length);
        MakeRoom();
    }

    private void MakeRoom()
    {
        while (_turns.Count > 0 && Bytes > Limits.HeardBytes) { _turns.RemoveAt(0); }
    }

    /// <summary>The newest of them, in order.</summary>
    private void Copy(int samples, Span<byte> destination)
    {
        int from = _next - samples;
        if (from < 0)
        {
            _ring.AsSpan(_ring.Length + from).CopyTo(destination);
            destination = destination[-from..];
            from = 0;
        }
        _ring.AsSpan(from, _next - from).CopyTo(destination);
    }

    private static short[] Resampled(short[] samples, int from, int to)
    {
        var resampler = new Resampler(from, to);
        short[] output = new short[resampler.OutputFor(samples.Length)];
        resampler.Process(samples, output);
        return output;
    }
}
