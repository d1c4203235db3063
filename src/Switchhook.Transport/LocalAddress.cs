using System.Net;
using System.Net.Sockets;

namespace Switchhook.Transport;

/// <summary>The address of this machine that a peer would see, asked of the routing table. Nothing is sent.</summary>
public static class LocalAddress
{
    /// <summary>A documentation address (RFC 5737): whatever the default route is, it leads there.</summary>
    private static readonly IPAddress s_elsewhere = new([192, 0, 2, 1]);

    /// <summary>The address behind the default route, or loopback when there is none.</summary>
    public static IPAddress Default() => Towards(s_elsewhere);

    public static IPAddress Towards(IPAddress peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        using Socket socket = new(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Connecting a datagram socket only chooses a route.
            socket.Connect(peer, 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return peer.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        }
    }
}
