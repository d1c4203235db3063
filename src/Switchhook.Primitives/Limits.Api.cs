namespace Switchhook;

public static partial class Limits
{
    /// <summary>A REST body.</summary>
    public const int ApiBodyBytes = 1 << 20;

    /// <summary>Levels of any JSON that is taken: readers stop at 64 as a rule, and a page of a history tells it again, four levels deeper.</summary>
    public const int JsonDepth = 60;

    /// <summary>
    /// The sessions that client secrets keep, as texts: some ten thousand of the usual few kilobytes. Full: what has expired goes;
    /// still full: 429 until something expires.
    /// </summary>
    public const long ClientSecretBytes = 64L << 20;

    /// <summary>HTTP connections open at once, and as many WebSockets: several for every call there may be.</summary>
    public const int ApiConnections = 16_384;

    /// <summary>A WebSocket message: 15 MiB of audio in base64, and its envelope (realtime-api §3.6).</summary>
    public const int SocketMessageBytes = 21 << 20;

    /// <summary>A WebSocket message larger than this (ten seconds of audio at once) needs one of <see cref="LargeMessages"/> places.</summary>
    public const int LargeMessageBytes = 1 << 20;

    /// <summary>Large messages received or heard at once, of all sockets: at most 48 MiB each, as text and as audio. One more waits.</summary>
    public const int LargeMessages = 8;

    /// <summary>How long it waits; then its socket is closed and may try again later.</summary>
    public static readonly TimeSpan LargeMessageWait = TimeSpan.FromSeconds(10);

    /// <summary>How long it may keep its place, until it has arrived and was heard: the largest at 3 Mbit/s. Then its socket is closed.</summary>
    public static readonly TimeSpan LargeMessageStay = TimeSpan.FromSeconds(60);

    /// <summary>Pings go to idle sockets so often, and a pong may take as long (realtime-api §3.6: 15 to 30 s).</summary>
    public static readonly TimeSpan SocketPing = TimeSpan.FromSeconds(20);

    /// <summary>A batch of events that has not left a socket after so long: the reader is dead, the socket is cut.</summary>
    public static readonly TimeSpan SocketSend = TimeSpan.FromSeconds(30);

    /// <summary>An event that took so long to leave: its reader is too slow, the socket is closed and told why.</summary>
    public static readonly TimeSpan SocketSlow = TimeSpan.FromSeconds(10);

    /// <summary>Events of a socket with compression are compressed from this size on; half of a short one is soon saved and dearly bought.</summary>
    public const int CompressedBytesMin = 512;

    /// <summary>How long a socket that we have closed may take to say goodbye.</summary>
    public static readonly TimeSpan SocketGoodbye = TimeSpan.FromSeconds(5);

    /// <summary>How long requests and webhooks under way may still run when all calls have ended and the server leaves.</summary>
    public static readonly TimeSpan ApiGoodbye = TimeSpan.FromSeconds(5);

    /// <summary>A stream of server-sent events is never silent for longer: proxies cut idle lines after 30 to 60 s.</summary>
    public static readonly TimeSpan StreamKeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>A client's event_id (realtime-api §5).</summary>
    public const int ClientEventIdChars = 512;

    /// <summary>Sources whose refused calls are remembered, so that each leaves one line of log a minute.</summary>
    public const int LogSources = 1_024;

    /// <summary>Lines of log that wait for the terminal. Full: they are dropped, nobody waits.</summary>
    public const int LogLines = 8_192;

    /// <summary>Label combinations of one metric; what comes after is not shown.</summary>
    public const int MetricSeries = 1_024;
}
