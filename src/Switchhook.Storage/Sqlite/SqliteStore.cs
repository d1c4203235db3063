using System.Threading.Channels;
using Switchhook.Calls.Ports;

namespace Switchhook.Storage.Sqlite;

/// <summary>The store in one SQLite file: one connection that writes, a few that read. Old calls are kept until somebody deletes them.</summary>
public sealed class SqliteStore : ICallStore, IOutbox, IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteWrites? _writes;
    private readonly StoreWriter? _writer;
    private readonly Channel<SqliteReads> _readers = Channel.CreateBounded<SqliteReads>(Limits.StoreReaders);

    private SqliteStore(SqliteDatabase database, SqliteWrites? writes, int readers, Action<StoreException> failed)
    {
        _database = database;
        _writes = writes;
        for (int count = 0; count < readers; count++) { _readers.Writer.TryWrite(database.OpenReads()); }
        _writer = writes is null ? null : new StoreWriter(Limits.StoreRows, writes.Commit, failed);
    }

    /// <summary>Opens the database for a server; file and directory are made when they are missing. <paramref name="failed"/> is told of writes that the disk refused.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message is for the operator.</exception>
    public static SqliteStore Open(string path, Action<StoreException> failed)
    {
        SqliteDatabase database = SqliteDatabase.Hold(path);
        try
        {
            return new SqliteStore(database, database.OpenWrites(), Limits.StoreReaders, failed);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens the database to read it, beside a server or without one.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message is for the operator.</exception>
    public static SqliteStore OpenToRead(string path) => new(SqliteDatabase.LookAt(path), null, 1, _ => { });

    public string Path => _database.Path;

    public long RowsWritten => _writer?.RowsWritten ?? 0;

    /// <summary>Rows the disk refused, or for which the queue had no room.</summary>
    public long RowsLost => _writer?.RowsLost ?? 0;

    /// <summary>Rows that wait for the disk now.</summary>
    public int RowsWaiting => _writer?.RowsWaiting ?? 0;

    private StoreWriter Writer => _writer ?? throw new StoreException($"The database {Path} is open to be read only.");

    public Task BornAsync(CallRecord call, OutboxMessage? webhook, CancellationToken cancellation) =>
        Writer.WriteNowAsync(new StoreWrite.Save(call, webhook), cancellation);

    public bool Append(CallId call, TimelineEntry entry) => Writer.TryQueue(new StoreWrite.Entry(call, entry));

    public bool Answered(CallRecord call) => Writer.TryQueue(new StoreWrite.Save(call, null));

    public Task EndedAsync(CallRecord call, OutboxMessage? webhook, CancellationToken cancellation) =>
        Writer.WriteAsync(new StoreWrite.Save(call, webhook), cancellation);

    public Task<CallRecord?> FindAsync(CallId call, CancellationToken cancellation) =>
        ReadAsync(reads => reads.Find(call), cancellation);

    public Task<IReadOnlyList<CallRecord>> ListAsync(string project, int limit, CallId? before, CancellationToken cancellation) =>
        ReadAsync(reads => reads.List(project, limit, before), cancellation);

    public Task<IReadOnlyList<TimelineEntry>> TimelineAsync(CallId call, long after, int limit, CancellationToken cancellation) =>
        ReadAsync(reads => reads.Timeline(call, after, limit), cancellation);

    public async Task<int> CloseAbandonedAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var abandoned = new StoreWrite.Abandoned(now);
        await Writer.WriteAsync(abandoned, cancellation);
        return abandoned.Count;
    }

    public Task<IReadOnlyList<OutboxMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        ReadAsync(reads => reads.Due(now, limit), cancellation);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) =>
        ReadAsync(reads => reads.NextDue(), cancellation);

    public Task DoneAsync(string id, CancellationToken cancellation) =>
        Writer.WriteAsync(new StoreWrite.Delivered(id), cancellation);

    public Task PostponeAsync(string id, int attempts, DateTimeOffset nextAttemptAt, CancellationToken cancellation) =>
        Writer.WriteAsync(new StoreWrite.Postponed(id, attempts, nextAttemptAt), cancellation);

    public bool Note(CallId call, TimelineEntry entry) => Writer.TryQueue(new StoreWrite.LateEntry(call, entry));

    /// <summary>Writes what is queued, then closes the file. A question that is still being answered closes its own connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is not null) { await _writer.DisposeAsync(); }
        _readers.Writer.TryComplete();
        while (_readers.Reader.TryRead(out SqliteReads? reads)) { reads.Dispose(); }
        _writes?.Dispose();
        _database.Dispose();
    }

    private async Task<T> ReadAsync<T>(Func<SqliteReads, T> read, CancellationToken cancellation)
    {
        SqliteReads reads;
        try
        {
            reads = await _readers.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException closed)
        {
            throw new StoreException("The store is closed.", closed);
        }
        try
        {
            return read(reads);
        }
        catch (Microsoft.Data.Sqlite.SqliteException fault)
        {
            throw new StoreException($"The database {Path} could not be read: {fault.Message}", fault);
        }
        finally
        {
            if (!_readers.Writer.TryWrite(reads)) { reads.Dispose(); }
        }
    }
}
