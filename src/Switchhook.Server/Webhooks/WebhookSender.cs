using System.Collections.Concurrent;
using System.Threading.Channels;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Sip;

namespace Switchhook.Server.Webhooks;

/// <summary>
/// Delivers webhooks in two lanes. The ringing lane is driven by <see cref="Send"/> and lives as long as the phone
/// rings; the durable lane is driven by the outbox, from which one loop takes what is due.
/// </summary>
/// <remarks>
/// <para>A receiver that hangs costs one connection, not the call: in the ringing lane the next attempt waits for the one
/// before it to fail, but only for <see cref="Limits.WebhookPatience"/>, then it begins beside it. The first 2xx wins. A very slow
/// receiver may see the same <c>webhook-id</c> twice; receivers dedupe on it anyway, because any retry may repeat.</para>
/// <para>An attempt that is under way is never cut off by the call's fate. Many receivers accept the call inside their
/// handler and answer the webhook afterwards (realtime-api §2.5): that accept is what stops the retries, and aborting
/// the request would abort the very handler that is about to attach.</para>
/// </remarks>
internal sealed partial class WebhookSender : BackgroundService, IWebhooks
{
    private const int DueAtOnce = 64;
    private static readonly TimeSpan StoreFailedPause = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyDictionary<string, WebhookEndpoint> _endpoints;
    private readonly IOutbox _outbox;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger<WebhookSender> _log;
    private readonly WebhookPost _post;
    private readonly DeliverySlots _ringingSlots = new(Limits.WebhooksInFlight);
    private readonly DeliverySlots _durableSlots = new(Limits.DurableWebhooksInFlight);
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="endpoints">By project; a project that is not in it has no webhook.</param>
    /// <param name="random">Used by many threads: <see cref="Random.Shared"/>, or one that is safe as well.</param>
    public WebhookSender(IReadOnlyDictionary<string, WebhookEndpoint> endpoints, IOutbox outbox, TimeProvider time, Random random, ILogger<WebhookSender> log)
    {
        _endpoints = endpoints;
        _outbox = outbox;
        _time = time;
        _random = random;
        _log = log;
        _post = new WebhookPost(time);
    }

    /// <summary>Messages being delivered now: attempts under way, and ringing calls between two attempts.</summary>
    public int Deliveries => _underWay.Count;

    public OutboxMessage? Incoming(CallRecord call, IReadOnlyList<SipHeader> headers) =>
        Message(call, WebhookEvent.Incoming, OutboxLane.Ringing, eventId => WebhookEvent.OfIncoming(eventId, call, headers));

    public OutboxMessage? Ended(CallRecord call) =>
        Message(call, WebhookEvent.Ended, OutboxLane.Durable, eventId => WebhookEvent.OfEnded(eventId, call));

    public void Send(OutboxMessage message, Action<WebhookAttempt> told, CancellationToken stop)
    {
        if (message.Lane == OutboxLane.Durable) { _woken.Writer.TryWrite(true); }
        else { Track(Task.Run(() => RingAsync(message, told, stop), CancellationToken.None)); }
    }

