using System.Threading.Channels;

namespace Switchhook.Storage;

/// <summary>
/// The one writer of a store. Whatever has been queued when it looks is one transaction, in the order it came, so the
/// cost of the disk is shared by all calls that wait for it. A batch that fails is told to those who wait and counted;
/// the writer goes on with the next.
/// </summary>
/// <remarks>
/// It runs on a thread of its own: a disk that takes its time must not hold a thread of the pool, which answers the API.
/// </remarks>
internal sealed class StoreWriter : IAsyncDisposable
{
    private readonly Channel<Queued> _queue;
    private readonly Action<IReadOnlyList<StoreWrite>, bool> _commit;
    private readonly Action<StoreException> _failed;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _bytesMax;
    private long _bytesWaiting;
    private long _rowsWritten;
    private long _rowsLost;

    /// <param name="rows">How many rows may wait.</param>
    /// <param name="commit">Writes a batch in one transaction, or throws and writes nothing. When it is told that somebody waits, it returns after the disk has it.</param>
    /// <param name="failed">Told of every batch that could not be written.</param>
    /// <param name="bytesMax">How many bytes of rows may wait for which nobody waits.</param>
    public StoreWriter(int rows, Action<IReadOnlyList<StoreWrite>, bool> commit, Action<StoreException> failed, long bytesMax = Limits.StoreBytes)
    {
        _queue = Channel.CreateBounded<Queued>(new BoundedChannelOptions(rows) { SingleReader = true });
        _bytesMax = bytesMax;
        _commit = commit;
        _failed = failed;
        new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();
    }

    public long RowsWritten => Interlocked.Read(ref _rowsWritten);

    /// <summary>Rows of batches that failed, and rows for which there was no room.</summary>
    public long RowsLost => Interlocked.Read(ref _rowsLost);

    public int RowsWaiting => _queue.Reader.Count;

    /// <summary>Queued, and nobody waits for it. False when the queue is full or closed.</summary>
    public bool TryQueue(StoreWrite write)
    {
        if (Interlocked.Add(ref _bytesWaiting, write.Bytes) <= _bytesMax && _queue.Writer.TryWrite(new Queued(write, null))) { return true; }
        Interlocked.Add(ref _bytesWaiting, -write.Bytes);
        Interlocked.Increment(ref _rowsLost);
        return false;
    }

    /// <summary>Done when the disk has it. A full queue is an error at once: who asks has something better to do than to wait.</summary>
    public Task WriteNowAsync(StoreWrite write, CancellationToken cancellation)
    {
        var queued = new Queued(write, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _queue.Writer.TryWrite(queued)
            ? queued.Committed!.Task.WaitAsync(cancellation)
            : Task.FromException(new StoreException(_finished.Task.IsCompleted
                ? "The store is closed." : $"{RowsWaiting} rows are waiting for the disk: the store takes no new ones."));
    }

    /// <summary>Done when the disk has it; waits for room. Cancelling ends the waiting, not a write that is queued.</summary>
    public async Task WriteAsync(StoreWrite write, CancellationToken cancellation)
    {
        var queued = new Queued(write, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _queue.Writer.WriteAsync(queued, cancellation);
        }
        catch (ChannelClosedException closed)
        {
            throw new StoreException("The store is closed.", closed);
        }
        await queued.Committed!.Task.WaitAsync(cancellation);
    }

    /// <summary>Takes nothing more and returns when all that was queued is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _finished.Task;
    }

    private void Run()
    {
        var batch = new List<Queued>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            // The bound keeps a batch from growing for ever under writers that are as fast as this loop.
            while (batch.Count < Limits.StoreRows && _queue.Reader.TryRead(out Queued queued)) { batch.Add(queued); }
            Commit(batch);
            Interlocked.Add(ref _bytesWaiting, -batch.Sum(queued => queued.Committed is null ? (long)queued.Write.Bytes : 0));
            batch.Clear();
        }
        _finished.SetResult();
    }

    private void Commit(List<Queued> batch)
    {
        try
        {
            _commit(batch.ConvertAll(queued => queued.Write), batch.Exists(queued => queued.Committed is not null));
        }
        catch (Exception fault)
        {
            var error = new StoreException($"{batch.Count} rows could not be written: {fault.Message}", fault);
            Interlocked.Add(ref _rowsLost, batch.Count);
            _failed(error);     // before those who wait go on: what they then read counts this failure
            foreach (Queued queued in batch) { queued.Committed?.SetException(error); }
            return;
        }
        Interlocked.Add(ref _rowsWritten, batch.Count);
        foreach (Queued queued in batch) { queued.Committed?.SetResult(); }
    }

    private readonly record struct Queued(StoreWrite Write, TaskCompletionSource? Committed);
}
