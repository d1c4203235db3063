namespace Switchhook.Realtime.Session;

/// <summary>
/// What a model says while it generates one response. The session turns it into events in the order that is law
/// (realtime-api §6.4); a model never writes an event itself.
/// </summary>
public abstract record ModelOutput
{
    private ModelOutput() { }

    /// <summary>More of a text message; opens one when none is open.</summary>
    public sealed record Text(string Delta) : ModelOutput;

    /// <summary>
    /// More of a spoken message; opens one when none is open. <paramref name="Samples"/> is linear audio at the
    /// session's rate that carries the words of <paramref name="Transcript"/>; either may be empty.
    /// </summary>
    public sealed record Speech(string Transcript, ReadOnlyMemory<short> Samples) : ModelOutput;

    /// <summary>The open message is complete; what follows begins another item (§6.4: several audio items are possible).</summary>
    public sealed record EndOfMessage : ModelOutput;

    /// <summary>A whole function call. <paramref name="Arguments"/> is JSON text.</summary>
    public sealed record ToolCall(string Name, string Arguments) : ModelOutput;

    /// <summary>A whole call of an MCP server's tool. <paramref name="Arguments"/> is JSON text. The response goes on without its result.</summary>
    public sealed record McpCall(string ServerLabel, string Name, string Arguments) : ModelOutput;

    /// <summary>The response is complete.</summary>
    public sealed record Completed : ModelOutput;

    /// <summary>The response stops short: <c>max_output_tokens</c> or <c>content_filter</c>.</summary>
    public sealed record Incomplete(string Reason) : ModelOutput;

    /// <summary>The model failed.</summary>
    public sealed record Failed(RealtimeError Error) : ModelOutput;
}
