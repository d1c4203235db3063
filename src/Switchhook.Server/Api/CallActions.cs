using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>
/// What an application may do to a call (realtime-api §1.3–§1.6). Success is 200 with an empty body. An action that came
/// too late or at the wrong time is a 4xx that SDKs do not repeat; never a bare 409.
/// </summary>
internal sealed class CallActions(ApiParts parts)
{
    private delegate Task<ApiAnswer> CallAction(HttpContext http, Call call);

    public void Map(IEndpointRouteBuilder routes, string prefix)
    {
        string path = prefix + "/realtime/calls/{id}/";
        routes.MapPost(path + "accept", http => ActAsync(http, AcceptAsync));
        routes.MapPost(path + "reject", http => ActAsync(http, RejectAsync));
        routes.MapPost(path + "hangup", http => ActAsync(http, HangupAsync));
        routes.MapPost(path + "refer", ReferAsync);
    }

    private async Task ActAsync(HttpContext http, CallAction action)
    {
        long started = parts.Time.GetTimestamp();
        string? key = ApiKeys.Of(http.Request);
        if (parts.Keys.Find(key) is not { } project)
        {
            await ApiKeys.Refuse(key).WriteAsync(http.Response);
            return;
        }
        string id = (string)http.Request.RouteValues["id"]!;
        Call? call = parts.Living(id, project);
        ApiAnswer answer = call is null
            ? await parts.GoneAsync(id, project, http.RequestAborted)
            : await action(http, call);
        if (call is not null) { CallHistory.Note(call, http, answer, parts.Time.GetElapsedTime(started)); }
        await answer.WriteAsync(http.Response);
    }

    /// <summary>Held until the phone is answered: validated whole first, so that nothing invalid ever reaches the caller's ear (S7, O3).</summary>
    private async Task<ApiAnswer> AcceptAsync(HttpContext http, Call call)
    {
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        if (!SessionRules.TryCreate(body, new SessionRulesContext(parts.Engines.Models), out SessionConfig? config, out RealtimeError? invalid))
        {
            return ApiAnswer.Invalid(invalid.Param == "session.model" ? invalid with { Param = "model" } : invalid);
        }
        CallAnswer answer = await call.AskAsync(new CallMessage.Accept(config, body), http.RequestAborted);
        return Tell(call, answer, _ => RealtimeError.Invalid(
            "call_already_accepted",
            $"The call was accepted already, with another body; it is {Words.Of(answer.State)}. A session that runs is changed by session.update over its WebSocket."));
    }

    private async Task<ApiAnswer> RejectAsync(HttpContext http, Call call)
    {
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        (int status, RealtimeError? invalid) = RejectBody.Read(body);
        if (invalid is not null) { return ApiAnswer.Invalid(invalid); }
        CallAnswer answer = await call.AskAsync(new CallMessage.Reject(status), http.RequestAborted);
        return Tell(call, answer, state => RealtimeError.Invalid(
            "call_already_accepted", $"The call was accepted already; it is {Words.Of(state)}. Use hangup to end it."));
    }

    private async Task<ApiAnswer> HangupAsync(HttpContext http, Call call)
    {
        CallAnswer answer = await call.AskAsync(new CallMessage.Hangup(), http.RequestAborted);
        return Tell(call, answer, state => RealtimeError.Invalid(
            "call_not_accepted", $"The call is {Words.Of(state)} and was not accepted yet. Use reject to refuse it."));
    }

    private static ApiAnswer Tell(Call call, CallAnswer answer, Func<CallState, RealtimeError> wrongState) => answer.Verdict switch
    {
        Verdict.Done => ApiAnswer.Done,
        Verdict.WrongState => ApiAnswer.Invalid(wrongState(answer.State)),
        Verdict.EngineFailed => EngineFailed(answer.Error ?? RealtimeError.Server("engine_failed", "The model could not be opened.")),
        Verdict.Busy => ApiAnswer.Refuse(StatusCodes.Status503ServiceUnavailable, RealtimeError.Server("call_busy", "The call cannot take requests at the moment."))
            with
        { RetryAfter = TimeSpan.FromSeconds(1) },
        _ => ApiAnswer.NotFound("call_id_not_found", CallEnding.Describe(call.Record)),
    };

    /// <summary>The model's own error. It is not to be repeated at once: the phone still rings, and the application is to decide again.</summary>
    private static ApiAnswer EngineFailed(RealtimeError error) => ApiAnswer.Refuse(
        error.Type == "invalid_request_error" ? StatusCodes.Status400BadRequest : StatusCodes.Status502BadGateway, error) with
    { ShouldRetry = false };

    /// <summary>A transfer is not built yet; what is asked is checked all the same, so that an application learns of its mistakes.</summary>
    private async Task ReferAsync(HttpContext http)
    {
        string? key = ApiKeys.Of(http.Request);
        ApiAnswer answer = parts.Keys.Find(key) is { } project ? await ReferAsync(http, project) : ApiKeys.Refuse(key);
        await answer.WriteAsync(http.Response);
    }

    private async Task<ApiAnswer> ReferAsync(HttpContext http, ProjectOptions project)
    {
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        foreach (JsonProperty member in body.EnumerateObject())
        {
            if (member.Name != "target_uri") { return ApiAnswer.Invalid(RejectBody.Unknown(member.Name)); }
        }
        if (!body.TryGetProperty("target_uri"u8, out JsonElement target) || target.ValueKind == JsonValueKind.Null)
        {
            return ApiAnswer.Invalid(RealtimeError.Invalid("missing_required_parameter", "Missing required parameter: 'target_uri'.", "target_uri"));
        }
        if (target.ValueKind != JsonValueKind.String)
        {
            return ApiAnswer.Invalid(RealtimeError.Invalid("invalid_type", "target_uri must be a string, such as tel:+14155550123 or sip:agent@example.com.", "target_uri"));
        }
        string id = (string)http.Request.RouteValues["id"]!;
        if (parts.Living(id, project) is not { } call) { return await parts.GoneAsync(id, project, http.RequestAborted); }
        ApiAnswer answer = ApiAnswer.Refuse(StatusCodes.Status501NotImplemented, RealtimeError.Server(
            "not_implemented", "This server cannot transfer calls yet: nothing was sent to the caller, and the call goes on.")) with
        { ShouldRetry = false };
        CallHistory.Note(call, http, answer, TimeSpan.Zero);
        return answer;
    }
}
