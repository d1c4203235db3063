using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Transport.Media;

/// <summary>
/// One phone leg. Its sockets are bound from the beginning, so that what arrives early waits in the kernel; its
/// session lives on a media thread. Commands are bits: the thread takes all that are set and obeys them in the order
/// of <see cref="Asks"/>, so nothing can overflow and a later plan replaces an earlier one.
/// </summary>
public sealed class MediaLeg : IMediaLeg
{
    private readonly MediaThread _thread;
    private readonly Action<MediaLeg> _closed;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Snapshot<MediaStats> _stats = new();
    private readonly Channel<(char Key, int Ms)> _keys = Channel.CreateBounded<(char Key, int Ms)>(
        new BoundedChannelOptions(Limits.DigitsToSend) { SingleReader = true });
    private int _asks;
    private MediaPlan? _plan;

    internal MediaLeg(MediaThread thread, RtpSocket rtp, RtpSocket rtcp, PeerAddress advertised, Action<MediaLeg> closed)
    {
        _thread = thread;
        _closed = closed;
        Rtp = rtp;
        Rtcp = rtcp;
        Advertised = advertised;
    }

    [Flags]
    internal enum Asks { None = 0, Start = 1, Update = 2, Release = 4, Press = 8, Close = 16 }

    public PeerAddress Advertised { get; }

    public MediaStats Stats => _stats.Read();

    // What follows is read and written by the media thread alone, once the leg has started.
    internal RtpSocket Rtp { get; }
    internal RtpSocket Rtcp { get; }
    internal MediaSession? Session { get; set; }
    internal VoiceLine? Line { get; private set; }
    internal RecorderTap? Tap { get; private set; }
    internal Action<MediaEvent>? Tell { get; private set; }
    internal int Token { get; set; } = -1;
    internal int Phase { get; set; }
    internal int CutThrough { get; set; }
    internal int TicksUntilStats { get; set; }

    public void Start(MediaPlan plan, VoiceLine line, RecorderTap? tap, Action<MediaEvent> tell)
    {
        if (Line is not null) { throw new InvalidOperationException("a leg starts once"); }
        (Line, Tap, Tell) = (line, tap, tell);
        Volatile.Write(ref _plan, plan);
        Ask(Asks.Start);
    }

    public void Update(MediaPlan plan)
    {
        Volatile.Write(ref _plan, plan);
        Ask(Asks.Update);
    }

    public void Release() => Ask(Asks.Release);

    /// <summary>Presses a key for the other side to notice (RFC 4733). False when too many wait; a key that was not agreed upon in SDP is not sent.</summary>
    public bool Press(char key, int ms)
    {
        if (!_keys.Writer.TryWrite((key, ms))) { return false; }
        Ask(Asks.Press);
        return true;
    }

    public Task CloseAsync()
    {
        Ask(Asks.Close);
        return _done.Task;
    }

    internal MediaPlan Plan => Volatile.Read(ref _plan)!;

    internal bool TryTakeKey(out char key, out int ms)
    {
        bool any = _keys.Reader.TryRead(out (char Key, int Ms) pressed);
        (key, ms) = pressed;
        return any;
    }

    internal Asks TakeAsks() => (Asks)Interlocked.Exchange(ref _asks, 0);

    internal void Publish(in MediaStats stats) => _stats.Write(stats);

    /// <summary>The last thing that happens to a leg: pipes completed, sockets closed, ports back.</summary>
    internal void Finish()
    {
        Line?.Complete();
        Tap?.Complete();
        Rtp.Dispose();
        Rtcp.Dispose();
        if (!_done.Task.IsCompleted) { _closed(this); }
        _done.TrySetResult();
    }

    private void Ask(Asks asks)
    {
        if (Interlocked.Or(ref _asks, (int)asks) == 0) { _thread.Notify(this); }
    }
}
