using System.Collections.Immutable;

namespace Switchhook.Engines.Scripted;

/// <summary>What a scripted model does, read from a file by <see cref="ScriptReader"/>. Immutable: one script serves all calls.</summary>
public sealed record Script
{
    /// <summary>The voice that speaks; null: the session's.</summary>
    public string? Voice { get; init; }

    /// <summary>The language of what is said, as a BCP 47 tag in lower case.</summary>
    public string Language { get; init; } = "en-us";

    /// <summary>True when the script speaks as soon as the line opens; otherwise it waits to be asked, as a model does.</summary>
    public bool Greets { get; init; }

    /// <summary>How long the model thinks before each response.</summary>
    public TimeSpan Thinks { get; init; }

    /// <summary>How the engine opens.</summary>
    public ScriptOpening Opening { get; init; } = new(TimeSpan.Zero, null);

    public ImmutableArray<ScriptStep> Flow { get; init; } = [];

    /// <summary>Where <see cref="ScriptStep.GoTo"/> leads.</summary>
    public ImmutableDictionary<string, ImmutableArray<ScriptStep>> Flows { get; init; } = ImmutableDictionary<string, ImmutableArray<ScriptStep>>.Empty;

    /// <summary>What is said after the end of the flow; null: the last line again.</summary>
    public string? Otherwise { get; init; }

    /// <summary>What a response outside of the conversation says; the flow stays where it is.</summary>
    public string OutOfBand { get; init; } = "A scripted model has nothing to add.";

    /// <summary>What the phone does in a test; null: it only listens.</summary>
    public ScriptCaller? Caller { get; init; }
}

/// <summary>An engine that opens late, or not at all.</summary>
public sealed record ScriptOpening(TimeSpan Delay, ScriptFault? Fault);

/// <summary>What is reported when a script fails on purpose.</summary>
public sealed record ScriptFault(string Code, string Message);

/// <summary>One step of a flow.</summary>
public abstract record ScriptStep
{
    private ScriptStep() { }

    /// <summary>Speech, or text when the response is to be text.</summary>
    public sealed record Say(string Text) : ScriptStep;

    /// <summary>The response ends here; the next one begins behind. <paramref name="Transcript"/> is what the caller is taken to have said.</summary>
    public sealed record Listen(string? Transcript) : ScriptStep
    {
        /// <summary>How much of it has been said at each pause; after these, all.</summary>
        public ImmutableArray<string>? SoFar { get; init; }
    }

    /// <summary>
    /// The response ends with the call of a function, or of a tool of the MCP server that has the label <paramref name="Server"/>; the next one begins
    /// with the branch that the output chooses.
    /// </summary>
    public sealed record CallTool(string? Server, string Name, string Arguments, ImmutableArray<ToolBranch> Branches, string Meanwhile) : ScriptStep;

    /// <summary>The response ends here; a key, or none in time, begins the next one with a branch.</summary>
    public sealed record Keys(TimeSpan Patience, ImmutableDictionary<char, ImmutableArray<ScriptStep>> Branches, ImmutableArray<ScriptStep> Else) : ScriptStep;

    /// <summary>Nothing for a while, in the middle of a response.</summary>
    public sealed record Wait(TimeSpan Length) : ScriptStep;

    public sealed record Repeat(int Times, ImmutableArray<ScriptStep> Steps) : ScriptStep;

    public sealed record GoTo(string Flow) : ScriptStep;

    /// <summary>The message is complete; what is said next is another item of the same response.</summary>
    public sealed record NextMessage : ScriptStep;

    /// <summary>What was heard is compared with what should have been.</summary>
    public sealed record Expect(ScriptExpectation Expectation) : ScriptStep;

    /// <summary>An event as the script wrote it, whether it makes sense or not; the session knows nothing of it.</summary>
    public sealed record Send(string Json) : ScriptStep;

    /// <summary>The response ends as failed.</summary>
    public sealed record FailResponse(ScriptFault Fault) : ScriptStep;

    /// <summary>The response ends as incomplete.</summary>
    public sealed record StopShort(string Reason) : ScriptStep;

    /// <summary>An <c>error</c> event between others; the response goes on.</summary>
    public sealed record ReportError(ScriptFault Fault) : ScriptStep;

    /// <summary>The response never ends by itself.</summary>
    public sealed record FallSilent : ScriptStep;

    /// <summary>The session is over, as after its last minute: an error says so, and the engine is gone.</summary>
    public sealed record Expire : ScriptStep;

    /// <summary>The engine is gone without a word, as an upstream that dropped its connection.</summary>
    public sealed record Drop : ScriptStep;
}

/// <summary>One case of a tool's output. The first that matches is taken; one without <paramref name="Match"/> always does.</summary>
public sealed record ToolBranch(ScriptMatch? Match, ImmutableArray<ScriptStep> Steps);
