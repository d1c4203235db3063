using System.Buffers.Binary;

namespace Switchhook.Media.Rtcp;

/// <summary>
/// Walks the packets of a compound (RFC 3550 §6.1). Tolerant: a first packet that is no report is accepted (reduced size,
/// RFC 5506), unknown types are for the caller to skip, and whatever follows the first broken packet is ignored.
/// </summary>
internal ref struct RtcpReader(ReadOnlySpan<byte> datagram)
{
    private const int HeaderBytes = 4;

    private ReadOnlySpan<byte> _rest = datagram;

    public bool TryRead(out RtcpPacket packet)
    {
        packet = default;
        if (_rest.Length < HeaderBytes || _rest[0] >> 6 != 2) { return false; }
        int length = HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) * 4;
        if (length > _rest.Length) { return false; }

        ReadOnlySpan<byte> body = _rest[HeaderBytes..length];
        if ((_rest[0] & 0x20) != 0)
        {
            int padding = body.IsEmpty ? 0 : body[^1];
            if (padding == 0 || padding > body.Length) { return false; }
            body = body[..^padding];
        }
        packet = new RtcpPacket((RtcpType)_rest[1], _rest[0] & 0x1F, body);
        _rest = _rest[length..];
        return true;
    }
}
