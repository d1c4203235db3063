using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>Who is at the door of a WebSocket.</summary>
internal sealed record SocketCaller(ProjectOptions Project)
{
    /// <summary>Whom the key of the request names, or the 401 that it deserves.</summary>
    public static (SocketCaller? Caller, ApiAnswer? Refusal) Of(HttpContext http, ApiKeys keys)
    {
        string? key = ApiKeys.OfSocket(http);
        return keys.Find(key) is { } project ? (new SocketCaller(project), null) : (null, ApiKeys.Refuse(key));
    }
}
