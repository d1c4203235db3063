using System.Threading.Channels;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;

namespace Switchhook.Calls;

/// <summary>One attached socket, as the server sees it. Events go out through <see cref="TryTake"/>, client events come in through <see cref="PostAsync"/>.</summary>
public sealed class Sideband : IDisposable
{
    // A replay may bring the whole history at once; the live limit comes on top of it.
    private readonly Channel<ReadOnlyMemory<byte>> _events = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(Limits.TimelineEntries + Limits.SidebandEvents) { SingleReader = true });
    private readonly Call _call;
    private long _waitingBytes;
    private Goodbye? _goodbye;
    private volatile bool _hasLeft;

    internal Sideband(Call call, bool includesAudio) => (_call, IncludesAudio) = (call, includesAudio);

    /// <summary>1000 at the end of the call; 1008 when the socket read too slowly; 1013 when too many are attached.</summary>
    public int CloseCode => (_goodbye ?? Goodbye.AtTheEnd).Code;

    public string CloseReason => (_goodbye ?? Goodbye.AtTheEnd).Reason;

    /// <summary>It asked for what the model says, as audio.</summary>
    internal bool IncludesAudio { get; }

    /// <summary>The client has gone by itself.</summary>
    internal bool HasLeft => _hasLeft;

    /// <summary>Done when there is an event to be sent; false when nothing follows: close the socket with <see cref="CloseCode"/>.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _events.Reader.WaitToReadAsync(cancellation);

    /// <summary>The next event to be sent, one WebSocket text message.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> json)
    {
        if (!_events.Reader.TryRead(out json)) { return false; }
        Interlocked.Add(ref _waitingBytes, -json.Length);
        return true;
    }

    /// <summary>
    /// Says something to the session; done when that has heard it, so whoever speaks faster than that waits, and a client's
    /// flood fills neither the mailbox nor the engine. False when the call has ended or is overwhelmed.
    /// </summary>
    /// <param name="clientEvent">What it says.</param>
    /// <param name="bytes">The length of the message in which it says that.</param>
    public async ValueTask<bool> PostAsync(ClientEvent clientEvent, int bytes)
    {
        CallMessage.FromClient said = new(this, clientEvent, bytes);
        if ((await _call.AskAsync(said, CancellationToken.None)).Verdict != Verdict.Done) { return false; }
        await said.Hearing;
        return true;
    }

    /// <summary>Queues an event for this socket alone, such as an <c>error</c> for what no session has heard.</summary>
    public void Tell(ServerEvent serverEvent) => TrySend(RealtimeJson.Write(serverEvent));

    /// <summary>Detaches; the call goes on.</summary>
    public void Dispose()
    {
        _hasLeft = true;
        _events.Writer.TryComplete();
        _call.TryTell(new CallMessage.Detached(this));      // when there is no room, the next event finds that it has left
    }

    /// <summary>False when the client has left, or reads too slowly; it is closed then.</summary>
    internal bool TrySend(ReadOnlyMemory<byte> json)
    {
        // What waits here may be held by nobody else any more.
        if (Interlocked.Add(ref _waitingBytes, json.Length) <= Limits.SidebandBytes && _events.Writer.TryWrite(json)) { return true; }
        if (!_hasLeft) { Close(1008, "The socket reads too slowly"); }
        return false;
    }

    /// <summary>The first reason counts: that nothing more can be told to a socket that is closed is none.</summary>
    internal void Close(int code, string reason)
    {
        if (Interlocked.CompareExchange(ref _goodbye, new Goodbye(code, reason), null) is null) { _events.Writer.TryComplete(); }
    }

    private sealed record Goodbye(int Code, string Reason)
    {
        public static Goodbye AtTheEnd { get; } = new(1000, "The call has ended");
    }
}
