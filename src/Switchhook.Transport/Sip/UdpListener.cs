using System.Net;
using System.Net.Sockets;
using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>SIP over UDP (RFC 3261 §18). One socket both receives and sends, so that answers come from where requests went to.</summary>
internal sealed class UdpListener : IListener
{
    /// <summary>About a hundred INVITEs in one burst while the process is held up.</summary>
    private const int KernelBufferBytes = 1 << 20;

    private static readonly TimeSpan s_afterError = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly int _index;
    private readonly SipIntake _intake;
    private readonly TimeProvider _time;
    private readonly SocketAddress _to;
    private Task _receiving = Task.CompletedTask;
    private volatile bool _stopping;

    private UdpListener(Socket socket, int index, SipListen listen, SipIntake intake, TimeProvider time)
    {
        _socket = socket;
        _index = index;
        _intake = intake;
        _time = time;
        _to = new SocketAddress(socket.AddressFamily);
        Address = listen.Describe((IPEndPoint)socket.LocalEndPoint!);
    }

    public SipListenerAddress Address { get; }

    public int Connections => 0;

    /// <summary>Throws <see cref="SocketException"/> when the address cannot be had.</summary>
    public static UdpListener Bind(int index, SipListen listen, SipIntake intake, TimeProvider time)
    {
        Socket socket = new(listen.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (listen.Address.Address.Equals(IPAddress.IPv6Any)) { socket.DualMode = true; }
            socket.ReceiveBufferSize = KernelBufferBytes;
            socket.SendBufferSize = KernelBufferBytes;
            socket.Blocking = false;
            socket.Bind(listen.Address);
            return new UdpListener(socket, index, listen, intake, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Start() => _receiving = ReceiveAsync();

    public bool Send(SipFlow flow, ReadOnlyMemory<byte> message)
    {
        if (!_to.TrySet(flow.Peer)) { return false; }
        try
        {
            _socket.SendTo(message.Span, SocketFlags.None, _to);
            return true;
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            // The network is busy for a moment, as it may be: UDP transactions say things again.
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Hold(long connection, int dialogs) { }

    public void Sweep(Instant now) { }

    public void Dispose()
    {
        _stopping = true;
        _socket.Dispose();
    }

    public async Task StopAsync()
    {
        Dispose();
        await _receiving;
    }

    private async Task ReceiveAsync()
    {
        Memory<byte> buffer = GC.AllocateUninitializedArray<byte>(Limits.SipMessageBytes, pinned: true);
        SocketAddress from = new(_socket.AddressFamily);
        while (!_stopping)
        {
            try
            {
                int length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, from);
                _intake.Offer(new SipFlow(SipTransport.Udp, _index, 0, from.ToPeer()), buffer.Span[..length]);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                if (_stopping || error.SocketErrorCode == SocketError.OperationAborted) { return; }
                // On some systems the echo of an unreachable peer; where it is more than that, not in a tight loop.
                if (error.SocketErrorCode != SocketError.ConnectionReset) { await Task.Delay(s_afterError, _time); }
            }
        }
    }
}
