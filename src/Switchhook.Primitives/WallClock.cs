namespace Switchhook;

/// <summary>One reading of both clocks, so that an <see cref="Instant"/> can be told as a date. Taken once per process or session.</summary>
public readonly record struct WallClock(Instant At, DateTimeOffset Utc)
{
    public DateTimeOffset When(Instant instant) => Utc + (instant - At);

    /// <summary>Unix seconds, as the Realtime API tells time.</summary>
    public long UnixSeconds(Instant instant) => When(instant).ToUnixTimeSeconds();
}
