using System.Net.Sockets;
using System.Threading.Channels;
using Switchhook.Sip;
using Switchhook.Sip.Framing;

namespace Switchhook.Transport.Sip;

/// <summary>
/// One TCP connection: a reader that cuts messages out of the stream and waits while the pump is busy, and a writer
/// with a bounded queue, so that a peer which does not read cannot hold anything up.
/// </summary>
internal sealed class TcpConnection : IAsyncDisposable
{
    private const int FirstBufferBytes = 4096;

    private static readonly ReadOnlyMemory<byte> s_pong = "\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly SipIntake _intake;
    private readonly TimeProvider _time;
    private readonly Action<TcpConnection> _forget;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<Outgoing> _outgoing = Channel.CreateBounded<Outgoing>(
        new BoundedChannelOptions(Limits.SipConnectionOutgoing) { SingleReader = true });
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private long _lastSaidTicks;
    private long _frameSinceTicks = long.MaxValue;
    private long _writingSinceTicks = long.MaxValue;
    private int _unwrittenBytes;
    private volatile bool _ending;
    private volatile bool _closed;
    private Task _running = Task.CompletedTask;

    public TcpConnection(Socket socket, SipFlow flow, SipIntake intake, TimeProvider time, Action<TcpConnection> forget)
    {
        _socket = socket;
        _intake = intake;
        _time = time;
        _forget = forget;
        Flow = flow;
        _lastSaidTicks = time.Now().Ticks;
    }

    private readonly record struct Outgoing(SipFlow Flow, ReadOnlyMemory<byte> Message);

    public SipFlow Flow { get; }

    /// <summary>Dialogs that came by this connection; the pump's to count.</summary>
    public int Dialogs { get; set; }

    public void Start(bool connected)
    {
        // Who connects has something to say: silence from the beginning is as overdue as a message that drips.
        if (connected) { _frameSinceTicks = _lastSaidTicks; }
        _running = RunAsync(connected);
    }

    /// <summary>False when the peer has not read for so long that the queue is full: the connection is closed.</summary>
    public bool Send(SipFlow flow, ReadOnlyMemory<byte> message)
    {
        bool hasRoom = Interlocked.Add(ref _unwrittenBytes, message.Length) <= Limits.SipConnectionOutgoingBytes;
        if (hasRoom && _outgoing.Writer.TryWrite(new Outgoing(flow, message))) { return true; }
        Break();
        return false;
    }

    public bool IsOverdue(Instant now) =>
        _ending
        || (Dialogs == 0 && now - new Instant(Volatile.Read(ref _lastSaidTicks)) > Limits.SipConnectionIdle)
        || now.Ticks - Volatile.Read(ref _frameSinceTicks) > Limits.SipFrame.Ticks
        || now.Ticks - Volatile.Read(ref _writingSinceTicks) > Limits.SipFrame.Ticks;

    /// <summary>From any thread; what is not written yet is told as failed.</summary>
    public void Close()
    {
        _closed = true;
        try { _closing.Cancel(); }
        catch (ObjectDisposedException) { }
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _running;
    }

    /// <summary>Closes what has gone wrong, unless we were closing it anyway.</summary>
    private void Break()
    {
        if (_closed) { return; }
        _intake.CountFailedConnection();
        Close();
    }

