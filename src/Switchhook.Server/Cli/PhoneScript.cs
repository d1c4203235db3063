namespace Switchhook.Server.Cli;

/// <summary>What a phone does once it is answered.</summary>
internal sealed record PhoneScript
{
    /// <summary>Samples to say, 8,000 a second; shared by all calls that say the same.</summary>
    public ReadOnlyMemory<short> Play { get; init; }

    /// <summary>How long after the answer to begin.</summary>
    public TimeSpan PlayAfter { get; init; }

    /// <summary>Begin again at the end.</summary>
    public bool PlayAgain { get; init; }

    /// <summary>Path of a WAV file for what is heard, or null.</summary>
    public string? Record { get; init; }

    /// <summary>Keys to press, one after the other.</summary>
    public string Keys { get; init; } = "";

    public TimeSpan KeysAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after the answer to hang up; by default never.</summary>
    public TimeSpan? HangUpAfter { get; init; }

    /// <summary>The caller's address in From; by default the phone's own.</summary>
    public string? From { get; init; }

    /// <summary>Told of every moment, on whichever thread it happens; must not block.</summary>
    public Action<PhoneMoment>? Told { get; init; }
}
