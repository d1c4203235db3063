using Microsoft.Data.Sqlite;
using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Storage.Sqlite;

/// <summary>The statements that read, on a connection of their own: a reader waits for no writer, and no writer for a reader (WAL).</summary>
internal sealed class SqliteReads : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _newest;
    private readonly SqliteStatement _before;
    private readonly SqliteStatement _timeline;
    private readonly SqliteStatement _due;
    private readonly SqliteStatement _nextDue;

    public SqliteReads(SqliteConnection connection)
    {
        _connection = connection;
        _find = new(connection, "SELECT * FROM calls WHERE id = ?1", 1);
        _newest = new(connection, "SELECT * FROM calls WHERE project = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2", 2);
        // A page before a call that is not there, or not of this project, is empty.
        _before = new(connection, """
            SELECT * FROM calls
            WHERE project = ?1 AND (created_at, id) < (SELECT created_at, id FROM calls WHERE id = ?3 AND project = ?1)
            ORDER BY created_at DESC, id DESC LIMIT ?2
            """, 3);
        _timeline = new(connection, """
            SELECT sequence, at, plane, kind, text, CAST(data AS BLOB) FROM timeline
            WHERE call_id = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3
            """, 3);
        _due = new(connection, """
            SELECT id, call_id, project, event_type, CAST(body AS BLOB), lane, created_at, next_attempt_at, attempts FROM outbox
            WHERE lane = 'durable' AND next_attempt_at <= ?1 ORDER BY next_attempt_at, created_at LIMIT ?2
            """, 2);
        _nextDue = new(connection, "SELECT min(next_attempt_at) FROM outbox WHERE lane = 'durable'");
    }

    public CallRecord? Find(CallId call)
    {
        using SqliteDataReader row = _find.Query(call.Value);
        return row.Read() ? Call(row) : null;
    }

    public IReadOnlyList<CallRecord> List(string project, int limit, CallId? before) =>
        ReadAll(before is { } id ? _before.Query(project, limit, id.Value) : _newest.Query(project, limit), Call);

    public IReadOnlyList<TimelineEntry> Timeline(CallId call, long after, int limit) =>
        ReadAll(_timeline.Query(call.Value, after, limit), Entry);

    public IReadOnlyList<OutboxMessage> Due(DateTimeOffset now, int limit) =>
        ReadAll(_due.Query(SqliteText.Of(now), limit), Message);

    public DateTimeOffset? NextDue()
    {
        using SqliteDataReader row = _nextDue.Query();
        return row.Read() ? Time(row, 0) : null;
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in (SqliteStatement[])[_find, _newest, _before, _timeline, _due, _nextDue]) { statement.Dispose(); }
        _connection.Dispose();
    }

    private static List<T> ReadAll<T>(SqliteDataReader rows, Func<SqliteDataReader, T> read)
    {
        using (rows)
        {
            var all = new List<T>();
            while (rows.Read()) { all.Add(read(rows)); }
            return all;
        }
    }

    private static CallRecord Call(SqliteDataReader row) => new()
    {
        Id = ToCallId(row.GetString(0)),
        Project = row.GetString(1),
        State = SqliteText.ToValue<CallState>(row.GetString(2)),
        SipCallId = row.GetString(3),
        From = row.GetString(4),
        To = row.GetString(5),
        Peer = row.GetString(6),
        Model = Text(row, 7),
        CreatedAt = SqliteText.ToTime(row.GetString(8)),
        AcceptedAt = Time(row, 9),
        AnsweredAt = Time(row, 10),
        EndedAt = Time(row, 11),
        Ended = row.IsDBNull(12) ? null : new EndReason(
            SqliteText.ToValue<EndedBy>(row.GetString(12)), SqliteText.ToValue<EndedBecause>(row.GetString(13)),
            row.IsDBNull(14) ? null : row.GetInt32(14)),
        Recording = Text(row, 15),
        TimelineGap = row.GetInt64(16),
        Media = row.IsDBNull(17) ? null : Stats(row),
    };

    private static MediaStats Stats(SqliteDataReader row) => new()
    {
        PacketsSent = row.GetInt64(17),
        PacketsReceived = row.GetInt64(18),
        PacketsLost = row.GetInt64(19),
        PacketsLate = row.GetInt64(20),
        PacketsDropped = row.GetInt64(21),
        FramesConcealed = row.GetInt64(22),
        JitterMs = row.GetDouble(23),
        DelayMs = row.GetInt32(24),
        RoundTripMs = row.IsDBNull(25) ? null : row.GetDouble(25),
        RemoteLost = row.IsDBNull(26) ? null : row.GetInt64(26),
        Mos = row.GetDouble(27),
    };

    private static TimelineEntry Entry(SqliteDataReader row) => new(
        row.GetInt64(0), SqliteText.ToTime(row.GetString(1)), SqliteText.ToValue<Plane>(row.GetString(2)), row.GetString(3), row.GetString(4),
        row.IsDBNull(5) ? default : row.GetFieldValue<byte[]>(5));

    private static OutboxMessage Message(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        CallId = ToCallId(row.GetString(1)),
        Project = row.GetString(2),
        EventType = row.GetString(3),
        Body = row.GetFieldValue<byte[]>(4),
        Lane = SqliteText.ToValue<OutboxLane>(row.GetString(5)),
        CreatedAt = SqliteText.ToTime(row.GetString(6)),
        NextAttemptAt = SqliteText.ToTime(row.GetString(7)),
        Attempts = row.GetInt32(8),
    };

    private static CallId ToCallId(string text) =>
        CallId.TryParse(text, out CallId id) ? id : throw new StoreException($"\"{text}\" in the database is no call id.");

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : SqliteText.ToTime(row.GetString(column));
}
