using System.Collections.Concurrent;
using System.Diagnostics;

namespace Switchhook;

/// <summary>
/// 20 ms of 16-bit linear audio with an owner. Whoever holds a lease returns it exactly once; a lease that is
/// handed on is the receiver's to return. What is out is counted, so a leak is visible as a number.
/// </summary>
public sealed class FrameLease
{
    private readonly FramePool _pool;
    private readonly short[] _samples;
    private int _leased;

    internal FrameLease(FramePool pool, int samples)
    {
        _pool = pool;
        _samples = new short[samples];
    }

    public Span<short> Samples => _samples;

    public int SampleRate => _pool.SampleRate;

    internal void Lend()
    {
        bool free = Interlocked.Exchange(ref _leased, 1) == 0;
        Debug.Assert(free, "a frame was lent twice");
    }

    public void Return()
    {
        if (Interlocked.Exchange(ref _leased, 0) == 1) { _pool.TakeBack(this); }
        else { Debug.Fail("a frame was returned twice"); }
    }
}

/// <summary>The frames of one sample rate, shared by all threads. Holds at most <see cref="Limits.PooledFrames"/> idle frames.</summary>
public sealed class FramePool(int sampleRate)
{
    /// <summary>All narrow-band calls of the process share this pool.</summary>
    public static FramePool Narrowband { get; } = new(8000);

    /// <summary>The frames of plain sessions and of wide-band calls.</summary>
    public static FramePool Wideband { get; } = new(24000);

    private readonly ConcurrentQueue<FrameLease> _idle = new();
    private int _idleCount;
    private int _out;

    public int SampleRate { get; } = sampleRate;

    public int SamplesPerFrame { get; } = sampleRate / 50;

    /// <summary>How many leases are in somebody's hands.</summary>
    public int Out => Volatile.Read(ref _out);

    public static FramePool For(int sampleRate) => sampleRate switch
    {
        8000 => Narrowband,
        24000 => Wideband,
        _ => throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, "frames exist at 8,000 and 24,000 Hz"),
    };

    public FrameLease Rent()
    {
        Interlocked.Increment(ref _out);
        if (_idle.TryDequeue(out FrameLease? lease)) { Interlocked.Decrement(ref _idleCount); }
        else { lease = new FrameLease(this, SamplesPerFrame); }
        lease.Lend();
        return lease;
    }

    internal void TakeBack(FrameLease lease)
    {
        Interlocked.Decrement(ref _out);
        if (Interlocked.Increment(ref _idleCount) <= Limits.PooledFrames) { _idle.Enqueue(lease); }
        else { Interlocked.Decrement(ref _idleCount); }
    }
}
