using System.Buffers.Binary;

namespace Switchhook.Media.Rtp;

/// <summary>One RTP packet as a view of its datagram (RFC 3550 §5.1). CSRCs and the header extension are skipped, padding is taken off.</summary>
internal readonly ref struct RtpPacket
{
    public const int HeaderBytes = 12;

    private const int Version = 2;

    private RtpPacket(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> payload)
    {
        PayloadType = (byte)(datagram[1] & 0x7F);
        Marker = (datagram[1] & 0x80) != 0;
        Sequence = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        Timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
        Payload = payload;
    }

    public byte PayloadType { get; }
    public bool Marker { get; }
    public ushort Sequence { get; }
    public uint Timestamp { get; }
    public uint Ssrc { get; }
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>RFC 5761 §4: on a shared port, 192 to 223 in the second byte is RTCP, whatever RTP may have put there.</summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) => datagram.Length >= 2 && datagram[1] is >= 192 and <= 223;

    /// <summary>False when the datagram breaks a rule of RFC 3550 §5.1 or §5.3.1, or the checks of A.1.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out RtpPacket packet)
    {
        packet = default;
        if (datagram.Length < HeaderBytes || datagram[0] >> 6 != Version) { return false; }

        int start = HeaderBytes + (datagram[0] & 0x0F) * 4;
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < start + 4) { return false; }
            start += 4 + BinaryPrimitives.ReadUInt16BigEndian(datagram[(start + 2)..]) * 4;
        }
        if (start > datagram.Length) { return false; }

        int end = datagram.Length;
        if ((datagram[0] & 0x20) != 0)
        {
            int padding = datagram[^1];
            if (padding == 0 || padding > end - start) { return false; }
            end -= padding;
        }
        packet = new RtpPacket(datagram, datagram[start..end]);
        return true;
    }

    /// <summary>Writes a header without CSRCs and extension; the payload follows at <see cref="HeaderBytes"/>.</summary>
    public static void WriteHeader(Span<byte> datagram, byte payloadType, bool marker, ushort sequence, uint timestamp, uint ssrc)
    {
        datagram[0] = Version << 6;
        datagram[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], ssrc);
    }
}
