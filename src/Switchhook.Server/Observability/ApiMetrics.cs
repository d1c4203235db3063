using System.Diagnostics.Metrics;

namespace Switchhook.Server.Observability;

/// <summary>HTTP and sidebands as numbers.</summary>
internal sealed class ApiMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _sidebands;

    public ApiMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterNames.Switchhook);
        _requests = meter.CreateCounter<long>("switchhook.api.requests", "{request}", "HTTP requests, by route and status.");
        _duration = meter.CreateHistogram<double>("switchhook.api.duration", "s", "From a command to its answer; accept waits for the model.", advice: MeterNames.Seconds);
        _sidebands = meter.CreateUpDownCounter<long>("switchhook.sidebands.attached", "{socket}", "WebSockets attached to calls.");
    }

    /// <summary><paramref name="route"/> is the pattern, never the path: ids are no labels.</summary>
    public void Answered(string route, int status, TimeSpan took)
    {
        _requests.Add(1, new("route", route), new("status", status));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("route", route));
    }

    /// <summary>One more socket, until what is returned is disposed.</summary>
    public IDisposable SidebandAttached()
    {
        _sidebands.Add(1);
        return new Attachment(_sidebands);
    }

    private sealed class Attachment(UpDownCounter<long> sidebands) : IDisposable
    {
        public void Dispose() => sidebands.Add(-1);
    }
}
