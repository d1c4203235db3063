using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Events;

/// <summary>What an application says over its socket (realtime-api §5). A closed hierarchy; one file per family beside this one.</summary>
public abstract record ClientEvent
{
    private protected ClientEvent(string type) => Type = type;

    /// <summary>The event's <c>type</c> on the wire, such as <c>session.update</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string Type { get; }

    /// <summary>The client's own id, at most <see cref="Limits.ClientEventIdChars"/> characters; errors that the event causes carry it.</summary>
    [JsonPropertyOrder(-1)]
    public string? EventId { get; init; }
}

/// <summary>Something a client said that could not be read, or cannot be done as it is: the session tells it so, in its turn. It never leaves this house.</summary>
public sealed record UnreadableEvent(RealtimeError Error) : ClientEvent("unreadable");
