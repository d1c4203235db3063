using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Events;

/// <summary>Something a client asked could not be done; the session goes on (§6.5).</summary>
public sealed record ErrorEvent(ErrorBody Error) : ServerEvent("error")
{
    /// <summary>The event that tells of <paramref name="error"/>; <paramref name="clientEventId"/> is the id of the client event that caused it.</summary>
    public static ErrorEvent For(RealtimeError error, string? clientEventId, string eventId) =>
        new(new ErrorBody(error.Type, error.Code, error.Message, error.Param, clientEventId)) { EventId = eventId };
}

/// <summary>All five members are always written.</summary>
public sealed record ErrorBody(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? EventId);
