using Switchhook.Calls.Ports;

namespace Switchhook.Calls;

/// <summary>Everything outside that a call speaks to, and the clock and the dice that it is given.</summary>
public sealed record CallPorts
{
    public required ISipPlane Sip { get; init; }
    public required IMediaPlane Media { get; init; }
    public required IEngineFactory Engines { get; init; }
    public required ICallStore Store { get; init; }
    public required IWebhooks Webhooks { get; init; }
    public required ICallObserver Observer { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>Where identifiers come from; used from many threads, so it must be safe for that.</summary>
    public required Random Random { get; init; }

    /// <summary>Where the loops of the calls run. A simulated world brings its own, so that one seed is one story.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Folder for recordings; made when the first one is written.</summary>
    public string? Recordings { get; init; }
}
