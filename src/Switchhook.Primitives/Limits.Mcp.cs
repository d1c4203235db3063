namespace Switchhook;

public static partial class Limits
{
    /// <summary>MCP servers one session may know; their connections are the session's own.</summary>
    public const int McpServers = 32;

    /// <summary>Connections of a project to one MCP server: a call of a tool takes one while it runs. One more waits for one of them.</summary>
    public const int McpConnections = 256;

    /// <summary>The URL of an MCP server.</summary>
    public const int McpUrlChars = 2_048;

    /// <summary>Headers sent to an MCP server, and their longest name and value: common web servers take 8 KB a line.</summary>
    public const int McpHeaders = 32;
    public const int McpHeaderNameChars = 128;
    public const int McpHeaderChars = 8_000;

    /// <summary>Names in one filter of an MCP server's tools.</summary>
    public const int McpToolNames = 512;

    /// <summary>Tools on the list of one MCP server, before it is filtered; a list without an end is cut off here. Filtered, <see cref="Tools"/> counts.</summary>
    public const int McpListedTools = 1_024;

    /// <summary>Levels of a tool's input schema: inside an event readers still get along with it (64 is the usual end).</summary>
    public const int McpSchemaDepth = 48;

    /// <summary>One answer of an MCP server on the wire: lists of a hundred tools with long schemas have 200 KB.</summary>
    public const int McpAnswerBytes = 1 << 20;

    /// <summary>What a tool answers: it goes into the conversation, to every socket and into the history.</summary>
    public const int McpOutputChars = 128 * 1024;

    /// <summary>What an MCP server says of a failure, as far as it is passed on.</summary>
    public const int McpErrorChars = 1_000;

    /// <summary>How long the list of an MCP server may take, connecting included: somebody may be waiting on the phone for it.</summary>
    public static readonly TimeSpan McpList = TimeSpan.FromSeconds(15);

    /// <summary>How long a TCP and TLS connection to an MCP server may take.</summary>
    public static readonly TimeSpan McpConnect = TimeSpan.FromSeconds(5);

    /// <summary>How long the call of a tool may take: nobody waits on the phone for longer.</summary>
    public static readonly TimeSpan McpCall = TimeSpan.FromSeconds(60);

    /// <summary>How long an MCP server may take to be told that the session is over.</summary>
    public static readonly TimeSpan McpGoodbye = TimeSpan.FromSeconds(2);

    /// <summary>Calls of MCP tools of one session that run or wait for approval. One too many fails at once.</summary>
    public const int McpCallsAtOnce = 32;
}
