namespace Switchhook;

public static partial class Limits
{
    /// <summary>Messages waiting for one call. Full: the call is sick and ends as overloaded.</summary>
    public const int CallMailbox = 256;

    /// <summary>How long the API waits for a place in a call's mailbox before it answers 503.</summary>
    public static readonly TimeSpan CallMailboxWait = TimeSpan.FromSeconds(2);

    /// <summary>Calls alive at once, of all projects. One too many is answered 503 with Retry-After.</summary>
    public const int Calls = 1_000;

    /// <summary>The most that <see cref="Calls"/> may be set to: half the dialogs, so that ended calls can wait for their ACK.</summary>
    public const int CallsConfigurable = SipDialogs / 2;

    /// <summary>Sessions without a call open at once, of all projects. One too many is answered 429 with Retry-After.</summary>
    public const int Sessions = 1_000;

    /// <summary>The most that <see cref="Sessions"/> may be set to: half the connections, so that calls find theirs.</summary>
    public const int SessionsConfigurable = ApiConnections / 2;

    /// <summary>How long calls may go on after the process was asked to stop; then they are hung up (configurable).</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(30);

    /// <summary>How long the app may take to accept or reject (configurable per project).</summary>
    public static readonly TimeSpan Decision = TimeSpan.FromSeconds(20);

    /// <summary>How long an engine may take to become ready before the accept fails.</summary>
    public static readonly TimeSpan EngineOpening = TimeSpan.FromSeconds(10);

    /// <summary>How long what is pending may still be delivered after the caller has gone (S1).</summary>
    public static readonly TimeSpan Draining = TimeSpan.FromSeconds(30);

    /// <summary>The target of a transfer: with everything else it must fit into a datagram that is not fragmented.</summary>
    public const int TransferTargetChars = 1_024;

    /// <summary>How long the peer may say nothing of a transfer it took. Then the call goes on.</summary>
    public static readonly TimeSpan Transfer = TimeSpan.FromSeconds(60);

    /// <summary>How long the peer may take to hang up when it will not tell how the transfer ended. Then the call goes on.</summary>
    public static readonly TimeSpan TransferUntold = TimeSpan.FromSeconds(5);

    /// <summary>At shutdown, after the drain deadline: how long calls that were hung up may take to write their records.</summary>
    public static readonly TimeSpan ShutdownLast = TimeSpan.FromSeconds(5);

    /// <summary>How long an application must be silent, once it has spoken after the caller has gone, before a drained session closes.</summary>
    public static readonly TimeSpan DrainedQuiet = TimeSpan.FromSeconds(1);

    /// <summary>How long a BYE or a final answer may take to be answered before the call ends anyway: 64 × T1.</summary>
    public static readonly TimeSpan SipGiveUp = TimeSpan.FromSeconds(32);

    /// <summary>The longest a session may last (realtime-api §3.6; configurable).</summary>
    public static readonly TimeSpan Session = TimeSpan.FromMinutes(60);

    /// <summary>Entries of one call's timeline kept in memory. Full: the oldest are only in the store.</summary>
    public const int TimelineEntries = 4_096;

    /// <summary>The same in bytes, texts included. Full: the oldest are only in the store.</summary>
    public const int TimelineBytes = 16 << 20;

    /// <summary>An event that a timeline holds whole: what an MCP tool may answer, twice. Of a larger one it says how large it was.</summary>
    public const int TimelineEventBytes = 256 * 1024;

    /// <summary>Sidebands attached to one call.</summary>
    public const int Sidebands = 16;

    /// <summary>Call → sideband socket. Full: that socket is closed, it reads too slowly; the call goes on.</summary>
    public const int SidebandEvents = 1_024;

    /// <summary>The same in bytes: the largest item twice, as it is told when it is added and when it is done, and a whole replay.</summary>
    public const int SidebandBytes = (2 * SocketMessageBytes) + TimelineBytes;

    /// <summary>Client events held for a session that is not open yet; all together have the bytes of one of the largest.</summary>
    public const int EarlyClientEvents = 64;
}
