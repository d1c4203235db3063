namespace Switchhook.Realtime.Events;

/// <summary>What a session says (realtime-api §6). A closed hierarchy; one file per family beside this one.</summary>
public abstract record ServerEvent
{
    private protected ServerEvent() { }

    /// <summary>The event's <c>type</c> on the wire, such as <c>session.created</c>.</summary>
    public abstract string Type { get; }

    /// <summary><c>event_…</c></summary>
    public required string EventId { get; init; }
}
