namespace Switchhook.Transport;

/// <summary>
/// How late a loop was, in fixed buckets. One thread records, any thread reads; nothing is allocated to record.
/// </summary>
public sealed class Lateness
{
    private static readonly long[] s_boundsTicks =
    [
        .. new[] { 50, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 50_000, 100_000, 200_000, 500_000, 1_000_000 }
            .Select(microseconds => microseconds * TimeSpan.TicksPerMicrosecond),
    ];

    private readonly long[] _counts = new long[s_boundsTicks.Length + 1];
    private long _maxTicks;

    /// <summary>Upper bounds of the buckets; one more bucket counts what is above the last.</summary>
    public static IReadOnlyList<TimeSpan> Bounds { get; } = [.. s_boundsTicks.Select(ticks => new TimeSpan(ticks))];

    public void Record(TimeSpan late)
    {
        int bucket = 0;
        while (bucket < s_boundsTicks.Length && late.Ticks > s_boundsTicks[bucket]) { bucket++; }
        Volatile.Write(ref _counts[bucket], _counts[bucket] + 1);
        if (late.Ticks > _maxTicks) { Volatile.Write(ref _maxTicks, late.Ticks); }
    }

    public LatenessSnapshot Read()
    {
        long[] counts = new long[_counts.Length];
        for (int bucket = 0; bucket < counts.Length; bucket++) { counts[bucket] = Volatile.Read(ref _counts[bucket]); }
        return new LatenessSnapshot(counts, new TimeSpan(Volatile.Read(ref _maxTicks)));
    }
}

/// <summary>A reading of <see cref="Lateness"/>; two may be added (several threads) or subtracted (a window of time, whose maximum is then the later one's).</summary>
public sealed class LatenessSnapshot(long[] counts, TimeSpan max)
{
    public static LatenessSnapshot Empty => new(new long[Lateness.Bounds.Count + 1], TimeSpan.Zero);

    /// <summary>Per bucket of <see cref="Lateness.Bounds"/>, not accumulated.</summary>
    public IReadOnlyList<long> Counts => counts;

    public TimeSpan Max => max;

    public long Count => counts.Sum();

    public TimeSpan P50 => Quantile(0.50);

    public TimeSpan P99 => Quantile(0.99);

    /// <summary>The upper bound of the bucket in which the quantile lies; never above <see cref="Max"/>.</summary>
    public TimeSpan Quantile(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (int bucket = 0; bucket < Lateness.Bounds.Count; bucket++)
        {
            seen += counts[bucket];
            if (seen >= wanted) { return Lateness.Bounds[bucket] < Max ? Lateness.Bounds[bucket] : Max; }
        }
        return Max;
    }

    /// <summary>How often it was later than <paramref name="bound"/>, which is one of <see cref="Lateness.Bounds"/>.</summary>
    public long Above(TimeSpan bound)
    {
        long above = counts[^1];
        for (int bucket = 0; bucket < Lateness.Bounds.Count; bucket++)
        {
            if (Lateness.Bounds[bucket] > bound) { above += counts[bucket]; }
        }
        return above;
    }

    public LatenessSnapshot Plus(LatenessSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new LatenessSnapshot([.. counts.Zip(other.Counts, (a, b) => a + b)], Max > other.Max ? Max : other.Max);
    }

    public LatenessSnapshot Since(LatenessSnapshot earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new LatenessSnapshot([.. counts.Zip(earlier.Counts, (now, then) => now - then)], Max);
    }
}
