namespace Switchhook.Server.Webhooks;

/// <summary>When an attempt is made. Both schedules count from when attempts begin, not from when they fail.</summary>
internal static class WebhookSchedule
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private const double Jitter = 0.2;

    /// <summary>While the phone rings, from the first attempt on: fast, because a caller listens (S5).</summary>
    public static IReadOnlyList<TimeSpan> Ringing { get; } =
    [
        TimeSpan.Zero,
        TimeSpan.FromSeconds(0.5),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(4),
    ];

    /// <summary>
    /// How long after the beginning of attempt <paramref name="attempt"/> (from 1) the next one begins: 5 s, doubled each
    /// time up to an hour, and up to a fifth more or less, so that what failed together does not return together.
    /// </summary>
    public static TimeSpan DurableDelay(int attempt, Random random)
    {
        double seconds = Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, attempt - 1), LongestDelay.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - Jitter + 2 * Jitter * random.NextDouble()));
    }
}
