namespace Switchhook.Load;

/// <summary>Durations counted in buckets of 10 µs up to 200 ms. One thread records; it is read when that thread is done or by whoever can bear a count in between.</summary>
internal sealed class Distribution
{
    private const long BucketNs = 10_000;

    private readonly long[] _counts = new long[20_000];
    private long _maxNs;

    public long Count { get; private set; }

    public double MaxMs => _maxNs / 1e6;

    public void Record(long ns)
    {
        _counts[Math.Clamp(ns / BucketNs, 0, _counts.Length - 1)]++;
        _maxNs = Math.Max(_maxNs, ns);
        Count++;
    }

    /// <summary>The upper bound of the bucket in which the quantile lies, in milliseconds.</summary>
    public double QuantileMs(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted && seen > 0) { return Math.Min((bucket + 1) * BucketNs / 1e6, MaxMs); }
        }
        return MaxMs;
    }

    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * share) - 1, 0, sorted.Length - 1)];
    }
}
