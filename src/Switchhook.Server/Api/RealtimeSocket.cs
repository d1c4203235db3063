using System.Net.WebSockets;
using Switchhook.Calls;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;
using Switchhook.Server.Sessions;

namespace Switchhook.Server.Api;

/// <summary>
/// <c>GET /v1/realtime</c>: with <c>call_id</c> the door of a call's sidebands, which may be attached from the moment the id is
/// known to anyone (S9); with <c>model</c>, <c>intent</c> or a client secret that of a session of its own. What is wrong is told as an ordinary HTTP answer before
/// the upgrade (realtime-api §3.3).
/// </summary>
internal sealed class RealtimeSocket(ApiParts parts, ApiMetrics metrics)
{
    private const string Subprotocol = "realtime";

    public void Map(IEndpointRouteBuilder routes, string prefix) =>
        routes.MapMethods(prefix + "/realtime", [HttpMethods.Get, HttpMethods.Connect], (RequestDelegate)EnterAsync);

    internal async Task EnterAsync(HttpContext http)
    {
        (SocketCaller? caller, ApiAnswer? refusal) = SocketCaller.Of(http, parts.Keys, parts.Secrets);
        if (caller is null) { await refusal!.WriteAsync(http.Response); }
        // With a call_id the model is not looked at: hand-written clients send both (§3.1). A client secret is for no call.
        else if ((string?)http.Request.Query["call_id"] is { Length: > 0 } callId)
        {
            if (caller.Session is null) { await AttachAsync(http, caller.Project, callId); }
            else { await ApiKeys.Refuse(ClientSecrets.Prefix).WriteAsync(http.Response); }
        }
        else { await OpenAsync(http, caller); }
    }

    private async Task OpenAsync(HttpContext http, SocketCaller caller)
    {
        (PlainSession? session, ApiAnswer? refusal) = await TryOpenAsync(http, caller);
        if (session is null) { await refusal!.WriteAsync(http.Response); }
        else { await parts.Sessions.RunAsync(session, peer => SpeakAsync(http, peer)); }
    }

    private async Task<(PlainSession? Session, ApiAnswer? Refusal)> TryOpenAsync(HttpContext http, SocketCaller caller)
    {
        if (!SessionQuery.TryRead(http.Request.Query, caller.Session, parts.SocketRules(caller.Project), out SessionConfig? config, out RealtimeError? invalid))
        {
            return (null, ApiAnswer.Invalid(invalid));
        }
        if (!http.WebSockets.IsWebSocketRequest) { return (null, NoUpgrade); }
        return await parts.Sessions.OpenAsync(caller.Project, config, http.RequestAborted);
    }

    private async Task AttachAsync(HttpContext http, ProjectOptions project, string callId)
    {
        long started = parts.Time.GetTimestamp();
        Call? call = parts.Living(callId, project);
        ApiAnswer? refusal = call is null ? null : CheckAttach(http);
        Sideband? sideband = refusal is null ? call?.Attach(http.Request.Query["starting_after"], http.Request.Query["include_audio"] == "true") : null;
        if (sideband is not null)
        {
            using (sideband)
            using (metrics.SidebandAttached()) { await SpeakAsync(http, new SidebandPeer(sideband)); }
            return;
        }
        refusal ??= call is { HasEnded.IsCompleted: false } ? ApiAnswer.Busy : ApiParts.Gone(callId, await parts.RecordAsync(callId, project, http.RequestAborted));
        if (call is not null) { CallHistory.Note(call, http, refusal, parts.Time.GetElapsedTime(started)); }
        await refusal.WriteAsync(http.Response);
    }

    private static ApiAnswer? CheckAttach(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest) { return NoUpgrade; }
        if ((string?)http.Request.Query["starting_after"] is { Length: > Limits.ClientEventIdChars })
        {
            return ApiAnswer.Invalid(RealtimeError.Invalid("invalid_value", "starting_after must be the id of an event.", "starting_after"));
        }
        return (string?)http.Request.Query["include_audio"] is null or "true" or "false"
            ? null
            : ApiAnswer.Invalid(RealtimeError.Invalid("invalid_value", "include_audio must be true or false.", "include_audio"));
    }

    private async Task SpeakAsync(HttpContext http, ISocketPeer peer)
    {
        // Whose end is the event socket's: not even disposed of here.
        WebSocket socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            // With a list offered and none chosen, browsers and ws fail; the token that holds the key is never echoed (§3.2).
            SubProtocol = http.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol) ? Subprotocol : null,
            KeepAliveInterval = Limits.SocketPing,
            KeepAliveTimeout = Limits.SocketPing,
            // permessage-deflate where it is offered (§3.2), each message by itself; docs/decisions/0010-compressed-events.md says why it may be.
            DangerousEnableCompression = true,
            DisableServerContextTakeover = true,
        });
        await new EventSocket(socket, peer, parts.Large, parts.Time).RunAsync(http.RequestAborted);
    }

    private static ApiAnswer NoUpgrade { get; } = ApiAnswer.Invalid(
        RealtimeError.Invalid("websocket_required", "This address is for WebSockets: the request must ask for an upgrade."));
}
