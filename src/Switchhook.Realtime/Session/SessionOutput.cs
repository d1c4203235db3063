using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Session;

/// <summary>What a session asks of the engine that drives it. Drained in order, before the next input.</summary>
public abstract record SessionOutput
{
    private SessionOutput() { }

    /// <summary>Tell everybody who listens.</summary>
    public sealed record Send(ServerEvent Event) : SessionOutput;

    /// <summary>Begin to generate; the model answers with <see cref="RealtimeSession.Produce"/>, any number of times, the last one final.</summary>
    public sealed record Generate(ResponseRequest Request) : SessionOutput;

    /// <summary>
    /// Stop generating; whatever the model still produces for this response is ignored. <paramref name="IsCallUnmade"/>: the call that it
    /// produced last was not made: it had no room in the response's tokens, or the words in front of it were never heard.
    /// </summary>
    public sealed record StopGenerating(string ResponseId, bool IsCallUnmade = false) : SessionOutput;

    /// <summary>
    /// Speech for the caller's ear. Utterances count 1, 2, 3 … over the session; one utterance is one audio part of
    /// one item. The last piece of an utterance has <paramref name="IsLast"/> set, and may be empty.
    /// </summary>
    public sealed record Say(int Utterance, ReadOnlyMemory<short> Samples, bool IsLast) : SessionOutput;

    /// <summary>
    /// Speech for who plays it from the events: the client on <see cref="SessionSurface.Socket"/>, and on a call whoever asked for it
    /// (<see cref="RealtimeSession.TellsAudio"/>). The driver tells it as <see cref="ResponseOutputAudioDelta"/> in this very place, in
    /// <paramref name="Format"/>; the samples have the rate of <see cref="Say"/>.
    /// </summary>
    public sealed record AudioDelta(
        string EventId, string ResponseId, string ItemId, int OutputIndex, int ContentIndex, AudioFormat Format, ReadOnlyMemory<short> Samples) : SessionOutput;

    /// <summary>Stop playing all utterances up to this one; the playout answers with a <see cref="PlayoutReport"/> of how much was heard.</summary>
    public sealed record Cut(int ThroughUtterance) : SessionOutput;

    /// <summary>
    /// So much of what was heard last has become this item. The session has no samples; the driver keeps them, as far as it does, for
    /// <see cref="ConversationItemRetrieved"/>.
    /// </summary>
    public sealed record Keep(string ItemId, TimeSpan Length) : SessionOutput;

    /// <summary>A user item of so much speech was committed and the session wants its words; answered by <see cref="RealtimeSession.Transcribed"/>.</summary>
    public sealed record Transcribe(string ItemId, TimeSpan Speech) : SessionOutput;

    /// <summary>
    /// The caller pauses, and how long the pause may last depends on the words (semantic_vad). Who has some answers with
    /// <see cref="RealtimeSession.SaidSoFar"/>; who has none, or not yet, need not.
    /// </summary>
    public sealed record SoFar(string ItemId, int Pause) : SessionOutput;

    /// <summary>
    /// Fetch the list of tools of an MCP server; answered by <see cref="RealtimeSession.ToolsListed"/> or <see cref="RealtimeSession.ToolsNotListed"/>.
    /// There is one server of a label.
    /// </summary>
    public sealed record ListTools(string ItemId, McpTool Server) : SessionOutput;

    /// <summary>Call a tool of an MCP server; answered by <see cref="RealtimeSession.McpCallCompleted"/> or <see cref="RealtimeSession.McpCallFailed"/>.</summary>
    public sealed record CallMcpTool(string ItemId, McpTool Server, string Name, string Arguments) : SessionOutput;

    /// <summary>Nothing more is asked of this MCP server; calls that run are waited for.</summary>
    public sealed record ForgetServer(string ServerLabel) : SessionOutput;

    /// <summary>The session is over (session_expired, §6.5); nothing follows.</summary>
    public sealed record Over : SessionOutput;
}

public enum PlayoutReportKind : byte { Started, Stopped, Cut }

/// <summary>
/// What the playout clock says of an utterance: its first packet was sent, its last packet was sent, or it was cut
/// after <paramref name="HeardMs"/> milliseconds (utterance 0: nothing was being played).
/// </summary>
public readonly record struct PlayoutReport(PlayoutReportKind Kind, int Utterance, int HeardMs);
