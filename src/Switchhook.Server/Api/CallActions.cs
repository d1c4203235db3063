using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;
using Switchhook.Sip;

namespace Switchhook.Server.Api;

/// <summary>
/// What an application may do to a call (realtime-api §1.3–§1.6). Success is 200 with an empty body. What is asked is checked
/// before whom it is asked of. An action that came too late or at the wrong time is a 4xx that SDKs do not repeat, never a bare
/// 409; one that is repeated because its answer was lost has the effect of one and is answered like it (§1.9), an accept for as
/// long as the call lives.
/// </summary>
internal sealed class CallActions(ApiParts parts)
{
    private delegate Task<ApiAnswer> CallAction(HttpContext http, ProjectOptions project, Call? call);

    /// <summary>Whether a call that is over ended by what is asked of it now.</summary>
    private delegate ValueTask<bool> IsRepeated(CallRecord record);

    public void Map(IEndpointRouteBuilder routes, string prefix)
    {
        ApiRoutes.Accept.Map(routes, prefix, http => AnswerAsync(http, AcceptAsync));
        ApiRoutes.Reject.Map(routes, prefix, http => AnswerAsync(http, RejectAsync));
        ApiRoutes.Hangup.Map(routes, prefix, http => AnswerAsync(http, HangupAsync));
        ApiRoutes.Refer.Map(routes, prefix, http => AnswerAsync(http, ReferAsync));
    }

    private async Task AnswerAsync(HttpContext http, CallAction action)
    {
        long started = parts.Time.GetTimestamp();
        string? key = ApiKeys.Of(http.Request);
        if (parts.Keys.Find(key) is not { } project)
        {
            await ApiKeys.Refuse(key).WriteAsync(http.Response);
            return;
        }
        Call? call = parts.Living(IdOf(http), project);
        ApiAnswer answer;
        try { answer = await action(http, project, call); }
        catch (Exception met) when (call is not null && RequestTrail.HasLeft(http, met))
        {
            // It may have been done all the same.
            CallHistory.Note(call, http, new ApiAnswer(StatusCodes.Status499ClientClosedRequest), parts.Time.GetElapsedTime(started));
            throw;
        }
        if (call is not null) { CallHistory.Note(call, http, answer, parts.Time.GetElapsedTime(started)); }
        await answer.WriteAsync(http.Response);
    }

    /// <summary>
    /// Held until the phone is answered: validated whole first, so that nothing invalid ever reaches the caller's ear (S7, O3).
    /// Of a call that is over there is nothing to accept, also when it was accepted before (S2).
    /// </summary>
    private async Task<ApiAnswer> AcceptAsync(HttpContext http, ProjectOptions project, Call? call)
    {
        if (call is null) { return await LateAsync(http, project); }
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        if (!SessionRules.TryCreate(body, parts.CallRules(project), out SessionConfig? config, out RealtimeError? invalid))
        {
            return ApiAnswer.Invalid(invalid.Param == "session.model" ? invalid with { Param = "model" } : invalid);
        }
        CallAnswer answer = await call.AskAsync(new CallMessage.Accept(config, body), http.RequestAborted);
        return await TellAsync(http, project, answer, _ => RealtimeError.Invalid(
            "call_already_accepted",
            $"The call was accepted already, with another body; it is {Words.Of(answer.State)}. A session that runs is changed by session.update over its WebSocket."));
    }

    private async Task<ApiAnswer> RejectAsync(HttpContext http, ProjectOptions project, Call? call)
    {
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        (int status, RealtimeError? invalid) = RejectBody.Read(body);
        if (invalid is not null) { return ApiAnswer.Invalid(invalid); }
        IsRepeated isRepeated = record => ValueTask.FromResult(record.Ended == new EndReason(EndedBy.Api, EndedBecause.Rejected, status));
        if (call is null) { return await LateAsync(http, project, isRepeated); }
        CallAnswer answer = await call.AskAsync(new CallMessage.Reject(status), http.RequestAborted);
        return await TellAsync(http, project, answer, state => RealtimeError.Invalid(
            "call_already_accepted", $"The call was accepted already; it is {Words.Of(state)}. Use hangup to end it."), isRepeated);
    }

