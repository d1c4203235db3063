using System.Buffers.Binary;
using System.Net;

namespace Switchhook;

/// <summary>
/// An IP address and port as a plain value: comparing two, or sending to one, allocates nothing
/// (an <see cref="IPEndPoint"/> costs 144 bytes a datagram). IPv4 is kept as an IPv4-mapped address.
/// </summary>
public readonly record struct PeerAddress(UInt128 Address, ushort Port)
{
    private static readonly UInt128 MappedPrefix = new(0, 0x0000_FFFF_0000_0000);

    public static PeerAddress None => default;

    public bool IsNone => Port == 0;

    public bool IsIPv4 => Address >> 32 == MappedPrefix >> 32;

    /// <summary>The IPv4 address as a big-endian number; meaningful when <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)Address;

    public static PeerAddress FromIPv4(uint address, ushort port) => new(MappedPrefix | address, port);

    public static PeerAddress From(IPEndPoint endPoint) => From(endPoint.Address, (ushort)endPoint.Port);

    public static PeerAddress From(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), port)
            : new PeerAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), port);
    }

    /// <summary>Loopback, link-local, RFC 1918, RFC 6598 (the NATs of mobile carriers) or RFC 4193: an address that only its own network can reach.</summary>
    public bool IsPrivate => IsIPv4
        ? IPv4 >> 24 is 10 or 127 || IPv4 >> 20 == 0xAC1 || IPv4 >> 22 == 0x6440 >> 6 || IPv4 >> 16 is 0xC0A8 or 0xA9FE
        : Address == UInt128.One || (byte)(Address >> 121) == 0xFC >> 1 || (ushort)(Address >> 118) == 0xFE80 >> 6;

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    public override string ToString() => IsNone ? "-" : ToIPEndPoint().ToString();
}
