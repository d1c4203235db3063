using System.Runtime.CompilerServices;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Server.Api;

/// <summary>
/// One call's history from where it lies: a living call has the newest entries in memory, all older ones are in the store.
/// </summary>
internal sealed class TimelineReading(ApiParts parts, CallId id, Call? living)
{
    private const int PageEntries = 500;

    /// <summary>True when nothing more will be added.</summary>
    public bool IsComplete => living is null;

    public async Task<IReadOnlyList<TimelineEntry>> PageAsync(long after, int limit, CancellationToken cancellation)
    {
        List<TimelineEntry> page = [];
        await foreach (TimelineEntry entry in AllAsync(after, follow: false, cancellation))
        {
            page.Add(entry);
            if (page.Count == limit) { break; }
        }
        return page;
    }

    /// <summary>Every entry with a greater sequence than <paramref name="after"/>, and then, with <paramref name="follow"/>, what happens until the call has ended.</summary>
    public async IAsyncEnumerable<TimelineEntry> AllAsync(long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (living is not null)
        {
            await foreach (TimelineEntry entry in RememberedAsync(living, after, follow, cancellation))
            {
                // What the call does not remember any more: the beginning of a long one, and what a slow reader was late for.
                await foreach (TimelineEntry forgotten in StoredAsync(after, entry.Sequence, cancellation)) { yield return forgotten; }
                after = entry.Sequence;
                yield return entry;
            }
            yield break;
        }
        await foreach (TimelineEntry entry in StoredAsync(after, long.MaxValue, cancellation)) { yield return entry; }
    }

    /// <summary>What is in the store between the two sequences.</summary>
    private async IAsyncEnumerable<TimelineEntry> StoredAsync(long after, long until, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (after < until - 1)
        {
            IReadOnlyList<TimelineEntry> page = await parts.Store.TimelineAsync(id, after, PageEntries, cancellation);
            foreach (TimelineEntry entry in page)
            {
                if (entry.Sequence >= until) { yield break; }
                yield return entry;
            }
            if (page.Count == 0) { yield break; }
            after = page[^1].Sequence;
        }
    }

    private static async IAsyncEnumerable<TimelineEntry> RememberedAsync(Call call, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (follow)
        {
            await foreach (TimelineEntry entry in UntilEndedAsync(call, after, cancellation))
            {
                after = entry.Sequence;
                yield return entry;
            }
        }
        foreach (TimelineEntry entry in call.Timeline.Read(after)) { yield return entry; }
    }

    /// <summary>
    /// As it happens. The SIP plane may have a word to say for another half a minute after the end (repeated messages, RFC 3261
    /// timer J); nobody who follows a call waits for that.
    /// </summary>
    private static async IAsyncEnumerable<TimelineEntry> UntilEndedAsync(Call call, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = call.HasEnded.ContinueWith(
            (_, source) => ((CancellationTokenSource)source!).Cancel(), ended, ended.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        await using IAsyncEnumerator<TimelineEntry> entries = call.Timeline.FollowAsync(after, ended.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await MovedAsync(entries, cancellation)) { yield return entries.Current; }
    }

    private static async ValueTask<bool> MovedAsync(IAsyncEnumerator<TimelineEntry> entries, CancellationToken cancellation)
    {
        try { return await entries.MoveNextAsync(); }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { return false; }
    }
}
