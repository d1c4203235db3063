#pragma warning disable CA1822 // replaced with the real thing
namespace Switchhook.Calls.Timeline;

/// <summary>The one history of a call: all planes, one order.</summary>
public sealed class CallTimeline
{
    /// <summary>Appends; anybody may, the order is the order of arrival.</summary>
    public void Add(Plane plane, string kind, string text, ReadOnlyMemory<byte> data = default) => _ = (plane, kind, text, data.Length);

    /// <summary>What is in memory with a greater sequence than <paramref name="after"/>.</summary>
    public IReadOnlyList<TimelineEntry> Read(long after) => [];

    /// <summary>Entries with a greater sequence than <paramref name="after"/>, then new ones as they happen, until the call has ended.</summary>
    public IAsyncEnumerable<TimelineEntry> FollowAsync(long after, CancellationToken cancellation) => throw new NotSupportedException();
}
