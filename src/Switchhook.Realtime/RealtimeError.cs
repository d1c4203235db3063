namespace Switchhook.Realtime;

/// <summary>What was wrong with a request, an event or a model, in the four members that REST errors (realtime-api §1.9) and <c>error</c> events (§6.5) share.</summary>
public sealed record RealtimeError(string Type, string? Code, string Message, string? Param = null)
{
    public static RealtimeError Invalid(string code, string message, string? param = null) => new("invalid_request_error", code, message, param);

    public static RealtimeError Server(string code, string message) => new("server_error", code, message);

    /// <summary>The last thing a session says when it lasted as long as one may (§6.5). Clients know the sentence with minutes in it.</summary>
    public static RealtimeError SessionExpired(TimeSpan limit) =>
        Invalid("session_expired", $"Your session hit the maximum duration of {(limit.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{limit.TotalMinutes:0} minutes" : $"{limit.TotalSeconds:0.###} seconds")}.");
}
