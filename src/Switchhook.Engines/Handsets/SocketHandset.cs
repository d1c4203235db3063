using System.Runtime.InteropServices;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Media.Dsp;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Handsets;

/// <summary>
/// A client's own socket: audio comes in appends of any length and is heard frame by frame, in the time that the audio
/// itself takes; speech goes out in events, and the client plays it.
/// </summary>
internal sealed class SocketHandset(HeardAudio kept) : IHandset
{
    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);

    private readonly ToldAudio _told = new();
    private AudioFormat _format = AudioFormat.Pcm;
    private VoiceActivity _activity = new(AudioFormat.Pcm.SampleRate);
    private short[] _frame = new short[AudioFormat.Pcm.SampleRate / 50];
    private int _filled;
    private float _voice;
    private ClientEvent? _taken;
    private ReadOnlyMemory<byte> _audio;    // what is still to be heard of the append at hand

    public SessionSurface Surface => SessionSurface.Socket;

    public int? SampleRate => null;

    public void Take(ClientEvent clientEvent)
    {
        _taken = clientEvent;
        _audio = clientEvent is InputAudioBufferAppend append ? append.Audio : default;
    }

    public bool TryBring(Instant now, RealtimeSession session)
    {
        AudioFormat format = session.Config.Audio.Input.Format;
        switch (_taken)
        {
            case null: return false;
            case InputAudioBufferAppend append when append.Audio.Length % format.SampleBytes != 0:
                _taken = new UnreadableEvent(HalfASample(append.Audio.Length)) { EventId = append.EventId };
                break;
            case InputAudioBufferAppend when format != _format:
                if (_filled > 0) { HearRest(now, session); return true; }
                Adopt(format);
                break;
            case InputAudioBufferCommit or InputAudioBufferClear when _filled > 0:
                HearRest(now, session);
                return true;
        }
        if (_taken is InputAudioBufferAppend) { return TryHear(now, session); }
        session.Receive(now, _taken);
        _taken = null;
        return true;
    }

    public ServerEvent? Speak(Instant now, SessionOutput output) =>
        output is SessionOutput.AudioDelta delta ? _told.Tell(delta, delta.Format.SampleRate) : null;

    public Instant Fill(Instant now) => Instant.Never;

    /// <summary>What the client has not played yet the session knows (<see cref="RealtimeSession.PlayedBy"/>).</summary>
    public bool WasHeard => true;

    public void Close() => (_taken, _audio) = (null, default);

    private bool TryHear(Instant now, RealtimeSession session)
    {
        int samples = Math.Min(_frame.Length - _filled, _audio.Length / _format.SampleBytes);
        Decode(_audio.Span[..(samples * _format.SampleBytes)], _frame.AsSpan(_filled));
        _audio = _audio[(samples * _format.SampleBytes)..];
        _filled += samples;
        if (_filled < _frame.Length)
        {
            (_taken, _audio) = (null, default);
            return false;
        }
        _filled = 0;
        _voice = _activity.Hear(_frame);
        kept.Hear(_frame, _format.SampleRate, session.PendingVoice);
        session.Hear(now, FrameLength, _voice);
        return true;
    }

    /// <summary>What was said counts to the sample, also what is no whole frame yet; it is taken for what the frame before it was.</summary>
    private void HearRest(Instant now, RealtimeSession session)
    {
        TimeSpan length = TimeSpan.FromSeconds((double)_filled / _format.SampleRate);
        kept.Hear(_frame.AsSpan(0, _filled), _format.SampleRate, session.PendingVoice);
        _filled = 0;
        session.Hear(now, length, _voice);
    }

    private void Adopt(AudioFormat format)
    {
        if (format.SampleRate != _format.SampleRate)
        {
            _activity = new VoiceActivity(format.SampleRate);
            _frame = new short[format.SampleRate / 50];
        }
        _format = format;
    }

    private void Decode(ReadOnlySpan<byte> audio, Span<short> samples)
    {
        if (_format.SampleBytes == 1)
        {
            G711.Decode(_format == AudioFormat.Pcma ? AudioCodec.Pcma : AudioCodec.Pcmu, audio, samples);
            return;
        }
        MemoryMarshal.Cast<byte, short>(audio).CopyTo(samples);     // little-endian, as every machine that this runs on
    }

    private static RealtimeError HalfASample(int bytes) => RealtimeError.Invalid(
        "invalid_value", $"Invalid value for 'audio': audio/pcm has two bytes a sample, so their number is even; here it is {bytes}.", "audio");
}
