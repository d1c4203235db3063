using Switchhook.Media.Codecs;

namespace Switchhook.Media.Rtp;

/// <summary>
/// What we send of one stream: SSRC, sequence and timestamps begin at random (RFC 3550 §5.1), the timestamp follows
/// time whether or not anything is sent, and frames of 20 ms become packets of the length that was agreed.
/// </summary>
internal sealed class RtpSender(Random random)
{
    private readonly byte[] _codes = new byte[Limits.RtpPayloadBytes + MediaClock.FrameSamples];
    private ushort _sequence = (ushort)random.Next(1 << 16);
    private int _codeCount;
    private bool _isPaused = true;

    public uint Ssrc { get; } = (uint)random.NextInt64(1L << 32);

    /// <summary>The timestamp of the frame that comes next.</summary>
    public uint Timestamp { get; private set; } = (uint)random.NextInt64(1L << 32);

    public long Packets { get; private set; }

    /// <summary>Payload bytes, as a sender report counts them.</summary>
    public long Octets { get; private set; }

    /// <summary>Lets time pass. Called once a frame, after what was to be sent of it.</summary>
    public void Advance(long samples) => Timestamp += (uint)samples;

    /// <summary>Nothing of this frame is audio. What was waiting for a longer packet is dropped, and the next audio begins a talkspurt.</summary>
    public void Pause()
    {
        _codeCount = 0;
        _isPaused = true;
    }

    /// <summary>Encodes one frame, and leaves the packets that are full in the outbox.</summary>
    public void Send(ReadOnlySpan<short> frame, MediaPlan plan, PeerAddress destination, MediaOutbox outbox)
    {
        G711.Encode(plan.Codec, frame, _codes.AsSpan(_codeCount));
        uint first = Timestamp - (uint)_codeCount;
        _codeCount += frame.Length;

        int length = plan.PacketMs * MediaClock.SamplesPerMs;
        int sent = 0;
        for (; _codeCount - sent >= length; sent += length)
        {
            // RFC 3551 §4.1: the marker tells the first packet after a pause, and only that.
            Write(plan.PayloadType, _isPaused, first + (uint)sent, _codes.AsSpan(sent, length), destination, outbox);
            _isPaused = false;
        }
        _codes.AsSpan(sent, _codeCount - sent).CopyTo(_codes);
        _codeCount -= sent;
    }

    public void Write(byte payloadType, bool marker, uint timestamp, ReadOnlySpan<byte> payload, PeerAddress destination, MediaOutbox outbox)
    {
        int length = RtpPacket.HeaderBytes + payload.Length;
        Span<byte> datagram = outbox.Add(length, destination, byRtcpSocket: false);
        RtpPacket.WriteHeader(datagram, payloadType, marker, _sequence++, timestamp, Ssrc);
        payload.CopyTo(datagram[RtpPacket.HeaderBytes..]);
        Packets++;
        Octets += payload.Length;
    }
}
