namespace Switchhook.Calls.Ports;

/// <summary>On which plane something happened.</summary>
public enum Plane : byte { Sip, Webhook, Api, Session, Media, Call }

/// <summary>
/// One thing that happened to a call. <paramref name="Sequence"/> counts from 1 without gaps; <paramref name="Kind"/> is
/// stable and dotted (<c>sip.received</c>, <c>webhook.attempt</c>, a session event's own type); <paramref name="Text"/> is for people;
/// <paramref name="Data"/> is UTF-8 JSON, for session events the very event, else empty or an object. An event
/// that is too large for a history has none.
/// </summary>
public sealed record TimelineEntry(long Sequence, DateTimeOffset At, Plane Plane, string Kind, string Text, ReadOnlyMemory<byte> Data)
{
    /// <summary>The <c>event_…</c> id, when this entry is an event that sidebands were told: what <c>starting_after</c> names.</summary>
    public string? EventId { get; init; }

    /// <summary>What it weighs, about.</summary>
    public int Bytes => Data.Length + (sizeof(char) * Text.Length);
}