    private async Task<ApiAnswer> HangupAsync(HttpContext http, ProjectOptions project, Call? call)
    {
        IsRepeated isRepeated = record => ValueTask.FromResult(record.Ended is { By: EndedBy.Api, Because: EndedBecause.HungUp });
        if (call is null) { return await LateAsync(http, project, isRepeated); }
        CallAnswer answer = await call.AskAsync(new CallMessage.Hangup(), http.RequestAborted);
        return await TellAsync(http, project, answer, state => RealtimeError.Invalid(
            "call_not_accepted", $"The call is {Words.Of(state)} and was not accepted yet. Use reject to refuse it."), isRepeated);
    }

    private async Task<ApiAnswer> TellAsync(HttpContext http, ProjectOptions project, CallAnswer answer, Func<CallState, RealtimeError> wrongState, IsRepeated? isRepeated = null) => answer.Verdict switch
    {
        Verdict.Done => ApiAnswer.Done,
        Verdict.WrongState => ApiAnswer.Invalid(wrongState(answer.State)),
        Verdict.EngineFailed => ApiAnswer.EngineFailed(answer.Error ?? RealtimeError.Server("engine_failed", "The model could not be opened.")),
        Verdict.ReferRefused => ReferRefused(answer.Cause),
        Verdict.Busy => ApiAnswer.Busy,
        _ => await LateAsync(http, project, isRepeated),
    };

    /// <summary>
    /// Who comes when the call is over: 200 where this very action ended it, whose first answer was lost; else 404 and how it
    /// ended. It stays so for as long as the store has the call.
    /// </summary>
    private async Task<ApiAnswer> LateAsync(HttpContext http, ProjectOptions project, IsRepeated? isRepeated = null)
    {
        CallRecord? record = await parts.RecordAsync(IdOf(http), project, http.RequestAborted);
        return record?.Ended is not null && isRepeated is not null && await isRepeated(record) ? ApiAnswer.Done : ApiParts.Gone(IdOf(http), record);
    }

    /// <summary>
    /// Held until the peer has answered REFER: 200 means that it will try (S4, O1), and its refusal is told with the SIP
    /// status, never as a fault of ours (O2).
    /// </summary>
    private async Task<ApiAnswer> ReferAsync(HttpContext http, ProjectOptions project, Call? call)
    {
        (JsonElement body, RealtimeError? malformed) = await RequestBody.ReadObjectAsync(http);
        if (malformed is not null) { return ApiAnswer.Invalid(malformed); }
        (string target, RealtimeError? invalid) = ReferBody.Read(body);
        if (invalid is not null) { return ApiAnswer.Invalid(invalid); }
        IsRepeated isRepeated = record => WasTransferredAsync(record, target, http.RequestAborted);
        if (call is null) { return await LateAsync(http, project, isRepeated); }
        CallAnswer answer = await call.AskAsync(new CallMessage.Refer(target), http.RequestAborted);
        ApiAnswer told = await TellAsync(http, project, answer, state => state == CallState.Transferring
            ? RealtimeError.Invalid("transfer_in_progress", "A transfer of this call to another target is under way. Wait for its end, or use hangup.")
            : RealtimeError.Invalid("call_not_accepted", $"The call is {Words.Of(state)} and cannot be transferred before it is answered. Use accept first."), isRepeated);
        // Our 200 may be answered to the accept before its ACK is here: SDKs may try again by themselves.
        return answer is { Verdict: Verdict.WrongState, State: CallState.Answering } ? told with { ShouldRetry = true } : told;
    }

    /// <summary>Not to be repeated by itself: the peer was asked once, and the application is to decide what now. The call goes on.</summary>
    private static ApiAnswer ReferRefused(SipCause? cause) =>
        ApiAnswer.Invalid(RealtimeError.Invalid("refer_rejected", cause?.Text ?? "The peer did not take REFER")) with
        { ShouldRetry = false };

    /// <summary>The record says that the call was transferred, its history to whom: the last who was asked for.</summary>
    private async ValueTask<bool> WasTransferredAsync(CallRecord record, string target, CancellationToken cancellation)
    {
        if (record.Ended is not { By: EndedBy.Api, Because: EndedBecause.Transferred }) { return false; }
        string? last = null;
        await foreach (TimelineEntry entry in new TimelineReading(parts, record.Id, null).AllAsync(0, follow: false, cancellation))
        {
            if (entry.Kind == "transfer.requested") { last = entry.Text; }
        }
        return last == target;
    }

    private static string IdOf(HttpContext http) => (string)http.Request.RouteValues["id"]!;
}
