namespace Switchhook.Media;

/// <summary>
/// The sample clock of G.711: 8,000 samples a second, which is also its RTP clock (RFC 3551 §4.5.14). A codec whose
/// two clocks differ (G.722) will need them told apart.
/// </summary>
internal static class MediaClock
{
    public const int SampleRate = 8000;
    public const int SamplesPerMs = SampleRate / 1000;
    public const int FrameMs = 20;
    public const int FrameSamples = FrameMs * SamplesPerMs;

    private const long TicksPerSample = TimeSpan.TicksPerSecond / SampleRate;

    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(FrameMs);

    /// <summary>The monotonic clock counted in samples, so that it can be compared with RTP timestamps.</summary>
    public static long Samples(Instant at) => at.Ticks / TicksPerSample;
}
