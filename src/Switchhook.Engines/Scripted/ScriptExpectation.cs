namespace Switchhook.Engines.Scripted;

/// <summary>
/// What a script expects to have heard when its flow comes to an <c>expect</c>. What is null is not asked.
/// <paramref name="Step"/> and <paramref name="Line"/> say where it stands.
/// </summary>
public sealed record ScriptExpectation(string Step, int Line)
{
    /// <summary>The keys that were pressed since the last expectation that asked for keys.</summary>
    public string? Keys { get; init; }

    /// <summary>The length of the caller's last turn, in milliseconds.</summary>
    public (int AtLeast, int AtMost)? SpeechMs { get; init; }

    /// <summary>The output of the last function call.</summary>
    public ScriptMatch? ToolResult { get; init; }

    /// <summary>The last text that the application wrote in the caller's name.</summary>
    public ScriptMatch? Text { get; init; }
}
