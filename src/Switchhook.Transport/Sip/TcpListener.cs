using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>
/// SIP over TCP (RFC 3261 §18). A flow with a connection means that one, and fails when it is gone: where to go
/// instead is the endpoint's to know (§18.2.2). A flow without one uses a connection to the peer again when there is one
/// and opens one when there is none (§18.1.1).
/// </summary>
internal sealed class TcpListener : IListener
{
    private const int Backlog = 512;

    private static readonly TimeSpan s_afterError = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly int _index;
    private readonly SipIntake _intake;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, TcpConnection> _connections = new();
    private readonly ConcurrentDictionary<PeerAddress, TcpConnection> _byPeer = new();
    private Task _accepting = Task.CompletedTask;
    private volatile bool _stopping;

    private TcpListener(Socket socket, int index, SipListen listen, SipIntake intake, TimeProvider time)
    {
        _socket = socket;
        _index = index;
        _intake = intake;
        _time = time;
        Address = listen.Describe((IPEndPoint)socket.LocalEndPoint!);
    }

    public SipListenerAddress Address { get; }

    public int Connections => _connections.Count;

    /// <summary>Throws <see cref="SocketException"/> when the address cannot be had.</summary>
    public static TcpListener Bind(int index, SipListen listen, SipIntake intake, TimeProvider time)
    {
        Socket socket = new(listen.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (listen.Address.Address.Equals(IPAddress.IPv6Any)) { socket.DualMode = true; }
            socket.Bind(listen.Address);
            socket.Listen(Backlog);
            return new TcpListener(socket, index, listen, intake, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Start() => _accepting = AcceptAsync();

    public bool Send(SipFlow flow, ReadOnlyMemory<byte> message)
    {
        if (_stopping) { return false; }
        TcpConnection? connection;
        if (flow.Connection != 0) { _connections.TryGetValue(flow.Connection, out connection); }
        else if (!_byPeer.TryGetValue(flow.Peer, out connection)) { connection = Connect(flow.Peer); }
        return connection is not null && connection.Send(flow, message);
    }

    public void Hold(long connection, int dialogs)
    {
        if (_connections.TryGetValue(connection, out TcpConnection? held)) { held.Dialogs += dialogs; }
    }

    public void Sweep(Instant now)
    {
        foreach (TcpConnection connection in _connections.Values)
        {
            if (connection.IsOverdue(now)) { connection.Close(); }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _socket.Dispose();
    }

    public async Task StopAsync()
    {
        Dispose();
        await _accepting;
        foreach (TcpConnection connection in _connections.Values) { await connection.DisposeAsync(); }
    }

    private async Task AcceptAsync()
    {
        while (!_stopping)
        {
            try
            {
                Socket accepted = await _socket.AcceptAsync();
                if (_connections.Count >= Limits.SipConnections)
                {
                    _intake.CountRefusedConnection();
                    accepted.Dispose();
                    continue;
                }
                Open(PeerAddress.From((IPEndPoint)accepted.RemoteEndPoint!), accepted, connected: true);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                if (_stopping || error.SocketErrorCode == SocketError.OperationAborted) { return; }
                // Gone before it was accepted, or no descriptors left: the second must not become a tight loop.
                if (error.SocketErrorCode != SocketError.ConnectionReset) { await Task.Delay(s_afterError, _time); }
            }
        }
    }

    private TcpConnection? Connect(PeerAddress peer)
    {
        if (_connections.Count >= Limits.SipConnections || peer.IsNone) { return null; }
        Socket? socket = null;
        try
        {
            // From the address we listen on, so that the peer sees the one it knows; the port is any.
            IPAddress local = ((IPEndPoint)_socket.LocalEndPoint!).Address;
            socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (local.Equals(IPAddress.IPv6Any)) { socket.DualMode = true; }
            socket.Bind(new IPEndPoint(local, 0));
            return Open(peer, socket, connected: false);
        }
        catch (Exception refused) when (refused is SocketException or ObjectDisposedException)
        {
            socket?.Dispose();
            return null;
        }
    }

    private TcpConnection Open(PeerAddress peer, Socket socket, bool connected)
    {
        TcpConnection connection = new(socket, new SipFlow(SipTransport.Tcp, _index, _intake.NextConnection(), peer), _intake, _time, Forget);
        _connections[connection.Flow.Connection] = connection;
        _byPeer[peer] = connection;
        connection.Start(connected);
        // Whoever closes us has looked at the table before this entry was in it.
        if (_stopping) { connection.Close(); }
        return connection;
    }

    private void Forget(TcpConnection connection)
    {
        _connections.TryRemove(connection.Flow.Connection, out _);
        _byPeer.TryRemove(KeyValuePair.Create(connection.Flow.Peer, connection));
    }
}
