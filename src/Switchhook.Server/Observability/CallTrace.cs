using System.Diagnostics;
using Switchhook.Calls.Ports;

namespace Switchhook.Server.Observability;

/// <summary>One span for a call, written when it has ended: from the INVITE to the end, with the accept and the answer as events on it.</summary>
internal static class CallTrace
{
    public static void Write(CallRecord call)
    {
        using Activity? span = MeterNames.Activities.StartActivity("call", ActivityKind.Server, parentContext: default, startTime: call.CreatedAt);
        if (span is null) { return; }
        span.SetTag("switchhook.call_id", call.Id.Value);
        span.SetTag("switchhook.project", call.Project);
        span.SetTag("switchhook.model", call.Model);
        if (call.AcceptedAt is { } accepted) { span.AddEvent(new ActivityEvent("accepted", accepted)); }
        if (call.AnsweredAt is { } answered) { span.AddEvent(new ActivityEvent("answered", answered)); }
        if (call.Ended is { } reason)
        {
            span.SetTag("switchhook.ended_by", Words.Of(reason.By));
            span.SetTag("switchhook.ended_because", Words.Of(reason.Because));
            if (reason.Because is EndedBecause.Fault or EndedBecause.EngineLost or EndedBecause.MediaLost) { span.SetStatus(ActivityStatusCode.Error); }
        }
        span.SetEndTime((call.EndedAt ?? call.CreatedAt).UtcDateTime);
    }
}