    private async Task RunAsync(bool connected)
    {
        Task writing = Task.CompletedTask;
        try
        {
            _socket.NoDelay = true;
            if (!connected) { await ConnectAsync(); }
            writing = WriteAsync();
            await ReadAsync();
            // The peer has said all it wants to say; what waits for it is still written, if it reads.
            _ending = true;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Break();
        }
        _outgoing.Writer.TryComplete();
        await writing;
        _forget(this);
        FailUnsent();
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task ConnectAsync()
    {
        using CancellationTokenSource patience = new(Limits.SipConnect, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
        await _socket.ConnectAsync(Flow.Peer.ToIPEndPoint(), either.Token);
    }

    /// <summary>Until the peer ends the stream.</summary>
    private async Task ReadAsync()
    {
        StreamFramer framer = new();
        while (true)
        {
            int read = await _socket.ReceiveAsync(RoomToRead(), SocketFlags.None, _closing.Token);
            if (read == 0 && _start == _end) { return; }
            if (read == 0) { throw new SocketException((int)SocketError.ConnectionReset); }
            _end += read;
            Volatile.Write(ref _lastSaidTicks, _time.Now().Ticks);
            if (await TakeFramesAsync(framer)) { continue; }
            // The sweep closes it a little later, so that the answer that says why can still be written.
            _ending = true;
            _intake.CountFailedConnection();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, _closing.Token);
        }
    }

    /// <summary>False when the stream cannot be read any further.</summary>
    private async ValueTask<bool> TakeFramesAsync(StreamFramer framer)
    {
        while (true)
        {
            Frame frame = framer.Next(_buffer.AsSpan(_start, _end - _start));
            ReadOnlyMemory<byte> bytes = _buffer.AsMemory(_start, frame.Length);
            _start += frame.Length;
            switch (frame.Kind)
            {
                case FrameKind.Message:
                    Volatile.Write(ref _frameSinceTicks, long.MaxValue);      // it is whole: if it has to wait for the pump, the peer is not late
                    await _intake.OfferAsync(Flow, bytes, _closing.Token);
                    break;

                case FrameKind.Ping:
                    _ = Send(Flow, s_pong);
                    break;

                case FrameKind.Broken:
                    if (frame.Length > 0) { await _intake.OfferAsync(Flow, bytes, _closing.Token); }
                    return false;

                case FrameKind.NeedMore:
                    WaitForTheRest();
                    return true;
            }
        }
    }

    /// <summary>A message that has begun must end within <see cref="Limits.SipFrame"/>, however slowly it drips.</summary>
    private void WaitForTheRest()
    {
        if (_start == _end) { Volatile.Write(ref _frameSinceTicks, long.MaxValue); }
        else if (Volatile.Read(ref _frameSinceTicks) == long.MaxValue || _start > 0) { Volatile.Write(ref _frameSinceTicks, _time.Now().Ticks); }
    }

    /// <summary>Moves what is unread to the front and makes the buffer larger where a message needs it; the framer refuses what exceeds <see cref="Limits.SipMessageBytes"/>.</summary>
    private Memory<byte> RoomToRead()
    {
        int unread = _end - _start;
        byte[] roomy = unread < _buffer.Length / 2 || _start > 0 ? _buffer : new byte[_buffer.Length * 2];
        if (_start > 0 || roomy != _buffer)
        {
            _buffer.AsSpan(_start, unread).CopyTo(roomy);
            (_buffer, _start, _end) = (roomy, 0, unread);
        }
        return _buffer.AsMemory(_end);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (Outgoing next in _outgoing.Reader.ReadAllAsync(_closing.Token))
            {
                if (!await WriteAsync(next)) { return; }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async ValueTask<bool> WriteAsync(Outgoing next)
    {
        try
        {
            ReadOnlyMemory<byte> left = next.Message;
            long now = _time.Now().Ticks;
            Volatile.Write(ref _lastSaidTicks, now);
            while (left.Length > 0)
            {
                ValueTask<int> sending = _socket.SendAsync(left, SocketFlags.None, _closing.Token);
                if (!sending.IsCompleted) { Volatile.Write(ref _writingSinceTicks, now); }      // what the kernel takes at once keeps nobody waiting
                left = left[await sending..];
            }
            Volatile.Write(ref _writingSinceTicks, long.MaxValue);
            Interlocked.Add(ref _unwrittenBytes, -next.Message.Length);
            return true;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _intake.Fail(next.Flow);
            Break();
            return false;
        }
    }

    /// <summary>Each flow once, however many messages waited for it.</summary>
    private void FailUnsent()
    {
        HashSet<SipFlow> flows = [];
        while (_outgoing.Reader.TryRead(out Outgoing unsent))
        {
            if (flows.Add(unsent.Flow)) { _intake.Fail(unsent.Flow); }
        }
    }
}
