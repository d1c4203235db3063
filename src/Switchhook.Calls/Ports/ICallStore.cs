
namespace Switchhook.Calls.Ports;

/// <summary>
/// What calls leave behind. Birth and end wait for the disk; everything between is queued in order.
/// Reads see at least what was awaited.
/// </summary>
public interface ICallStore
{
    /// <summary>The call's row and its webhook's outbox row in one transaction; durable when the task is done.</summary>
    Task BornAsync(CallRecord call, OutboxMessage? webhook, CancellationToken cancellation);

    /// <summary>Queued, in order. False when the queue is full: the caller counts the gap.</summary>
    bool Append(CallId call, TimelineEntry entry);

    /// <summary>Queued, in order: the call was answered, so that a crash in the middle of it leaves more than its birth. False when the queue is full.</summary>
    bool Answered(CallRecord call);

    /// <summary>The final record and the outbox row that tells of it, in one transaction, after all that was appended before.</summary>
    Task EndedAsync(CallRecord call, OutboxMessage? webhook, CancellationToken cancellation);

    Task<CallRecord?> FindAsync(CallId call, CancellationToken cancellation);

    /// <summary>Newest first. <paramref name="before"/> is the last id of the page before, or null.</summary>
    Task<IReadOnlyList<CallRecord>> ListAsync(string project, int limit, CallId? before, CancellationToken cancellation);

    /// <summary>Entries with a greater sequence than <paramref name="after"/>, in order.</summary>
    Task<IReadOnlyList<TimelineEntry>> TimelineAsync(CallId call, long after, int limit, CancellationToken cancellation);

    /// <summary>Calls that were alive when the process died: each is ended now, with a reason. Returns how many.</summary>
    Task<int> CloseAbandonedAsync(DateTimeOffset now, CancellationToken cancellation);
}
