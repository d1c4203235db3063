using System.Globalization;

namespace Switchhook.Realtime;

/// <summary>What was wrong with a request, an event or a model, in the four members that REST errors (realtime-api §1.9) and <c>error</c> events (§6.5) share.</summary>
public sealed record RealtimeError(string Type, string? Code, string Message, string? Param = null)
{
    public static RealtimeError Invalid(string code, string message, string? param = null) => new("invalid_request_error", code, message, param);

    public static RealtimeError Server(string code, string message) => new("server_error", code, message);

    /// <summary>The last thing a session says when it lasted as long as one may (§6.5). Clients know the sentence with minutes in it.</summary>
    public static RealtimeError SessionExpired(TimeSpan limit)
    {
        (double count, string unit) = limit.Ticks % TimeSpan.TicksPerMinute == 0 ? (limit.TotalMinutes, "minute") : (limit.TotalSeconds, "second");
        return Invalid("session_expired", string.Create(CultureInfo.InvariantCulture, $"Your session hit the maximum duration of {count:0.###} {unit}{(count == 1 ? "" : "s")}."));
    }
}
