namespace Switchhook;

/// <summary>The one bridge from the system's clock to the kernels' time. The rim reads it; a machine and its driver use the same <see cref="TimeProvider"/>.</summary>
public static class MonotonicClock
{
    extension(TimeProvider time)
    {
        /// <summary>The present as a kernel knows it.</summary>
        public Instant Now() => new(time.GetElapsedTime(0).Ticks);

        /// <summary>Both clocks, read together.</summary>
        public WallClock WallClock() => new(time.Now(), time.GetUtcNow());
    }
}
