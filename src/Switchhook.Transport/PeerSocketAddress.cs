using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Switchhook.Transport;

/// <summary>
/// <see cref="PeerAddress"/> to and from the bytes of a socket address, without garbage. The port and the address
/// lie at the same offsets on every system that .NET runs on; only the family differs, and that is written by
/// <see cref="SocketAddress"/> itself. Scopes of IPv6 link-local addresses are not kept.
/// </summary>
internal static class PeerSocketAddress
{
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;

    extension(SocketAddress address)
    {
        public PeerAddress ToPeer() => Read(address.Buffer.Span, address.Family == AddressFamily.InterNetworkV6);

        /// <summary>False when a socket of this family cannot reach the peer. An IPv6 socket reaches IPv4 peers by their mapped address.</summary>
        public bool TrySet(PeerAddress peer) => TryWrite(address.Buffer.Span, address.Family == AddressFamily.InterNetworkV6, peer);
    }

    internal static PeerAddress Read(ReadOnlySpan<byte> bytes, bool isIPv6)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]);
        return isIPv6
            ? new PeerAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes[IPv6Offset..]), port)
            : PeerAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[IPv4Offset..]), port);
    }

    internal static bool TryWrite(Span<byte> bytes, bool isIPv6, PeerAddress peer)
    {
        if (!isIPv6 && !peer.IsIPv4) { return false; }
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], peer.Port);
        if (isIPv6) { BinaryPrimitives.WriteUInt128BigEndian(bytes[IPv6Offset..], peer.Address); }
        else { BinaryPrimitives.WriteUInt32BigEndian(bytes[IPv4Offset..], peer.IPv4); }
        return true;
    }
}
