namespace Switchhook.Transport;

/// <summary>Where the monotonic clock is read. Everything below the rim is given an <see cref="Instant"/>.</summary>
public static class MonotonicClock
{
    private const long TicksPerNanosecondClock = 1_000_000_000 / TimeSpan.TicksPerSecond;

    extension(TimeProvider time)
    {
        public Instant Now() => time.TimestampFrequency switch
        {
            TimeSpan.TicksPerSecond => new Instant(time.GetTimestamp()),
            1_000_000_000 => new Instant(time.GetTimestamp() / TicksPerNanosecondClock),
            long frequency => new Instant((long)((Int128)time.GetTimestamp() * TimeSpan.TicksPerSecond / frequency)),
        };
    }
}
