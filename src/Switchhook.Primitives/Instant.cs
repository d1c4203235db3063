namespace Switchhook;

/// <summary>A point on the monotonic clock, in ticks of 100 ns. Never read from the system in a kernel: it is always an argument.</summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>A deadline that does not come.</summary>
    public static Instant Never => new(long.MaxValue);

    public static Instant Earlier(Instant a, Instant b) => a.Ticks <= b.Ticks ? a : b;

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    public static Instant operator +(Instant at, TimeSpan span) => new(at.Ticks + span.Ticks);
    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;
}
