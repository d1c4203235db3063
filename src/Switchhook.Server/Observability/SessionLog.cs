using System.Diagnostics.Metrics;
using Switchhook.Server.Sessions;

namespace Switchhook.Server.Observability;

/// <summary>Sessions without a call, as numbers and as lines of log. Nothing here waits.</summary>
internal sealed partial class SessionLog
{
    private readonly ILogger<SessionLog> _logger;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _duration;

    public SessionLog(IMeterFactory meters, ILogger<SessionLog> logger)
    {
        _logger = logger;
        Meter meter = meters.Create(MeterNames.Switchhook);
        _active = meter.CreateUpDownCounter<long>("switchhook.sessions.active", "{session}", "Sessions without a call that are open.");
        _started = meter.CreateCounter<long>("switchhook.sessions.started", "{session}", "Sessions without a call that were opened.");
        _ended = meter.CreateCounter<long>("switchhook.sessions", "{session}", "Sessions without a call that have ended, by why.");
        _duration = meter.CreateHistogram<double>("switchhook.session.duration", "s", "How long a session without a call was open.", advice: MeterNames.LongSeconds);
    }

    public void Opened(string session, string project, string model)
    {
        _active.Add(1);
        _started.Add(1);
        Log.Opened(_logger, session, project, model);
    }

    public void Ended(string session, SessionEnd end, TimeSpan length)
    {
        string because = Words.Of(end);
        _active.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("ended_because", because));
        _duration.Record(length.TotalSeconds);
        Log.Ended(_logger, session, because, length.TotalSeconds);
    }

    /// <summary>Something of ours broke while it was being opened or closed.</summary>
    public void Faulted(string session, Exception fault) => Log.Faulted(_logger, fault, session);

    private static partial class Log
    {
        [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "{Session} opened in {Project} by {Model}")]
        public static partial void Opened(ILogger logger, string session, string project, string model);

        [LoggerMessage(EventId = 6002, Level = LogLevel.Information, Message = "{Session} ended: {Because} after {Seconds:F1} s")]
        public static partial void Ended(ILogger logger, string session, string because, double seconds);

        [LoggerMessage(EventId = 6003, Level = LogLevel.Error, Message = "{Session} could not be opened or closed by a mistake of ours")]
        public static partial void Faulted(ILogger logger, Exception fault, string session);
    }
}
