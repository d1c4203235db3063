using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>One message from the wire on its way to the pump; without bytes it says that <paramref name="Flow"/> could not be delivered to. The buffer is rented, and the pump's to return.</summary>
internal readonly record struct SipInput(Instant At, SipFlow Flow, byte[]? Buffer, int Length);

/// <summary>The pump's two bounded queues and its one bell: listeners and calls put in and ring, the pump takes out.</summary>
internal sealed class SipIntake(TimeProvider time)
{
    private readonly Channel<SipInput> _inputs = Channel.CreateBounded<SipInput>(
        new BoundedChannelOptions(Limits.SipInputs) { SingleReader = true });
    private readonly Channel<object> _commands = Channel.CreateBounded<object>(
        new BoundedChannelOptions(Limits.SipCommands) { SingleReader = true });
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _received;
    private long _dropped;
    private long _connection;
    private long _connectionsRefused;
    private long _connectionsFailed;

    public long Received => Interlocked.Read(ref _received);

    public long Dropped => Interlocked.Read(ref _dropped);

    public long ConnectionsRefused => Interlocked.Read(ref _connectionsRefused);

    public long ConnectionsFailed => Interlocked.Read(ref _connectionsFailed);

    public long NextConnection() => Interlocked.Increment(ref _connection);

    public void CountRefusedConnection() => Interlocked.Increment(ref _connectionsRefused);

    public void CountFailedConnection() => Interlocked.Increment(ref _connectionsFailed);

    /// <summary>A datagram. When the pump cannot keep up it is dropped and counted: its sender will say it again.</summary>
    public void Offer(SipFlow flow, ReadOnlySpan<byte> message)
    {
        Interlocked.Increment(ref _received);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, message.Length));
        message.CopyTo(buffer);
        if (_inputs.Writer.TryWrite(new SipInput(time.Now(), flow, buffer, message.Length))) { Ring(); return; }
        ArrayPool<byte>.Shared.Return(buffer);
        Interlocked.Increment(ref _dropped);
    }

    /// <summary>A message of a stream. Waits for room, so that the peer's TCP does.</summary>
    public async ValueTask OfferAsync(SipFlow flow, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _received);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(buffer);
        await _inputs.Writer.WriteAsync(new SipInput(time.Now(), flow, buffer, message.Length), cancellation);
        Ring();
    }

    /// <summary>What was to be sent on this flow cannot be delivered. Lost when the queue is full: the transaction's own timer then says it.</summary>
    public void Fail(SipFlow flow)
    {
        if (_inputs.Writer.TryWrite(new SipInput(time.Now(), flow, null, 0))) { Ring(); }
    }

    /// <summary>A <see cref="SipCommand"/> or a <see cref="SipQuestion"/>. False when the queue is full or the pump has stopped.</summary>
    public bool Post(object command)
    {
        if (!_commands.Writer.TryWrite(command)) { return false; }
        Ring();
        return true;
    }

    public void Ring() => _bell.Writer.TryWrite(true);

    public bool TryTake(out SipInput input) => _inputs.Reader.TryRead(out input);

    public bool TryTakeCommand([NotNullWhen(true)] out object? command) => _commands.Reader.TryRead(out command);

    /// <summary>Until somebody rings; at once when somebody rang since the last time.</summary>
    public ValueTask<bool> WaitAsync() => _bell.Reader.ReadAsync();

    /// <summary>Nothing is taken in any more; questions that wait are not answered.</summary>
    public void Close()
    {
        _inputs.Writer.TryComplete();
        _commands.Writer.TryComplete();
        while (_inputs.Reader.TryRead(out SipInput input))
        {
            if (input.Buffer is not null) { ArrayPool<byte>.Shared.Return(input.Buffer); }
        }
        while (_commands.Reader.TryRead(out object? command)) { (command as SipQuestion)?.Cancel(); }
    }
}
