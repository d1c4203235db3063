using Switchhook.Calls.Timeline;
using Switchhook.Sip;

namespace Switchhook.Calls.Ports;

public enum OutboxLane : byte
{
    /// <summary>While the phone rings: at once, then after 0.5, 1, 2 and 4 s, and no longer than it rings (S5).</summary>
    Ringing,
    /// <summary>Exponential, for up to <see cref="Limits.WebhookLife"/>.</summary>
    Durable,
}

/// <summary>One webhook to be delivered: these very bytes, under this id, however often (realtime-api §2).</summary>
public sealed record OutboxMessage
{
    /// <summary><c>wh_…</c>, the same on every attempt.</summary>
    public required string Id { get; init; }
    public required CallId CallId { get; init; }
    public required string Project { get; init; }
    public required string EventType { get; init; }
    public required ReadOnlyMemory<byte> Body { get; init; }
    public required OutboxLane Lane { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset NextAttemptAt { get; init; }
    public int Attempts { get; init; }
}

/// <summary>The webhooks that are still to be delivered. They survive the process.</summary>
public interface IOutbox
{
    /// <summary>Messages of the durable lane whose next attempt is due, oldest first.</summary>
    Task<IReadOnlyList<OutboxMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>When the next message of the durable lane is due, or null.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation);

    /// <summary>Delivered, given up, or no longer wanted: gone from the outbox. The timeline keeps the story.</summary>
    Task DoneAsync(string id, CancellationToken cancellation);

    Task PostponeAsync(string id, int attempts, DateTimeOffset nextAttemptAt, CancellationToken cancellation);

    /// <summary>An entry for the timeline of a call that has ended: the store gives it the next sequence. Queued, in order; false when the queue is full.</summary>
    bool Note(CallId call, TimelineEntry entry);
}

/// <summary>Who delivers webhooks. The message is in the store already.</summary>
public interface IWebhooks
{
    /// <summary><c>realtime.call.incoming</c> (realtime-api §2.2), or null when the project has no webhook. <paramref name="headers"/> are the INVITE's.</summary>
    OutboxMessage? Incoming(CallRecord call, IReadOnlyList<SipHeader> headers);

    /// <summary><c>switchhook.call.ended</c>, or null when the project has no webhook.</summary>
    OutboxMessage? Ended(CallRecord call);

    /// <summary>
    /// Begin to deliver now. In the ringing lane every attempt is told to <paramref name="told"/>, and cancelling stops the
    /// retries. A durable message outlives its call and perhaps the process: its attempts go on the timeline by
    /// <see cref="IOutbox.Note"/>, and nothing stops it but success, 410, or its age.
    /// </summary>
    void Send(OutboxMessage message, Action<WebhookAttempt> told, CancellationToken stop);
}

/// <summary>One attempt: <paramref name="Status"/> is the receiver's, or 0 when there was none and <paramref name="Error"/> says why.</summary>
public sealed record WebhookAttempt(string Id, string EventType, int Attempt, string Url, int Status, string? Error, TimeSpan Took, bool IsDelivered);
