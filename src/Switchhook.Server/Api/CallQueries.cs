using System.Globalization;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Realtime;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>What can be read of calls, living and ended. These routes are our own; the contract has none like them.</summary>
internal sealed class CallQueries(ApiParts parts)
{
    private const int ListDefault = 20;
    private const int ListMax = 100;
    private const int TimelineDefault = 1_000;
    private const int TimelineMax = 10_000;

    private delegate Task<ApiAnswer> Query(HttpContext http, ProjectOptions project);

    public void Map(IEndpointRouteBuilder routes, string prefix)
    {
        ApiRoutes.ListCalls.Map(routes, prefix, http => AnswerAsync(http, ListAsync));
        ApiRoutes.GetCall.Map(routes, prefix, http => AnswerAsync(http, GetAsync));
        ApiRoutes.GetTimeline.Map(routes, prefix, TimelineAsync);
        ApiRoutes.Explain.Map(routes, prefix, http => AnswerAsync(http, ExplainAsync));
        ApiRoutes.GetRecording.Map(routes, prefix, RecordingAsync);
    }

    private async Task AnswerAsync(HttpContext http, Query query)
    {
        string? key = ApiKeys.Of(http.Request);
        ApiAnswer answer = parts.Keys.Find(key) is { } project ? await query(http, project) : ApiKeys.Refuse(key);
        await answer.WriteAsync(http.Response);
    }

    /// <summary>Living calls are shown as they are now; the store knows them as they were born.</summary>
    private async Task<ApiAnswer> ListAsync(HttpContext http, ProjectOptions project)
    {
        if (!TryNumber(http, "limit", ListDefault, 1, ListMax, out long limit, out ApiAnswer? wrong)) { return wrong!; }
        CallId? before = null;
        if ((string?)http.Request.Query["before"] is { } text)
        {
            if (!CallId.TryParse(text, out CallId id)) { return ApiAnswer.Invalid(RealtimeError.Invalid("invalid_value", ApiParts.Unknown(text), "before")); }
            before = id;
        }
        IReadOnlyList<CallRecord> stored = await parts.Store.ListAsync(project.Id, (int)limit + 1, before, http.RequestAborted);
        List<CallRecord> page = [.. stored.Take((int)limit).Select(record => parts.Calls.Find(record.Id, project.Id)?.Record ?? record)];
        return ApiAnswer.Json(CallJson.WriteList(page, stored.Count > limit));
    }

    private async Task<ApiAnswer> GetAsync(HttpContext http, ProjectOptions project)
    {
        string id = Id(http);
        return await parts.RecordAsync(id, project, http.RequestAborted) is { } record
            ? ApiAnswer.Json(CallJson.Write(record))
            : ApiAnswer.NotFound("call_id_not_found", ApiParts.Unknown(id));
    }

    /// <summary>The call in words, as <c>switchhook explain</c> prints it.</summary>
    private async Task<ApiAnswer> ExplainAsync(HttpContext http, ProjectOptions project)
    {
        string id = Id(http);
        if (await parts.RecordAsync(id, project, http.RequestAborted) is not { } record) { return ApiAnswer.NotFound("call_id_not_found", ApiParts.Unknown(id)); }
        TimelineReading reading = new(parts, record.Id, parts.Living(id, project));
        return ApiAnswer.Json(CallJson.WriteExplanation(record, await reading.PageAsync(0, Limits.ExplainedEntries + 1, http.RequestAborted)));
    }

    /// <summary>A page of the history; or, for who accepts <c>text/event-stream</c>, all of it and then what happens next.</summary>
    private async Task TimelineAsync(HttpContext http)
    {
        string? key = ApiKeys.Of(http.Request);
        ApiAnswer? answer = parts.Keys.Find(key) is { } project ? await TimelineAsync(http, project) : ApiKeys.Refuse(key);
        if (answer is not null) { await answer.WriteAsync(http.Response); }
    }

    private async Task<ApiAnswer?> TimelineAsync(HttpContext http, ProjectOptions project)
    {
        string id = Id(http);
        if (await parts.RecordAsync(id, project, http.RequestAborted) is not { } record) { return ApiAnswer.NotFound("call_id_not_found", ApiParts.Unknown(id)); }
        if (!TryNumber(http, "after", 0, 0, long.MaxValue, out long after, out ApiAnswer? wrong)) { return wrong; }
        TimelineReading reading = new(parts, record.Id, parts.Living(id, project));
        if (http.Request.Headers.Accept.Any(accept => accept?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true))
        {
            bool isResumed = long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long last);
            await new TimelineStream(reading, parts.Time).WriteAsync(http, isResumed ? last : after);
            return null;
        }
        if (!TryNumber(http, "limit", TimelineDefault, 1, TimelineMax, out long limit, out wrong)) { return wrong; }
        IReadOnlyList<TimelineEntry> entries = await reading.PageAsync(after, (int)limit + 1, http.RequestAborted);
        return ApiAnswer.Json(CallJson.WriteTimeline([.. entries.Take((int)limit)], entries.Count > limit));
    }

    private async Task RecordingAsync(HttpContext http)
    {
        string? key = ApiKeys.Of(http.Request);
        if (parts.Keys.Find(key) is not { } project)
        {
            await ApiKeys.Refuse(key).WriteAsync(http.Response);
            return;
        }
        string id = Id(http);
        CallRecord? record = await parts.RecordAsync(id, project, http.RequestAborted);
        if (NoRecording(record, id) is { } reason)
        {
            await reason.WriteAsync(http.Response);
            return;
        }
        await TypedResults.PhysicalFile(record!.Recording!, "audio/wav", $"{id}.wav", enableRangeProcessing: true).ExecuteAsync(http);
    }

    private static ApiAnswer? NoRecording(CallRecord? record, string id) => record switch
    {
        null => ApiAnswer.NotFound("call_id_not_found", ApiParts.Unknown(id)),
        { EndedAt: null, Recording: not null } => ApiAnswer.NotFound("recording_not_ready", "The call is going on; its recording is complete when it has ended."),
        { Recording: null, AnsweredAt: null } => ApiAnswer.NotFound("recording_not_found", "The call was not answered, so there is nothing to hear."),
        { Recording: null } => ApiAnswer.NotFound("recording_not_found", "The call was not recorded: its project does not ask for recordings (projects[].record)."),
        _ when !File.Exists(record.Recording) => ApiAnswer.NotFound("recording_not_found", "The recording is no longer on disk."),
        _ => null,
    };

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static bool TryNumber(HttpContext http, string name, long otherwise, long min, long max, out long number, out ApiAnswer? wrong)
    {
        wrong = null;
        number = otherwise;
        if ((string?)http.Request.Query[name] is not { } text) { return true; }
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max) { return true; }
        string range = max == long.MaxValue ? $"{min} or more" : $"{min} to {max}";
        wrong = ApiAnswer.Invalid(RealtimeError.Invalid("invalid_value", $"{name} must be a whole number: {range}.", name));
        return false;
    }
}
