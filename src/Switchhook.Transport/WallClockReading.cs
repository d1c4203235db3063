namespace Switchhook.Transport;

/// <summary>Where both clocks are read at once.</summary>
public static class WallClockReading
{
    extension(WallClock)
    {
        public static WallClock Read(TimeProvider time) => new(time.Now(), time.GetUtcNow());
    }
}
