using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Switchhook.Server.Webhooks;

/// <summary>
/// How many attempts may be under way. One project gets at most half: a receiver that hangs holds its attempts for
/// the whole timeout, and must not silence the webhooks of everybody else. Nobody waits for a slot.
/// </summary>
internal sealed class DeliverySlots(int limit)
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _byProject = new(StringComparer.Ordinal);
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public bool TryTake(string project)
    {
        StrongBox<int> own = _byProject.GetOrAdd(project, static _ => new StrongBox<int>());
        if (Interlocked.Increment(ref own.Value) <= (limit + 1) / 2)
        {
            if (Interlocked.Increment(ref _taken) <= limit) { return true; }
            Interlocked.Decrement(ref _taken);
        }
        Interlocked.Decrement(ref own.Value);
        return false;
    }

    public void Return(string project)
    {
        Interlocked.Decrement(ref _byProject[project].Value);
        Interlocked.Decrement(ref _taken);
    }
}
