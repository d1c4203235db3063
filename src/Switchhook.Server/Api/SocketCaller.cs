using System.Globalization;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>Who is at the door of a WebSocket: somebody with a project's API key, or with a client secret and the session that was minted with it.</summary>
internal sealed record SocketCaller(ProjectOptions Project, SessionConfig? Session)
{
    /// <summary>Whom the key of the request names, or the 401 that it deserves.</summary>
    public static (SocketCaller? Caller, ApiAnswer? Refusal) Of(HttpContext http, ApiKeys keys, ClientSecrets secrets)
    {
        string? key = ApiKeys.OfSocket(http);
        if (keys.Find(key) is { } project) { return (new SocketCaller(project, null), null); }
        if (key?.StartsWith(ClientSecrets.Prefix, StringComparison.Ordinal) != true) { return (null, ApiKeys.Refuse(key)); }
        if (secrets.Find(key) is not { } secret) { return (null, Refuse("invalid_api_key", "The client secret is not one of this server's. It forgets them when it is started anew, and some time after they expired.")); }
        return secrets.HasExpired(secret)
            ? (null, Refuse("client_secret_expired", string.Create(CultureInfo.InvariantCulture,
                $"The client secret expired at {secret.ExpiresAt.UtcDateTime:HH:mm:ss} UTC. Mint another one with POST /v1/realtime/client_secrets; its life is expires_after.seconds.")))
            : (new SocketCaller(secret.Project, secret.Session), null);
    }

    private static ApiAnswer Refuse(string code, string message) => ApiAnswer.Refuse(StatusCodes.Status401Unauthorized, RealtimeError.Invalid(code, message));
}
