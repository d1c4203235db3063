namespace Switchhook.Sip.Transactions;

/// <summary>Something that wants to be woken at a time that changes with each of its inputs.</summary>
internal interface ISleeper
{
    Instant NextTimeout { get; }

    /// <summary>Where it stands in the heap, or -1. Kept by <see cref="Deadlines"/> alone.</summary>
    int HeapIndex { get; set; }
}

/// <summary>
/// Who is to be woken next: a binary heap in which every sleeper knows its place, so that an earlier or later
/// deadline moves it in O(log n) and one that needs no wake-up leaves at once. There is never a stale entry, and
/// the heap is never larger than the tables whose members sleep in it.
/// </summary>
internal sealed class Deadlines
{
    private readonly List<(Instant At, ISleeper Sleeper)> _heap = [];

    public Instant Next => _heap.Count == 0 ? Instant.Never : _heap[0].At;

    public int Count => _heap.Count;

    /// <summary>To be called after every input to the sleeper.</summary>
    public void Update(ISleeper sleeper)
    {
        Instant at = sleeper.NextTimeout;
        int index = sleeper.HeapIndex;
        if (at == Instant.Never)
        {
            if (index >= 0) { RemoveAt(index); }
            return;
        }
        if (index < 0)
        {
            index = _heap.Count;
            _heap.Add((at, sleeper));
        }
        Settle(index, (at, sleeper));
    }

    /// <summary>Takes out one sleeper whose time has come. It comes back by <see cref="Update"/>.</summary>
    public bool TryTakeDue(Instant now, out ISleeper? sleeper)
    {
        sleeper = null;
        if (_heap.Count == 0 || _heap[0].At > now) { return false; }
        sleeper = _heap[0].Sleeper;
        RemoveAt(0);
        return true;
    }

    private void RemoveAt(int index)
    {
        _heap[index].Sleeper.HeapIndex = -1;
        (Instant At, ISleeper Sleeper) last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (index < _heap.Count) { Settle(index, last); }
    }

    /// <summary>Finds the place of an entry, beginning at <paramref name="index"/>: up while earlier than its parent, else down.</summary>
    private void Settle(int index, (Instant At, ISleeper Sleeper) entry)
    {
        while (index > 0 && entry.At < _heap[(index - 1) / 2].At)
        {
            Place(index, _heap[(index - 1) / 2]);
            index = (index - 1) / 2;
        }
        for (int child = 2 * index + 1; child < _heap.Count; child = 2 * index + 1)
        {
            if (child + 1 < _heap.Count && _heap[child + 1].At < _heap[child].At) { child++; }
            if (_heap[child].At >= entry.At) { break; }
            Place(index, _heap[child]);
            index = child;
        }
        Place(index, entry);
    }

    private void Place(int index, (Instant At, ISleeper Sleeper) entry)
    {
        _heap[index] = entry;
        entry.Sleeper.HeapIndex = index;
    }
}
