using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Events;

/// <summary>What a session says (realtime-api §6). A closed hierarchy; one file per family beside this one.</summary>
public abstract record ServerEvent
{
    private protected ServerEvent(string type) => Type = type;

    /// <summary>The event's <c>type</c> on the wire, such as <c>session.created</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string Type { get; }

    /// <summary><c>event_…</c></summary>
    [JsonPropertyOrder(-1)]
    public required string EventId { get; init; }
}

/// <summary>
/// An event as it was read, byte for byte: what another server said and this one need not understand to pass it on.
/// <see cref="ServerEvent.EventId"/> is empty when the event had none.
/// </summary>
public sealed record RawServerEvent(string Type, ReadOnlyMemory<byte> Json) : ServerEvent(Type);
