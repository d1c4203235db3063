using System.Buffers.Binary;

namespace Switchhook.Media.Rtcp;

internal enum RtcpType : byte { SenderReport = 200, ReceiverReport = 201, SourceDescription = 202, Goodbye = 203, Application = 204 }

/// <summary>What a peer reports about one stream (RFC 3550 §6.4.1).</summary>
internal readonly record struct ReportBlock(uint Ssrc, byte FractionLost, int CumulativeLost, uint HighestSequence, uint Jitter, uint LastReport, uint DelaySinceLastReport)
{
    public const int Bytes = 24;

    public static ReportBlock Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32BigEndian(bytes),
        bytes[4],
        BinaryPrimitives.ReadInt32BigEndian(bytes[4..]) << 8 >> 8,      // 24 bits with a sign
        BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], Math.Clamp(CumulativeLost, -0x80_0000, 0x7F_FFFF) & 0xFF_FFFF);
        bytes[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], LastReport);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], DelaySinceLastReport);
    }
}

/// <summary>One packet of a compound, as a view: everything after the first word.</summary>
internal readonly ref struct RtcpPacket(RtcpType type, int count, ReadOnlySpan<byte> body)
{
    private const int SenderInfoBytes = 20;

    private readonly ReadOnlySpan<byte> _body = body;

    public RtcpType Type { get; } = type;

    /// <summary>Report blocks, chunks or sources, as the type has it.</summary>
    public int Count { get; } = count;

    /// <summary>Who sent it; 0 when the packet is too short to say.</summary>
    public uint Ssrc => _body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(_body) : 0;

    /// <summary>The middle 32 bits of the NTP timestamp, which our next report has to return as LSR.</summary>
    public bool TryGetSenderTime(out uint middleNtp)
    {
        bool has = Type == RtcpType.SenderReport && _body.Length >= 4 + SenderInfoBytes;
        middleNtp = has ? BinaryPrimitives.ReadUInt32BigEndian(_body[6..]) : 0;
        return has;
    }

    /// <summary>Finds what the packet reports about <paramref name="ssrc"/>. Blocks that the length does not cover are not there.</summary>
    public bool TryGetReport(uint ssrc, out ReportBlock report)
    {
        report = default;
        int at = Type switch { RtcpType.SenderReport => 4 + SenderInfoBytes, RtcpType.ReceiverReport => 4, _ => _body.Length };
        for (int i = 0; i < Count && at + ReportBlock.Bytes <= _body.Length; i++, at += ReportBlock.Bytes)
        {
            report = ReportBlock.Read(_body[at..]);
            if (report.Ssrc == ssrc) { return true; }
        }
        return false;
    }
}
