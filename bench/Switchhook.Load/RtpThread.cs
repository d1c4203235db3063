using System.Net;
using System.Net.Sockets;
using Switchhook.Transport;

namespace Switchhook.Load;

/// <summary>
/// The ears and mouths of all phones, on one thread. Eight calls share a socket and are told apart by the server's
/// port, which keeps the tool cheap: it shares the processors with what it measures. It reads every 10 ms and is
/// none the worse for it, because the kernel stamps what arrives.
/// </summary>
internal sealed class RtpThread : IDisposable
{
    private const int CallsPerSocket = 8;
    private const int Rounds = 10;
    private const int RoundsPerReading = 5;
    private const long RoundNs = 2_000_000;
    private const int SocketBufferBytes = 1 << 20;

    private readonly byte[] _words;
    private readonly Socket[] _sockets;
    private readonly List<(LoadCall Call, Socket Socket, SocketAddress Server)>[] _byRound = [.. Enumerable.Range(0, Rounds).Select(_ => new List<(LoadCall, Socket, SocketAddress)>())];
    private readonly LoadCall?[] _byServerPort = new LoadCall?[ushort.MaxValue + 1];
    private readonly System.Collections.Concurrent.ConcurrentQueue<(LoadCall Call, bool Speaks)> _changes = new();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile Window? _window;

    public RtpThread(int calls, byte[] words)
    {
        _words = words;
        _sockets = [.. Enumerable.Range(0, (calls + CallsPerSocket - 1) / CallsPerSocket).Select(_ => Bind())];
        _thread = new Thread(Run) { Name = "phones rtp", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>What is kept of the steady time: deviations of what is received, and how late we ourselves sent.</summary>
    public sealed class Window
    {
        public Distribution Deviations { get; } = new();
        public Distribution OwnLateness { get; } = new();
    }

    public PeerAddress AddressFor(LoadCall call) => PeerAddress.From((IPEndPoint)SocketOf(call).LocalEndPoint!);

    /// <summary>From now on the call speaks and hears.</summary>
    public void Start(LoadCall call)
    {
        Volatile.Write(ref _byServerPort[call.ServerPort], call);
        _changes.Enqueue((call, true));
    }

    public void Stop(LoadCall call) => _changes.Enqueue((call, false));

    /// <summary>What happens from now on is kept in this window, or in none.</summary>
    public void Keep(Window? window) => _window = window;

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        foreach (Socket socket in _sockets) { socket.Dispose(); }
    }

    private static Socket Bind()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = SocketBufferBytes };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Libc.StampArrivals(socket);
        return socket;
    }

    private Socket SocketOf(LoadCall call) => _sockets[call.Index / CallsPerSocket];

    private void Run()
    {
        Libc.PreferThisThread();
        byte[] packet = new byte[LoadCall.PacketBytes];
        byte[] datagram = new byte[2048];
        long due = Libc.MonotonicNs;
        for (long turn = 0; !_stopping; turn++)
        {
            due += RoundNs;
            Libc.SleepUntil(due);
            Window? window = _window;
            if (turn % RoundsPerReading == 0) { Read(datagram, window?.Deviations); }
            Change();
            window?.OwnLateness.Record(Libc.MonotonicNs - due);
            foreach ((LoadCall call, Socket socket, SocketAddress server) in _byRound[turn % Rounds])
            {
                call.Write(packet, _words);
                socket.SendTo(packet, SocketFlags.None, server);
            }
        }
    }

    private void Change()
    {
        while (_changes.TryDequeue(out (LoadCall Call, bool Speaks) change))
        {
            var round = _byRound[change.Call.Index % Rounds];
            if (change.Speaks) { round.Add((change.Call, SocketOf(change.Call), new IPEndPoint(IPAddress.Loopback, change.Call.ServerPort).Serialize())); }
            else { round.RemoveAll(speaking => speaking.Call == change.Call); }
        }
    }

    private void Read(Span<byte> datagram, Distribution? deviations)
    {
        foreach (Socket socket in _sockets)
        {
            while (Libc.TryReceive(socket.SafeHandle, datagram, out int length, out ushort port, out long arrivedNs))
            {
                Volatile.Read(ref _byServerPort[port])?.Receive(datagram[..length], arrivedNs, deviations);
            }
        }
    }
}
