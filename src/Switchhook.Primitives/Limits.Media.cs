namespace Switchhook;

public static partial class Limits
{
    /// <summary>Idle frames kept for re-use, per sample rate: 8,192 × 320 B = 2.6 MB.</summary>
    public const int PooledFrames = 8_192;

    /// <summary>Datagrams taken from one RTP socket in one round (2 ms): a caller sends one in ten rounds; a flood waits, and its excess is the kernel's to drop.</summary>
    public const int RtpDrain = 8;

    /// <summary>The kernel's buffer of one RTP socket: about half a second of G.711, which a stalled thread may catch up with.</summary>
    public const int RtpReceiveBufferBytes = 64 * 1024;

    /// <summary>Port pairs tried before a call is told that none is free: enough to step over what other programs hold.</summary>
    public const int PortAttempts = 1_024;

    /// <summary>A tick later than this is counted: a whole frame, which the peer's jitter buffer had to cover.</summary>
    public static readonly TimeSpan LateTick = TimeSpan.FromMilliseconds(20);

    /// <summary>Slots of the jitter buffer: 64 × 20 ms = 1.28 s. Full: the oldest goes.</summary>
    public const int JitterSlots = 64;

    /// <summary>Audio of one RTP packet: 60 ms of G.711, the longest ptime in use. A longer one is dropped and counted.</summary>
    public const int RtpPayloadBytes = 480;

    /// <summary>What the jitter buffer adds at least: one frame, so that packet and tick need not be in phase.</summary>
    public static readonly TimeSpan JitterDelayMin = TimeSpan.FromMilliseconds(20);

    /// <summary>What the jitter buffer adds at most; beyond that a conversation suffers more than from a gap.</summary>
    public static readonly TimeSpan JitterDelayMax = TimeSpan.FromMilliseconds(200);

    /// <summary>Packets left in a session's outbox by one input: a tick sends two of 10 ms, a report and a goodbye. Full: the oldest goes.</summary>
    public const int MediaPackets = 4;

    /// <summary>Events left in a session's outbox by the inputs of one tick. Full: the oldest goes.</summary>
    public const int MediaEvents = 64;

    /// <summary>Speech inside a media session: 100 ms, enough to bridge a late driver; the rest waits in front of it, where it can be cut.</summary>
    public const int PlayoutFrames = 5;

    /// <summary>Keys waiting to be sent. Full: the next one is refused.</summary>
    public const int DigitsToSend = 32;

    /// <summary>Packets in a row from elsewhere until RTP is sent there (symmetric RTP): two, so that one stray packet moves nothing.</summary>
    public const int LatchPackets = 2;

    /// <summary>The same after SDP has moved the peer: 500 ms, in which packets of the old place are still on their way.</summary>
    public const int LatchPacketsAfterUpdate = 25;

    /// <summary>Packets in a row from a new address until it takes over a stream (O10).</summary>
    public const int TakeoverPackets = 5;

    /// <summary>How long the old address must have been silent before a new one may take over: a live stream cannot be stolen.</summary>
    public static readonly TimeSpan TakeoverSilence = TimeSpan.FromMilliseconds(200);

    /// <summary>A tick that comes so late was not late but left out: the clock of the stream skips what is missing.</summary>
    public static readonly TimeSpan TickBehind = TimeSpan.FromMilliseconds(200);

    /// <summary>Between RTCP reports, on average (RFC 3550 §6.2).</summary>
    public static readonly TimeSpan RtcpInterval = TimeSpan.FromSeconds(5);

    /// <summary>Media → engine: 2 s of the caller's voice. Full: the oldest goes; the engine is late, silence is wrong.</summary>
    public const int HeardFrames = 100;

    /// <summary>Engine → playout: 120 s. Full: stop reading the engine; models speak faster than time.</summary>
    public const int SpokenFrames = 6_000;

    /// <summary>Media → recorder: 5 s. Full: a gap is marked in the file.</summary>
    public const int RecordedFrames = 250;

    /// <summary>No RTP from the caller for so long, while not held: the call ends as lost (L30: only inbound RTP counts).</summary>
    public static readonly TimeSpan MediaSilence = TimeSpan.FromSeconds(60);

    /// <summary>Playout starts this long after ACK when no RTP has come from the caller (L20).</summary>
    public static readonly TimeSpan PlayoutAfterAck = TimeSpan.FromMilliseconds(200);
}
