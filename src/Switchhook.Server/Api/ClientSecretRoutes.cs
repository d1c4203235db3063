using System.Runtime.InteropServices;
using System.Text.Json;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary><c>POST /v1/realtime/client_secrets</c> (realtime-api §1.7), and the two routes of the beta that it replaced.</summary>
internal sealed class ClientSecretRoutes(ApiParts parts)
{
    public void Map(IEndpointRouteBuilder routes, string prefix)
    {
        ApiRoutes.CreateClientSecret.Map(routes, prefix, MintAsync);
        ApiRoutes.CreateSession.Map(routes, prefix, http => Retired.WriteAsync(http.Response));
        ApiRoutes.CreateTranscriptionSession.Map(routes, prefix, http => Retired.WriteAsync(http.Response));
    }

    /// <summary>Their bodies and answers had another shape; to answer half of it would be worse than none.</summary>
    private static ApiAnswer Retired { get; } = ApiAnswer.Refuse(StatusCodes.Status410Gone, RealtimeError.Invalid(
        "endpoint_retired", "This endpoint of the beta is not served here. POST /v1/realtime/client_secrets with {\"session\": {\"type\": \"realtime\" or \"transcription\", …}} took its place."));

    private async Task MintAsync(HttpContext http)
    {
        string? key = ApiKeys.Of(http.Request);
        ApiAnswer answer = parts.Keys.Find(key) is { } project ? await MintAsync(http, project) : ApiKeys.Refuse(key);
        await answer.WriteAsync(http.Response);
    }

    private async Task<ApiAnswer> MintAsync(HttpContext http, ProjectOptions project)
    {
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        (TimeSpan life, JsonElement session, RealtimeError? wrong) = ClientSecretBody.Read(body);
        if (wrong is not null) { return ApiAnswer.Invalid(wrong); }
        if (!SessionRules.TryCreate(session, parts.SocketRules(project), out SessionConfig? config, out RealtimeError? invalid)) { return ApiAnswer.Invalid(invalid); }
        // The session holds on to the whole body that it stood in.
        if (parts.Secrets.Mint(project, config, life, JsonMarshal.GetRawUtf8Value(body).Length + (config.PromptInstructions?.Length ?? 0)) is not (string secret, ClientSecret minted))
        {
            return ApiAnswer.Refuse(StatusCodes.Status429TooManyRequests, RealtimeError.Invalid(
                "too_many_client_secrets",
                $"The sessions of all client secrets that have not expired fill {Limits.ClientSecretBytes >> 20} MiB. Ask for shorter lives (expires_after.seconds), or smaller sessions.")) with
            { RetryAfter = parts.Secrets.NextRoom };
        }
        return ApiAnswer.Json(Told(secret, minted));
    }

    /// <summary>The id is that of no session yet, and each one that is opened has its own; <c>expires_at</c> is 0 until then.</summary>
    private ReadOnlyMemory<byte> Told(string secret, ClientSecret minted) => ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("value"u8, secret);
        json.WriteNumber("expires_at"u8, minted.ExpiresAt.ToUnixTimeSeconds());
        json.WritePropertyName("session"u8);
        json.WriteRawValue(RealtimeJson.Write(minted.Session with { Id = Tokens.New("sess_", parts.Random), ExpiresAt = 0 }));
        json.WriteEndObject();
    });
}
