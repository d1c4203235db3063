using Switchhook.Media.Rtp;

namespace Switchhook.Media.Dtmf;

/// <summary>
/// Sends keys as RFC 4733 §2.5.1 has it: the first packet marked, an update every 20 ms under the timestamp of the beginning,
/// and the last one three times in case it is lost. No audio is sent meanwhile, and one silent frame separates two keys.
/// </summary>
internal sealed class DigitSender
{
    private const int EndPackets = 3;
    private const byte Volume = 10;             // -10 dBm0, the usual level of a phone's keys

    /// <summary>From the shortest tone that receivers must recognise to the longest that needs no second segment.</summary>
    private const int MsMin = 40;
    private const int MsMax = 8000;

    private readonly (byte Code, int Ms)[] _queue = new (byte, int)[Limits.DigitsToSend];
    private int _first, _count;

    private bool _isSending;
    private byte _code;
    private uint _timestamp;
    private int _samplesLeft;
    private int _samplesSent;
    private int _endsLeft;

    public bool IsBusy => _isSending || _count > 0;

    public bool TryAdd(char digit, int ms)
    {
        if (_count == Limits.DigitsToSend || !TelephoneEvent.TryFindCode(digit, out byte code)) { return false; }
        _queue[(_first + _count++) % Limits.DigitsToSend] = (code, Math.Clamp(ms, MsMin, MsMax));
        return true;
    }

    public void Clear() => (_count, _isSending) = (0, false);

    /// <summary>The packet of this frame; no audio may be sent in its place.</summary>
    public void Tick(RtpSender sender, byte payloadType, PeerAddress destination, MediaOutbox outbox)
    {
        bool isFirst = !_isSending;
        if (isFirst)
        {
            if (_count == 0) { return; }
            (_code, int ms) = _queue[_first];
            _first = (_first + 1) % Limits.DigitsToSend;
            _count--;
            (_isSending, _timestamp, _samplesLeft, _samplesSent, _endsLeft) = (true, sender.Timestamp, ms * MediaClock.SamplesPerMs, 0, EndPackets);
        }
        if (_samplesLeft == 0 && _endsLeft == 0)
        {
            _isSending = false;                 // the silent frame after a key
            return;
        }

        int samples = Math.Min(MediaClock.FrameSamples, _samplesLeft);
        _samplesLeft -= samples;
        _samplesSent += samples;
        bool isEnd = _samplesLeft == 0;
        if (isEnd) { _endsLeft--; }

        Span<byte> payload = stackalloc byte[TelephoneEvent.Bytes];
        new TelephoneEvent(_code, isEnd, Volume, (ushort)_samplesSent).Write(payload);
        sender.Write(payloadType, isFirst, _timestamp, payload, destination, outbox);
    }
}
