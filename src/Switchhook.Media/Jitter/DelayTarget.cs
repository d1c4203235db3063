namespace Switchhook.Media.Jitter;

/// <summary>
/// How long packets should wait before they are played. The transit of a packet (arrival minus timestamp, in samples)
/// has no meaning by itself, for the two clocks have nothing in common; but over a window of ten seconds the shortest
/// one is the path without queues, and how far the others lie above it is the jitter that has to be bridged. The target
/// is what 99 of 100 packets needed, and a little more. It rises with the packet that proves it too low, and falls when that
/// packet leaves the window: fast up, slow down. The window also lets the shortest transit follow a drifting clock.
/// </summary>
internal sealed class DelayTarget
{
    private const int Window = 512;
    private const int LatePerThousand = 10;
    private const int RecomputeEvery = 8;
    private const int MarginSamples = 5 * MediaClock.SamplesPerMs;

    private const int BinSamples = MediaClock.SamplesPerMs;
    private const int Bins = 256;

    private static readonly int MinSamples = (int)Limits.JitterDelayMin.TotalMilliseconds * MediaClock.SamplesPerMs;
    private static readonly int MaxSamples = (int)Limits.JitterDelayMax.TotalMilliseconds * MediaClock.SamplesPerMs;

    private readonly long[] _transits = new long[Window];
    private int _count;
    private int _oldest;

    /// <summary>The shortest transit of the window, in samples; meaningful once something was added.</summary>
    public long Base { get; private set; }

    /// <summary>How long a packet of the shortest transit should wait, in samples.</summary>
    public int Samples { get; private set; } = MinSamples;

    public static int Max => MaxSamples;

    public bool IsEmpty => _count == 0;

    public void Add(long transit)
    {
        if (_count < Window) { _transits[_count++] = transit; }
        else
        {
            _transits[_oldest] = transit;
            _oldest = (_oldest + 1) % Window;
        }
        if (_count == 1 || transit < Base) { Base = transit; }

        bool isProvedTooLow = transit - Base > Samples - MarginSamples && Samples < MaxSamples;
        if (isProvedTooLow || (_count + _oldest) % RecomputeEvery == 0) { Recompute(); }
    }

    public void Reset()
    {
        (_count, _oldest, Base) = (0, 0, 0);
        Samples = MinSamples;
    }

    private void Recompute()
    {
        ReadOnlySpan<long> transits = _transits.AsSpan(0, _count);
        long shortest = transits[0];
        foreach (long transit in transits) { shortest = Math.Min(shortest, transit); }
        Base = shortest;

        Span<int> bins = stackalloc int[Bins];
        bins.Clear();
        foreach (long transit in transits) { bins[(int)Math.Min((transit - shortest) / BinSamples, Bins - 1)]++; }

        // At the beginning nothing may be late: one packet of a few is more than one of a hundred.
        int mayBeLate = _count * LatePerThousand / 1000;
        int bin = Bins - 1;
        for (int late = bins[bin]; bin > 0 && late <= mayBeLate; late += bins[bin]) { bin--; }
        Samples = Math.Clamp((bin + 1) * BinSamples + MarginSamples, MinSamples, MaxSamples);
    }
}
