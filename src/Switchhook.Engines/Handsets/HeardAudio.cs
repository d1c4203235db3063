using System.Buffers;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Media.Dsp;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Handsets;

/// <summary>
/// What was heard lately, for a client that asks for it: the latest turns, and the one that is being made. In µ-law, which
/// is all that most telephones have, one behind the other in one buffer; it grows with what is said, and when it may not grow
/// any more, the oldest turns are forgotten.
/// </summary>
internal sealed class HeardAudio
{
    // One call's buffer is the next one's: as garbage they would be most of what a call leaves.
    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(maxArrayLength: 1 << 20, maxArraysPerBucket: 256);

    private readonly List<Turn> _turns = [];
    private byte[] _codes = [];
    private int _start, _end;       // the turn that is being made; those that were stand before it
    private int _sampleRate;

    /// <summary>What is used of it; never more than <see cref="Limits.Heard"/> of the highest rate that was heard.</summary>
    public int Bytes => _end;

    private readonly record struct Turn(string ItemId, int SampleRate, int Start, int Length);

    /// <summary>One more piece. Of what was heard before it, no more than <paramref name="pending"/> can still become a turn.</summary>
    public void Hear(ReadOnlySpan<short> samples, int sampleRate, TimeSpan pending)
    {
        if (sampleRate != _sampleRate) { (_sampleRate, _start) = (sampleRate, _end); }
        _start = Math.Max(_start, _end - Samples(pending));
        if (Math.Min(_codes.Length, Room) - _end < samples.Length) { MakeRoom(samples.Length); }
        G711.Encode(AudioCodec.Pcmu, samples, _codes.AsSpan(_end));
        _end += samples.Length;
    }

    /// <summary>So much of what was heard last is this item. When that is more than there is, nothing is kept of it.</summary>
    public void Keep(string itemId, TimeSpan length)
    {
        int samples = Samples(length);
        if (samples > 0 && samples <= _end - _start) { _turns.Add(new Turn(itemId, _sampleRate, _end - samples, samples)); }
        _start = _end;
    }

    public void Forget(string itemId) => _turns.RemoveAll(turn => turn.ItemId == itemId);

    /// <summary>Nothing more is heard or asked.</summary>
    public void Close()
    {
        _turns.Clear();
        if (_codes.Length > 0) { Buffers.Return(_codes); }
        (_codes, _start, _end) = ([], 0, 0);
    }

    /// <summary>The audio of an item in this format; null when it is not known, or not any more.</summary>
    public ReadOnlyMemory<byte>? Of(string itemId, AudioFormat format)
    {
        Turn turn = _turns.Find(turn => turn.ItemId == itemId);
        if (turn.Length == 0) { return null; }
        ReadOnlySpan<byte> codes = _codes.AsSpan(turn.Start, turn.Length);
        if (format == AudioFormat.Pcmu && turn.SampleRate == format.SampleRate) { return codes.ToArray(); }
        short[] samples = new short[codes.Length];
        G711.Decode(AudioCodec.Pcmu, codes, samples);
        return ToldAudio.Bytes(format, turn.SampleRate == format.SampleRate ? samples : Resampled(samples, turn.SampleRate, format.SampleRate));
    }

    private int Room => Samples(Limits.Heard);

    private int Samples(TimeSpan length) => (int)Math.Min(length.Ticks * _sampleRate / TimeSpan.TicksPerSecond, int.MaxValue);

    /// <summary>Closes the gaps, so that the next quarter of a second fits; grows, or forgets, for no more than that. A turn too long for all of it is given up.</summary>
    private void MakeRoom(int samples)
    {
        int needed = Math.Max(samples, _sampleRate / 4), kept = _turns.Sum(turn => turn.Length) + _end - _start;
        int forgotten = 0;
        for (; kept + needed > Room && forgotten < _turns.Count; forgotten++) { kept -= _turns[forgotten].Length; }
        _turns.RemoveRange(0, forgotten);
        if (kept + samples > Room) { (kept, _start) = (0, _end); }
        byte[] before = _codes, codes = _codes.Length < Math.Min(kept + needed, Room) ? Buffers.Rent(kept + needed) : _codes;
        int to = 0;
        for (int i = 0; i < _turns.Count; i++)
        {
            Array.Copy(_codes, _turns[i].Start, codes, to, _turns[i].Length);
            _turns[i] = _turns[i] with { Start = to };
            to += _turns[i].Length;
        }
        Array.Copy(_codes, _start, codes, to, _end - _start);
        (_codes, _start, _end) = (codes, to, to + _end - _start);
        if (before != codes && before.Length > 0) { Buffers.Return(before); }
    }

    private static short[] Resampled(short[] samples, int from, int to)
    {
        var resampler = new Resampler(from, to);
        short[] output = new short[resampler.OutputFor(samples.Length)];
        resampler.Process(samples, output);
        return output;
    }
}
