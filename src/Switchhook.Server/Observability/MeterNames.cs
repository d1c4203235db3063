using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Switchhook.Server.Observability;

/// <summary>The one meter and the one activity source, and the buckets of its histograms.</summary>
internal static class MeterNames
{
    public const string Switchhook = "Switchhook";

    /// <summary>Traces: one for each call, when they are exported.</summary>
    public static readonly ActivitySource Activities = new(Switchhook);

    /// <summary>From a fast answer to a slow one.</summary>
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    };

    /// <summary>From a call that was a mistake to one that fills the hour.</summary>
    public static readonly InstrumentAdvice<double> LongSeconds = new()
    {
        HistogramBucketBoundaries = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600],
    };
}
