using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Switchhook.Server.Observability;

/// <summary>One instrument as Prometheus names it: <c>switchhook.calls.active</c> is <c>switchhook_calls_active</c>, seconds and totals say so at the end.</summary>
internal sealed class MetricFamily
{
    private enum Kind : byte { Counter, Gauge, Histogram }

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<double> _bounds;
    private readonly Kind _kind;
    private readonly bool _isObserved;
    private readonly string _help;

    public MetricFamily(Instrument instrument, IReadOnlyList<double> bounds)
    {
        string type = instrument.GetType().Name;
        _kind = type.StartsWith("Histogram", StringComparison.Ordinal) ? Kind.Histogram
            : type.Contains("UpDown", StringComparison.Ordinal) || type.Contains("Gauge", StringComparison.Ordinal) ? Kind.Gauge
            : Kind.Counter;
        _isObserved = instrument.IsObservable;
        _bounds = bounds;
        _help = instrument.Description ?? "";
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        Name = instrument.Name.Replace('.', '_') + unit + (_kind == Kind.Counter ? "_total" : "");
        if (_kind == Kind.Gauge) { _series[""] = new MetricSeries("", bounds); }
    }

    public string Name { get; }

    public void Measured(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = Labels(tags);
        if (!_series.TryGetValue(labels, out MetricSeries? series))
        {
            if (_series.Count >= Limits.MetricSeries) { return; }
            series = _series.GetOrAdd(labels, static (key, bounds) => new MetricSeries(key, bounds), _bounds);
        }
        if (_kind == Kind.Histogram) { series.Record(value); }
        else if (_isObserved) { series.Set(value); }
        else { series.Add(value); }
    }

    public void Write(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append(_help.Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_kind.ToString().ToLowerInvariant()).Append('\n');
        foreach ((_, MetricSeries series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (_kind == Kind.Histogram) { series.WriteHistogram(text, Name); }
            else { series.WriteValue(text, Name); }
        }
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) { return ""; }
        StringBuilder labels = new();
        foreach ((string name, object? value) in tags)
        {
            if (labels.Length > 0) { labels.Append(','); }
            string shown = value switch { bool flag => flag ? "true" : "false", IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture), _ => value?.ToString() ?? "" };
            labels.Append(name).Append("=\"")
                .Append(shown.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
                .Append('"');
        }
        return labels.ToString();
    }
}
