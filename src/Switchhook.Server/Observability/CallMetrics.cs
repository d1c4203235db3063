using System.Diagnostics;
using System.Diagnostics.Metrics;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Server.Observability;

/// <summary>Calls as numbers: how many there are, how they end and why, and how long a caller waits for an answer.</summary>
internal sealed class CallMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _faulted;
    private readonly Counter<long> _packetsLost;
    private readonly Counter<long> _timelineGaps;
    private readonly Histogram<double> _decision;
    private readonly Histogram<double> _answer;
    private readonly Histogram<double> _duration;

    public CallMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterNames.Switchhook);
        _active = meter.CreateUpDownCounter<long>("switchhook.calls.active", "{call}", "Calls alive: ringing, talking, draining.");
        _ended = meter.CreateCounter<long>("switchhook.calls", "{call}", "Calls that have ended, by who ended them and why.");
        _refused = meter.CreateCounter<long>("switchhook.calls.refused", "{call}", "INVITEs that never became a call, by the SIP status they were answered.");
        _faulted = meter.CreateCounter<long>("switchhook.calls.faults", "{call}", "Calls that ended by a mistake of ours.");
        _packetsLost = meter.CreateCounter<long>("switchhook.rtp.packets.lost", "{packet}", "RTP packets of callers that never came; counted when a call ends.");
        _timelineGaps = meter.CreateCounter<long>("switchhook.store.gaps", "{entry}", "Timeline entries that the store could not take; counted when a call ends.");
        _decision = meter.CreateHistogram<double>("switchhook.call.decision", "s", "From the INVITE to the application's accept.", advice: MeterNames.Seconds);
        _answer = meter.CreateHistogram<double>("switchhook.call.answer", "s", "From the accept to 200 OK: opening the model, and the port.", advice: MeterNames.Seconds);
        _duration = meter.CreateHistogram<double>("switchhook.call.duration", "s", "From the INVITE to the end.", advice: MeterNames.LongSeconds);
    }

    public void Born() => _active.Add(1);

    public void Refused(SipCause cause) => _refused.Add(1, new KeyValuePair<string, object?>("sip_status", cause.Status));

    public void Faulted() => _faulted.Add(1);

    public void Answered(CallRecord call)
    {
        if (call.AcceptedAt is not { } accepted) { return; }
        _decision.Record((accepted - call.CreatedAt).TotalSeconds);
        if (call.AnsweredAt is { } answered) { _answer.Record((answered - accepted).TotalSeconds); }
    }

    public void Ended(CallRecord call)
    {
        _active.Add(-1);
        EndReason reason = call.Ended ?? throw new UnreachableException("an ended call has a reason");
        _ended.Add(1, new("ended_by", Words.Of(reason.By)), new("ended_because", Words.Of(reason.Because)));
        if (call.EndedAt is { } ended) { _duration.Record((ended - call.CreatedAt).TotalSeconds); }
        if (call.Media is { PacketsLost: > 0 } media) { _packetsLost.Add(media.PacketsLost); }
        if (call.TimelineGap > 0) { _timelineGaps.Add(call.TimelineGap); }
    }
}
