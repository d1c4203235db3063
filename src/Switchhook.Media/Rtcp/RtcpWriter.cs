using System.Buffers.Binary;

namespace Switchhook.Media.Rtcp;

/// <summary>What a sender report says about the sender itself (RFC 3550 §6.4.1).</summary>
internal readonly record struct SenderInfo(ulong Ntp, uint RtpTimestamp, uint Packets, uint Octets);

/// <summary>Writes the packets of one compound, one after another, into a span that is large enough.</summary>
internal ref struct RtcpWriter(Span<byte> datagram)
{
    /// <summary>The longest compound we write: SR with one block, SDES with a name of 16 characters, BYE.</summary>
    public const int BytesMax = 28 + ReportBlock.Bytes + 28 + 8;

    private const byte Cname = 1;

    private readonly Span<byte> _datagram = datagram;

    public int Length { get; private set; }

    /// <summary>SR when we have sent since the last report, else RR (§6.4); one block when there is somebody to report about.</summary>
    public void Report(uint ssrc, SenderInfo? sender, ReportBlock? block)
    {
        int senderBytes = sender is null ? 0 : 20;
        int bytes = 8 + senderBytes + (block is null ? 0 : ReportBlock.Bytes);
        Span<byte> packet = Begin(sender is null ? RtcpType.ReceiverReport : RtcpType.SenderReport, block is null ? 0 : 1, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        if (sender is { } info)
        {
            BinaryPrimitives.WriteUInt64BigEndian(packet[8..], info.Ntp);
            BinaryPrimitives.WriteUInt32BigEndian(packet[16..], info.RtpTimestamp);
            BinaryPrimitives.WriteUInt32BigEndian(packet[20..], info.Packets);
            BinaryPrimitives.WriteUInt32BigEndian(packet[24..], info.Octets);
        }
        block?.Write(packet[(8 + senderBytes)..]);
    }

    /// <summary>SDES with the one item that is mandatory (§6.5.1).</summary>
    public void Name(uint ssrc, ReadOnlySpan<byte> cname)
    {
        // The list of items ends with at least one zero and is filled up to a word.
        int bytes = (8 + 2 + cname.Length + 4) / 4 * 4;
        Span<byte> packet = Begin(RtcpType.SourceDescription, 1, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        packet[8] = Cname;
        packet[9] = (byte)cname.Length;
        cname.CopyTo(packet[10..]);
        packet[(10 + cname.Length)..].Clear();
    }

    public void Goodbye(uint ssrc) => BinaryPrimitives.WriteUInt32BigEndian(Begin(RtcpType.Goodbye, 1, 8)[4..], ssrc);

    private Span<byte> Begin(RtcpType type, int count, int bytes)
    {
        Span<byte> packet = _datagram.Slice(Length, bytes);
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(bytes / 4 - 1));
        Length += bytes;
        return packet;
    }
}
