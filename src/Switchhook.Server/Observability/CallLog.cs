using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Server.Observability;

/// <summary>What the calls tell whoever counts and logs. Nothing here waits.</summary>
internal sealed partial class CallLog(CallMetrics metrics, TimeProvider time, ILogger<CallLog> logger) : ICallObserver
{
    private readonly OncePerMinute _refusals = new(time);

    /// <summary>One line for a source in a minute: scanners knock without end (L7: the line names the rule that refused).</summary>
    public void Refused(SipEvent.IncomingCall invite, SipCause cause)
    {
        metrics.Refused(cause);
        if (_refusals.Take((invite.Flow.Peer.Address, cause.Status), out long unsaid))
        {
            Log.Refused(logger, Quoted.OneLine(invite.RequestUri), invite.Flow.Peer, cause.Status, Quoted.OneLine(cause.Text), unsaid);
        }
    }

    public void Born(CallRecord call)
    {
        metrics.Born();
        (string from, string to) = (Quoted.OneLine(call.From), Quoted.OneLine(call.To));
        Log.Born(logger, call.Id, call.Project, from, to, call.Peer);
    }

    public void Answered(CallRecord call)
    {
        metrics.Answered(call);
        Log.Answered(logger, call.Id, call.Model, ((call.AnsweredAt ?? call.CreatedAt) - call.CreatedAt).TotalMilliseconds);
    }

    public void Ended(CallRecord call)
    {
        metrics.Ended(call);
        CallTrace.Write(call);
        EndReason reason = call.Ended.GetValueOrDefault();
        (string by, string because) = (Words.Of(reason.By), Words.Of(reason.Because));
        Log.Ended(logger, call.Id, by, because, reason.SipStatus is { } status ? $" with {status}" : "", ((call.EndedAt ?? call.CreatedAt) - call.CreatedAt).TotalSeconds, call.TimelineGap);
    }

    public void Faulted(CallId call, Exception fault)
    {
        metrics.Faulted();
        Log.Faulted(logger, fault, call);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "INVITE {RequestUri} from {Peer} refused: {Status} {Reason} ({Unsaid} alike since the last line)")]
        public static partial void Refused(ILogger logger, string requestUri, PeerAddress peer, int status, string reason, long unsaid);

        [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "{CallId} rings in {Project}: {From} calls {To} through {Peer}")]
        public static partial void Born(ILogger logger, CallId callId, string project, string from, string to, string peer);

        [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "{CallId} answered by {Model}, {Ms:F0} ms after it began to ring")]
        public static partial void Answered(ILogger logger, CallId callId, string? model, double ms);

        [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "{CallId} ended: {By} {Because}{Status} after {Seconds:F1} s, {Gap} entries of its history lost")]
        public static partial void Ended(ILogger logger, CallId callId, string by, string because, string status, double seconds, long gap);

        [LoggerMessage(EventId = 2005, Level = LogLevel.Error, Message = "{CallId} broke by a mistake of ours and was ended")]
        public static partial void Faulted(ILogger logger, Exception fault, CallId callId);
    }
}
