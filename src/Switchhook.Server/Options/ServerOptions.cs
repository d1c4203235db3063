namespace Switchhook.Server.Options;

/// <summary>The whole configuration, checked and immutable: what a file said, with every default filled in and every path absolute.</summary>
internal sealed record ServerOptions
{
    /// <summary>The file it came from, or "development defaults".</summary>
    public required string Origin { get; init; }
    public required SipOptions Sip { get; init; }
    public required MediaOptions Media { get; init; }
    public required ApiOptions Api { get; init; }
    public required StorageOptions Storage { get; init; }
    public required IReadOnlyList<ProjectOptions> Projects { get; init; }
    public required IReadOnlyList<ModelOptions> Models { get; init; }

    /// <summary>Calls alive at once, of all projects.</summary>
    public int CallsMax { get; init; } = Limits.Calls;

    /// <summary>Sessions without a call open at once, of all projects.</summary>
    public int SessionsMax { get; init; } = Limits.Sessions;

    /// <summary>How long a session may last, on a call or on a socket of its own.</summary>
    public TimeSpan Session { get; init; } = Limits.Session;

    /// <summary>How long calls may go on after the process was asked to stop.</summary>
    public TimeSpan Drain { get; init; } = Limits.Shutdown;

    /// <summary>An OTLP/HTTP collector, such as <c>http://127.0.0.1:4318</c>; null exports nothing.</summary>
    public Uri? Otlp { get; init; }
    public required LogOptions Log { get; init; }
}

internal enum LogFormat : byte { Text, Json }

internal sealed record LogOptions(LogLevel Level, LogFormat Format);
