using System.Collections.Frozen;
using Switchhook.Engines.Mcp;
using Switchhook.Engines.Speech;

namespace Switchhook.Engines;

/// <summary>Everything outside that an engine speaks to, and the clock and the dice that it is given.</summary>
public sealed record EnginePorts
{
    public required SpeechDesk Speech { get; init; }
    public required IEngineObserver Observer { get; init; }

    /// <summary>The way to MCP servers, by project; a project that is not here reaches none.</summary>
    public IReadOnlyDictionary<string, McpAccess> Mcp { get; init; } = FrozenDictionary<string, McpAccess>.Empty;

    /// <summary>The clock that engines and calls share.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where identifiers come from; used from many threads, so it must be safe for that.</summary>
    public required Random Random { get; init; }

    /// <summary>How long a session may last.</summary>
    public TimeSpan SessionLimit { get; init; } = Limits.Session;

    /// <summary>Where the loops of the engines run. A simulated world brings its own, so that one seed is one story.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}
