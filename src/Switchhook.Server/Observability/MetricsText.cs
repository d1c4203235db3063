using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Switchhook.Server.Observability;

/// <summary>
/// All instruments of our meter, in the text format of Prometheus (exposition format 0.0.4). It listens to the meters of
/// one factory only, so two servers in one process do not count each other's calls.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Action<StringBuilder>> _counted = new();
    private readonly MeterListener _listener = new();

    public MetricsText(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, meters) || instrument.Meter.Name != MeterNames.Switchhook) { return; }
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new MetricFamily(instrument, Bounds(instrument))));
        };
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((MetricFamily)family!).Measured(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((MetricFamily)family!).Measured(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => ((MetricFamily)family!).Measured(value, tags));
        _listener.Start();
    }

    /// <summary>
    /// A histogram that somebody else counts, on a thread that may not call an instrument: <paramref name="counts"/> has one
    /// number for each of <paramref name="bounds"/> and one for what is above. Nobody added up the values, so there is no sum.
    /// </summary>
    public void Show(string name, string help, IReadOnlyList<double> bounds, Func<IReadOnlyList<long>> counts) => _counted.Enqueue(text =>
    {
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(" histogram\n");
        long sum = 0;
        IReadOnlyList<long> buckets = counts();
        for (int bucket = 0; bucket < buckets.Count; bucket++)
        {
            sum += buckets[bucket];
            string bound = bucket < bounds.Count ? bounds[bucket].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {sum}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{name}_count {sum}\n");
    });

    /// <summary>Everything as it is now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        StringBuilder text = new();
        foreach (MetricFamily family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)) { family.Write(text); }
        foreach (Action<StringBuilder> counted in _counted) { counted(text); }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static IReadOnlyList<double> Bounds(Instrument instrument) =>
        instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } ? bounds : [];
}
