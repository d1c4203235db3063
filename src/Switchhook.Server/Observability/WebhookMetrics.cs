using System.Diagnostics.Metrics;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Server.Observability;

/// <summary>Webhooks as numbers: it stands before those who deliver, and looks at what they tell.</summary>
internal sealed class WebhookMetrics : IWebhooks
{
    private readonly IWebhooks _inner;
    private readonly TimeProvider _time;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _announce;

    public WebhookMetrics(IWebhooks inner, IMeterFactory meters, TimeProvider time)
    {
        (_inner, _time) = (inner, time);
        Meter meter = meters.Create(MeterNames.Switchhook);
        _attempts = meter.CreateCounter<long>("switchhook.webhook.attempts", "{attempt}", "Attempts to deliver a webhook, by the receiver's status; 0 when there was none.");
        _duration = meter.CreateHistogram<double>("switchhook.webhook.duration", "s", "How long a receiver took to answer.", advice: MeterNames.Seconds);
        _announce = meter.CreateHistogram<double>("switchhook.call.announce", "s", "From the INVITE to the first attempt to tell of it.", advice: MeterNames.Seconds);
    }

    public OutboxMessage? Incoming(CallRecord call, IReadOnlyList<SipHeader> headers) => _inner.Incoming(call, headers);

    public OutboxMessage? Ended(CallRecord call) => _inner.Ended(call);

    public void Send(OutboxMessage message, Action<WebhookAttempt> told, CancellationToken stop) =>
        _inner.Send(message, attempt => { Count(message, attempt); told(attempt); }, stop);

    private void Count(OutboxMessage message, WebhookAttempt attempt)
    {
        _attempts.Add(1, new("event", attempt.EventType), new("status", attempt.Status), new("delivered", attempt.IsDelivered));
        _duration.Record(attempt.Took.TotalSeconds);
        if (message.Lane == OutboxLane.Ringing && attempt.Attempt == 1)
        {
            _announce.Record(Math.Max(0, (_time.GetUtcNow() - attempt.Took - message.CreatedAt).TotalSeconds));
        }
    }
}
