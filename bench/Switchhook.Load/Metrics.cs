using System.Globalization;

namespace Switchhook.Load;

/// <summary>A reading of the server's <c>/metrics</c>. Two readings make a window.</summary>
internal sealed class Metrics
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    public Metrics(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.LastIndexOf(' ');
            if (line[0] == '#' || !double.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out double value)) { continue; }
            _values[line[..space]] = value;
        }
    }

    /// <summary>The sum over all labels; 0 when the server has nothing to tell.</summary>
    public double Sum(string name) => _values.Where(pair => pair.Key == name || pair.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(pair => pair.Value);

    public double MeanMs(string histogram) => Sum(histogram + "_sum") / Sum(histogram + "_count") * 1000;

    /// <summary>Since <paramref name="earlier"/>: upper bound of the bucket in which the quantile lies, in milliseconds; infinity above the last.</summary>
    public double QuantileMs(Metrics earlier, string histogram, double share)
    {
        (double Bound, double Count)[] buckets =
        [
            .. _values.Where(pair => pair.Key.StartsWith(histogram + "_bucket{", StringComparison.Ordinal))
                .Select(pair => (Bound(pair.Key), pair.Value - earlier._values.GetValueOrDefault(pair.Key)))
                .OrderBy(bucket => bucket.Item1),
        ];
        double wanted = buckets.Length == 0 ? 0 : buckets[^1].Count * share;
        return buckets.FirstOrDefault(bucket => bucket.Count >= wanted).Bound * 1000;
    }

    private static double Bound(string series)
    {
        const string label = "le=\"";
        int start = series.IndexOf(label, StringComparison.Ordinal) + label.Length;
        string bound = series[start..series.IndexOf('"', start)];
        return bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture);
    }
}
