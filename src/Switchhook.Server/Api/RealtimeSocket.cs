using System.Net.WebSockets;
using Switchhook.Calls;
using Switchhook.Realtime;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>
/// <c>GET /v1/realtime?call_id=…</c>: the sideband's door. What is wrong is told as an ordinary HTTP answer before the
/// upgrade (realtime-api §3.3); the call may be attached to from the moment its id is known to anyone (S9).
/// </summary>
internal sealed class RealtimeSocket(ApiParts parts, ApiMetrics metrics)
{
    private const string Subprotocol = "realtime";

    public void Map(IEndpointRouteBuilder routes, string prefix) =>
        routes.MapMethods(prefix + "/realtime", [HttpMethods.Get, HttpMethods.Connect], (RequestDelegate)AttachAsync);

    private async Task AttachAsync(HttpContext http)
    {
        long started = parts.Time.GetTimestamp();
        (Call? call, ApiAnswer? refusal) = await FindAsync(http);
        Sideband? sideband = refusal is null ? call!.Attach(http.Request.Query["starting_after"]) : null;
        if (refusal is null && sideband is null) { refusal = await parts.GoneAsync(call!.Id.Value, Project(http), http.RequestAborted); }
        if (refusal is not null)
        {
            if (call is not null) { CallHistory.Note(call, http, refusal, parts.Time.GetElapsedTime(started)); }
            await refusal.WriteAsync(http.Response);
            return;
        }
        using (sideband)
        {
            using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                // With a list offered and none chosen, browsers and ws fail; the token that holds the key is never echoed (§3.2).
                SubProtocol = http.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol) ? Subprotocol : null,
                KeepAliveInterval = Limits.SocketPing,
                KeepAliveTimeout = Limits.SocketPing,
            });
            using (metrics.SidebandAttached()) { await new SidebandSocket(socket, sideband!, parts.Time).RunAsync(http.RequestAborted); }
        }
    }

    private async Task<(Call? Call, ApiAnswer? Refusal)> FindAsync(HttpContext http)
    {
        string? key = ApiKeys.OfSocket(http);
        if (parts.Keys.Find(key) is not { } project) { return (null, ApiKeys.Refuse(key)); }
        // With a call_id the model is not looked at: hand-written clients send both (§3.1).
        string? id = http.Request.Query["call_id"];
        if (string.IsNullOrEmpty(id)) { return (null, WithoutCall(http)); }
        if (parts.Living(id, project) is not { } call) { return (null, await parts.GoneAsync(id, project, http.RequestAborted)); }
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return (call, ApiAnswer.Invalid(RealtimeError.Invalid("websocket_required", "This address is for WebSockets: the request must ask for an upgrade.")));
        }
        return (string?)http.Request.Query["starting_after"] is { Length: > Limits.ClientEventIdChars }
            ? (call, ApiAnswer.Invalid(RealtimeError.Invalid("invalid_value", "starting_after must be the id of an event.", "starting_after")))
            : (call, null);
    }

    private static ApiAnswer WithoutCall(HttpContext http) =>
        http.Request.Query.ContainsKey("model") || http.Request.Query.ContainsKey("intent")
            ? ApiAnswer.Refuse(StatusCodes.Status501NotImplemented, RealtimeError.Server(
                "not_implemented", "Sessions without a call are not served here yet; attach to a call with call_id.")) with
            { ShouldRetry = false }
            : ApiAnswer.Invalid(RealtimeError.Invalid("missing_required_parameter", "Missing required parameter: 'call_id'.", "call_id"));

    private ProjectOptions Project(HttpContext http) => parts.Keys.Find(ApiKeys.OfSocket(http))!;
}
