using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Events;

/// <summary>The caller has gone; what is pending is still delivered before <see cref="CallEnded"/> (S1). Our own event: the contract has none.</summary>
public sealed record CallCallerDisconnected(string CallId, string? Reason = null) : ServerEvent("call.caller_disconnected");

/// <summary>The last event of a call, on every attached socket. Our own event.</summary>
public sealed record CallEnded(string CallId, string Reason, string By, CallEndedSip Sip, CallTiming Timing) : ServerEvent("call.ended");

public sealed record CallHeld(string CallId) : ServerEvent("call.held");

public sealed record CallResumed(string CallId) : ServerEvent("call.resumed");

/// <summary>What was said on the wire at the end: the status of the refusal, and the Reason header with which the peer left.</summary>
public sealed record CallEndedSip(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Status = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reason = null);

/// <summary>Dates are Unix seconds. A call that was never answered has no <see cref="AnsweredAt"/> and a duration of 0.</summary>
public sealed record CallTiming(
    long CreatedAt,
    long RingingMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? AnsweredAt,
    long DurationMs);
