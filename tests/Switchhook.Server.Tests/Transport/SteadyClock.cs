namespace Switchhook.Server.Tests.Transport;

/// <summary>
/// Real time for what runs in real time, except that it never leaps: a machine that stands still, or gives others their turn,
/// is a clock that stands still. It leaps only when a test says so. Each plane has its own, which the plane's thread keeps going.
/// </summary>
internal sealed class SteadyClock : TimeProvider
{
    private static readonly long StepMax = System.TimestampFrequency / 200;     // 5 ms: more than a round of a media thread, less than a frame

    private readonly Lock _gate = new();
    private long _seen = System.GetTimestamp();
    private long _now = 1;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            long seen = System.GetTimestamp();
            _now += Math.Min(seen - _seen, StepMax);
            _seen = seen;
            return _now;
        }
    }

    /// <summary>As if nobody had had a turn for so long.</summary>
    public void Leap(TimeSpan by)
    {
        lock (_gate) { _now += (long)(by.TotalSeconds * TimestampFrequency); }
    }
}
