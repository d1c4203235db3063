using System.Globalization;
using System.Text;

namespace Switchhook.Server.Observability;

/// <summary>One instrument with one set of labels. Written from any thread without a lock; a scrape may see a histogram between two of its numbers.</summary>
internal sealed class MetricSeries(string labels, IReadOnlyList<double> bounds)
{
    private readonly long[] _buckets = new long[bounds.Count + 1];
    private double _value;

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double amount)
    {
        double seen = Volatile.Read(ref _value);
        while (true)
        {
            double found = Interlocked.CompareExchange(ref _value, seen + amount, seen);
            if (found.Equals(seen)) { return; }
            seen = found;
        }
    }

    public void Record(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Count && value > bounds[bucket]) { bucket++; }
        Interlocked.Increment(ref _buckets[bucket]);
        Add(value);
    }

    public void WriteValue(StringBuilder text, string name) => Write(text, name, "", Volatile.Read(ref _value));

    public void WriteHistogram(StringBuilder text, string name)
    {
        long sum = 0;
        for (int bucket = 0; bucket < _buckets.Length; bucket++)
        {
            sum += Volatile.Read(ref _buckets[bucket]);
            string bound = bucket < bounds.Count ? Shown(bounds[bucket]) : "+Inf";
            Write(text, name + "_bucket", $"le=\"{bound}\"", sum);
        }
        Write(text, name + "_sum", "", Volatile.Read(ref _value));
        Write(text, name + "_count", "", sum);
    }

    private void Write(StringBuilder text, string name, string more, double value)
    {
        string all = labels.Length > 0 && more.Length > 0 ? $"{labels},{more}" : labels + more;
        text.Append(name);
        if (all.Length > 0) { text.Append('{').Append(all).Append('}'); }
        text.Append(' ').Append(Shown(value)).Append('\n');
    }

    private static string Shown(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
