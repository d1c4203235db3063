namespace Switchhook.Realtime.Events;

/// <summary>What an application says over its socket (realtime-api §5). A closed hierarchy; one file per family beside this one.</summary>
public abstract record ClientEvent
{
    private protected ClientEvent() { }

    /// <summary>The client's own id, at most <see cref="Limits.ClientEventIdChars"/> characters; errors that the event causes carry it.</summary>
    public string? EventId { get; init; }
}
