namespace Switchhook.Engines.Scripted;

/// <summary>What the phone does that calls a script to test it (<c>switchhook test</c>). Times count from the answer. An engine takes no notice of it.</summary>
public sealed record ScriptCaller
{
    /// <summary>A WAV file to say, as the script names it: relative to the script's own folder.</summary>
    public string? Play { get; init; }

    public TimeSpan PlayAfter { get; init; }

    /// <summary>Keys to press.</summary>
    public string Keys { get; init; } = "";

    public TimeSpan KeysAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When the phone hangs up; null: when every expectation that must be met was told.</summary>
    public TimeSpan? HangUpAfter { get; init; }
}
