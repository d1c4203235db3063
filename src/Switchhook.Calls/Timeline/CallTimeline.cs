using System.Runtime.CompilerServices;
using Switchhook.Calls.Ports;

namespace Switchhook.Calls.Timeline;

/// <summary>
/// The one history of a call: all planes, one order. Only the call's own loop writes; anybody reads, without a lock:
/// an entry never changes once it is published, and a ring that grows is published whole.
/// </summary>
public sealed class CallTimeline
{
    private const int InitialEntries = 64;

    private TimelineEntry?[] _ring = new TimelineEntry?[InitialEntries];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private long _bytes;        // of what the ring holds, and the sequence of the oldest that it does
    private long _oldest = 1;
    private int _followers;
    private bool _completed;

    /// <summary>The sequence of the newest entry; 0 when there is none.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>The call's loop only.</summary>
    internal void Add(TimelineEntry entry)
    {
        TimelineEntry?[] ring = _ring;
        if (entry.Sequence > ring.Length && ring.Length < Limits.TimelineEntries) { ring = Grow(ring); }
        _bytes += entry.Bytes;
        while (entry.Sequence - _oldest >= ring.Length || (_bytes > Limits.TimelineBytes && _oldest < entry.Sequence)) { Forget(ring); }
        Volatile.Write(ref ring[entry.Sequence % ring.Length], entry);
        Volatile.Write(ref _last, entry.Sequence);
        Wake();
    }

    /// <summary>The call's loop only: nothing follows.</summary>
    internal void Complete()
    {
        Volatile.Write(ref _completed, true);
        Wake();
    }

    /// <summary>What is in memory with a greater sequence than <paramref name="after"/>, in order. What is older is in the store only.</summary>
    public IReadOnlyList<TimelineEntry> Read(long after)
    {
        long last = Last;
        if (after >= last) { return []; }
        TimelineEntry?[] ring = Volatile.Read(ref _ring);
        long first = Math.Max(after + 1, Math.Max(1, last - ring.Length + 1));
        var entries = new List<TimelineEntry>((int)(last - first + 1));
        for (long sequence = first; sequence <= last; sequence++)
        {
            // A slot that was emptied or overwritten meanwhile holds nothing or a later entry: that is read in its own turn, or next time.
            if (Volatile.Read(ref ring[sequence % ring.Length]) is { } entry && entry.Sequence == sequence) { entries.Add(entry); }
        }
        return entries;
    }

    /// <summary>Entries with a greater sequence than <paramref name="after"/>, then new ones as they happen, until the history is complete.</summary>
    public async IAsyncEnumerable<TimelineEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Interlocked.Increment(ref _followers);
        try
        {
            while (true)
            {
                Task changed = Volatile.Read(ref _changed).Task;        // taken before reading, so that nothing falls between
                bool completed = Volatile.Read(ref _completed);
                foreach (TimelineEntry entry in Read(after))
                {
                    after = entry.Sequence;
                    yield return entry;
                }
                if (completed) { yield break; }
                await changed.WaitAsync(cancellation);
            }
        }
        finally { Interlocked.Decrement(ref _followers); }
    }

    private void Forget(TimelineEntry?[] ring)
    {
        ref TimelineEntry? slot = ref ring[_oldest++ % ring.Length];
        _bytes -= slot!.Bytes;
        Volatile.Write(ref slot, null);
    }

    private void Wake()
    {
        if (Interlocked.CompareExchange(ref _followers, 0, 0) == 0) { return; }
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private TimelineEntry?[] Grow(TimelineEntry?[] ring)
    {
        var larger = new TimelineEntry?[Math.Min(ring.Length * 4, Limits.TimelineEntries)];
        foreach (TimelineEntry? entry in ring)
        {
            if (entry is not null) { larger[entry.Sequence % larger.Length] = entry; }
        }
        Volatile.Write(ref _ring, larger);
        return larger;
    }
}
