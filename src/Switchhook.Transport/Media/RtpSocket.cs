using System.Net;
using System.Net.Sockets;

namespace Switchhook.Transport.Media;

/// <summary>A datagram socket for RTP or RTCP: never blocks, never throws for the network's sake, allocates nothing per datagram.</summary>
internal sealed class RtpSocket : IDisposable
{
    /// <summary>Expedited forwarding (RFC 3246) as the byte of the IP header: 46 shifted past the ECN bits.</summary>
    private const int ExpeditedForwarding = 46 << 2;
    private const int IPv6Level = 41;
    private const int IPv6TrafficClass = 67;
    private const int AddressBytesMax = 28;

    private readonly Socket _socket;
    private readonly SocketAddress _peer;
    private readonly bool _isIPv6;
    private readonly bool _native;

    private RtpSocket(Socket socket, bool native)
    {
        _socket = socket;
        _native = native;
        _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _peer = new SocketAddress(socket.AddressFamily);
    }

    public SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>The port it is bound to.</summary>
    public ushort Port => (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Throws <see cref="SocketException"/> when the port cannot be had.</summary>
    public static RtpSocket Bind(IPAddress address, int port, bool native)
    {
        Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) { socket.DualMode = true; }
            socket.Blocking = false;
            socket.ReceiveBufferSize = Limits.RtpReceiveBufferBytes;
            Prefer(socket);
            socket.Bind(new IPEndPoint(address, port));
            return new RtpSocket(socket, native);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>For systems without epoll.</summary>
    public bool HasData => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>False when nothing waits. A datagram longer than <paramref name="buffer"/> is told with length 0: no RTP is that long.</summary>
    public bool TryReceive(Span<byte> buffer, out int length, out PeerAddress source) =>
        _native ? TryReceiveNative(buffer, out length, out source) : TryReceivePortable(buffer, out length, out source);

    /// <summary>False when the network did not take it; RTP does not ask twice.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram, PeerAddress destination)
    {
        if (!_peer.TrySet(destination)) { return false; }
        if (_native)
        {
            return Libc.SendTo(Handle, datagram, datagram.Length, Libc.DontWait, _peer.Buffer.Span, (uint)_peer.Size) == datagram.Length;
        }
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, _peer) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryReceiveNative(Span<byte> buffer, out int length, out PeerAddress source)
    {
        Span<byte> address = stackalloc byte[AddressBytesMax];
        uint addressBytes = AddressBytesMax;
        nint received = Libc.ReceiveFrom(Handle, buffer, buffer.Length, Libc.DontWait | Libc.TellTrueLength, address, ref addressBytes);
        if (received < 0)
        {
            (length, source) = (0, default);
            return false;
        }
        length = received <= buffer.Length ? (int)received : 0;
        source = PeerSocketAddress.Read(address, _isIPv6);
        return true;
    }

    private bool TryReceivePortable(Span<byte> buffer, out int length, out PeerAddress source)
    {
        (length, source) = (0, default);
        if (!HasData) { return false; }
        try
        {
            length = _socket.ReceiveFrom(buffer, SocketFlags.None, _peer);
            source = _peer.ToPeer();
        }
        catch (SocketException)
        {
            // Too long (some systems tell), or the echo of a datagram that reached nobody: taken, and of no use.
            length = 0;
        }
        return true;
    }

    /// <summary>Asks the network to hurry (DSCP EF). Where that needs a right we lack, audio goes the ordinary way.</summary>
    private static void Prefer(Socket socket)
    {
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetwork)
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, ExpeditedForwarding);
            }
            else if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(IPv6Level, IPv6TrafficClass, BitConverter.GetBytes(ExpeditedForwarding));
            }
        }
        catch (SocketException)
        {
        }
    }
}
