namespace Switchhook.Simulation;

/// <summary>What work allocates on its thread.</summary>
public static class Garbage
{
    /// <summary>Bytes, the least of four times: what the runtime allocates for itself comes once, garbage would come every time.</summary>
    public static long Of(Action work)
    {
        long least = long.MaxValue;
        for (int time = 0; time < 4; time++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
