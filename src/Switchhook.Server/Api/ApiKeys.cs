using System.Security.Cryptography;
using System.Text;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>
/// Whose key is it? Both sides are hashed, and all keys are compared in constant time, so that the time taken tells
/// nothing of any key.
/// </summary>
internal sealed class ApiKeys(IReadOnlyList<ProjectOptions> projects)
{
    private const string Bearer = "Bearer ";
    private const string KeyProtocol = "openai-insecure-api-key.";

    public ProjectOptions? Find(string? key)
    {
        if (string.IsNullOrEmpty(key)) { return null; }
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        ProjectOptions? found = null;
        foreach (ProjectOptions project in projects)
        {
            foreach (byte[] known in project.KeyHashes)
            {
                if (CryptographicOperations.FixedTimeEquals(known, hash)) { found = project; }
            }
        }
        return found;
    }

    /// <summary>The key as <c>Authorization: Bearer</c>, or as Azure's <c>api-key</c>.</summary>
    public static string? Of(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization is not null)
        {
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
        }
        return request.Headers["api-key"];
    }

    /// <summary>The key of a client that cannot set headers: <c>openai-insecure-api-key.KEY</c> among the subprotocols (realtime-api §3.2).</summary>
    public static string? OfSocket(HttpContext http) =>
        Of(http.Request) ?? http.WebSockets.WebSocketRequestedProtocols
            .FirstOrDefault(protocol => protocol.StartsWith(KeyProtocol, StringComparison.Ordinal))?[KeyProtocol.Length..];

    /// <summary>The 401 of a key that is missing or wrong. The key itself is not repeated.</summary>
    public static ApiAnswer Refuse(string? key) => ApiAnswer.Refuse(StatusCodes.Status401Unauthorized, Realtime.RealtimeError.Invalid(
        "invalid_api_key",
        string.IsNullOrEmpty(key)
            ? "No API key was given. Send it as \"Authorization: Bearer KEY\"."
            : key.StartsWith(ClientSecrets.Prefix, StringComparison.Ordinal)
            ? "A client secret opens sessions of its own (a WebSocket to /v1/realtime without call_id) and nothing else; this takes an API key of the project."
            : "The API key is not one of this server's projects."));
}