    /// <summary>Takes what is due from the outbox, until the server stops.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait = StoreFailedPause;
            try { wait = await DispatchAsync(stoppingToken); }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
            catch (Exception fault) { Log.OutboxFailed(_log, fault); }
            await WaitAsync(wait, stoppingToken);
        }
    }

    /// <summary>No new attempts; those under way may finish, for a while. What is durable is in the outbox.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using CancellationTokenSource patience = new(Limits.ApiGoodbye, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try { await Task.WhenAll(_underWay.Keys).WaitAsync(either.Token); }
        catch (OperationCanceledException) { /* The rest is cut off below. */ }
        await _stopping.CancelAsync();
        await Task.WhenAll(_underWay.Keys);
    }

    public override void Dispose()
    {
        base.Dispose();
        _stopping.Dispose();
        _post.Dispose();
    }

    private OutboxMessage? Message(CallRecord call, string type, OutboxLane lane, Func<string, ReadOnlyMemory<byte>> body)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return !_endpoints.ContainsKey(call.Project) ? null : new OutboxMessage
        {
            Id = Tokens.New("wh_", _random),
            CallId = call.Id,
            Project = call.Project,
            EventType = type,
            Body = body(Tokens.New("evt_", _random)),
            Lane = lane,
            CreatedAt = now,
            NextAttemptAt = now,
        };
    }

    // The ringing lane

    private async Task RingAsync(OutboxMessage message, Action<WebhookAttempt> told, CancellationToken stop)
    {
        // Answered, decided, or stopping: no further attempt.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop, _stopping.Token);
        var attempts = new List<Task>();
        long begun = _time.GetTimestamp(), lastBegun = begun;
        foreach (TimeSpan offset in WebhookSchedule.Ringing)
        {
            if (!await ReachAsync(offset - _time.GetElapsedTime(begun), enough.Token)) { break; }
            if (attempts.Count > 0 && !await HoldBackAsync(attempts[^1], Limits.WebhookPatience - _time.GetElapsedTime(lastBegun), enough.Token)) { break; }
            lastBegun = _time.GetTimestamp();
            attempts.Add(RingOnceAsync(message, attempts.Count + 1, told, enough));
        }
        await Task.WhenAll(attempts);
        await DoneAsync(message);
    }

    private async Task RingOnceAsync(OutboxMessage message, int attempt, Action<WebhookAttempt> told, CancellationTokenSource enough)
    {
        WebhookOutcome outcome = await AttemptAsync(message, attempt, _ringingSlots, told);
        if (outcome.IsDelivered || outcome.IsUnwanted) { await enough.CancelAsync(); }
    }

    /// <summary>A receiver that is merely slow is not told twice: the next attempt waits for the last one to fail, but not longer than our patience.</summary>
    private async Task<bool> HoldBackAsync(Task last, TimeSpan patience, CancellationToken enough)
    {
        if (patience > TimeSpan.Zero && !last.IsCompleted)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(enough);
            await Task.WhenAny(last, Task.Delay(patience, _time, waiting.Token));
            await waiting.CancelAsync();
        }
        return !enough.IsCancellationRequested;
    }

    private async Task<bool> ReachAsync(TimeSpan wait, CancellationToken enough)
    {
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return !enough.IsCancellationRequested;
    }

    // The durable lane

    /// <summary>Begins an attempt for everything that is due. Returns how long nothing will be, as far as it looks ahead.</summary>
    private async Task<TimeSpan> DispatchAsync(CancellationToken stopping)
    {
        DateTimeOffset now = _time.GetUtcNow();
        IReadOnlyList<OutboxMessage> due = await _outbox.DueAsync(now, DueAtOnce, stopping);
        await Task.WhenAll(due.Select(message => BeginAsync(message, now, stopping)));
        if (due.Count == DueAtOnce) { return TimeSpan.Zero; }
        DateTimeOffset? next = await _outbox.NextDueAsync(stopping);
        // Timers count whole milliseconds, and one that is early would only find nothing due yet.
        return next is { } at
            ? TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((at - _time.GetUtcNow()).TotalMilliseconds), 0, Limits.WebhookLook.TotalMilliseconds))
            : Timeout.InfiniteTimeSpan;
    }

    /// <summary>The attempt is counted before it is made: a crash in the middle leads to the next one at its time, not to a storm.</summary>
    private async Task BeginAsync(OutboxMessage message, DateTimeOffset now, CancellationToken stopping)
    {
        int attempt = message.Attempts + 1;
        if (now - message.CreatedAt > Limits.WebhookLife)
        {
            Log.GivenUp(_log, message.EventType, message.Id, message.CallId.Value, message.Attempts);
            Note(message, new WebhookAttempt(message.Id, message.EventType, message.Attempts, "", 0, $"given up after {Limits.WebhookLife.TotalHours:0} hours", TimeSpan.Zero, false));
            await _outbox.DoneAsync(message.Id, stopping);
            return;
        }
        await _outbox.PostponeAsync(message.Id, attempt, now + WebhookSchedule.DurableDelay(attempt, _random), stopping);
        Track(Task.Run(() => DeliverAsync(message, attempt), CancellationToken.None));
    }

    private async Task DeliverAsync(OutboxMessage message, int attempt)
    {
        WebhookOutcome outcome = await AttemptAsync(message, attempt, _durableSlots, told => Note(message, told));
        if (outcome.IsDelivered || outcome.IsUnwanted) { await DoneAsync(message); }
    }

    private void Note(OutboxMessage message, WebhookAttempt attempt) => _outbox.Note(message.CallId, WebhookEntry.Of(attempt, _time.GetUtcNow()));

    private async Task WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        if (wait != Timeout.InfiniteTimeSpan && wait <= TimeSpan.Zero) { return; }
        using var due = new CancellationTokenSource(wait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stopping);
        try { await _woken.Reader.ReadAsync(either.Token); }
        catch (OperationCanceledException) { /* Something is due, or the server stops: the loop looks. */ }
    }

    // Both

    private async Task<WebhookOutcome> AttemptAsync(OutboxMessage message, int attempt, DeliverySlots slots, Action<WebhookAttempt> told)
    {
        WebhookOutcome outcome;
        string url = "";
        if (!_endpoints.TryGetValue(message.Project, out WebhookEndpoint? endpoint))
        {
            outcome = new WebhookOutcome(0, $"the project {message.Project} has no webhook any more", TimeSpan.Zero);
        }
        else if (!slots.TryTake(message.Project))
        {
            (url, outcome) = (endpoint.ShownUrl, new WebhookOutcome(0, "too many webhooks of this project are unanswered; this attempt was left out", TimeSpan.Zero));
        }
        else
        {
            url = endpoint.ShownUrl;
            try { outcome = await _post.SendAsync(endpoint, message, _stopping.Token); }
            finally { slots.Return(message.Project); }
        }
        Log.Attempt(_log, message.EventType, message.Id, message.CallId.Value, attempt, url, outcome.Status, outcome.Error);
        told(new WebhookAttempt(message.Id, message.EventType, attempt, url, outcome.Status, outcome.Error, outcome.Took, outcome.IsDelivered));
        return outcome;
    }

    private async Task DoneAsync(OutboxMessage message)
    {
        // A row that stays behind is harmless: a ringing one goes at the next start, a durable one is delivered once more.
        try { await _outbox.DoneAsync(message.Id, CancellationToken.None); }
        catch (Exception fault) { Log.OutboxFailed(_log, fault); }
    }

    private void Track(Task task)
    {
        _underWay[task] = true;
        task.ContinueWith(
            static (done, state) =>
            {
                var sender = (WebhookSender)state!;
                sender._underWay.TryRemove(done, out _);
                if (done.Exception is { } fault) { Log.Faulted(sender._log, fault.GetBaseException()); }
            },
            this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Information, "Webhook {EventType} {WebhookId} of {CallId}, attempt {Attempt} to {Url}: {Status} {Error}")]
        public static partial void Attempt(ILogger log, string eventType, string webhookId, string callId, int attempt, string url, int status, string? error);

        [LoggerMessage(5002, LogLevel.Warning, "Webhook {EventType} {WebhookId} of {CallId} is given up after {Attempts} attempts")]
        public static partial void GivenUp(ILogger log, string eventType, string webhookId, string callId, int attempts);

        [LoggerMessage(5003, LogLevel.Error, "The outbox could not be read or written")]
        public static partial void OutboxFailed(ILogger log, Exception fault);

        [LoggerMessage(5004, LogLevel.Error, "A delivery broke")]
        public static partial void Faulted(ILogger log, Exception fault);
    }
}
