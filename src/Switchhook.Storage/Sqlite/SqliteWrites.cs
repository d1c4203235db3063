using Microsoft.Data.Sqlite;
using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Storage.Sqlite;

/// <summary>The statements that write, on the one connection that does. Used by the writer's thread alone.</summary>
internal sealed class SqliteWrites : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _save;
    private readonly SqliteStatement _entry;
    private readonly SqliteStatement _lateEntry;
    private readonly SqliteStatement _webhook;
    private readonly SqliteStatement _delivered;
    private readonly SqliteStatement _postponed;
    private readonly SqliteStatement _abandonedEntries;
    private readonly SqliteStatement _abandonedCalls;
    private readonly SqliteStatement _abandonedWebhooks;
    private bool _isFull = true;

    public SqliteWrites(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new(connection, "BEGIN IMMEDIATE");
        _commit = new(connection, "COMMIT");
        _rollback = new(connection, "ROLLBACK");
        _save = new(connection, Save, 28);
        _entry = new(connection, "INSERT INTO timeline VALUES (?1, ?2, ?3, ?4, ?5, ?6, CAST(?7 AS TEXT)) ON CONFLICT DO NOTHING", 7);
        _lateEntry = new(connection, """
            INSERT INTO timeline
            SELECT ?1, 1 + coalesce(max(sequence), 0), ?2, ?3, ?4, ?5, CAST(?6 AS TEXT) FROM timeline WHERE call_id = ?1
            """, 6);
        _webhook = new(connection, "INSERT INTO outbox VALUES (?1, ?2, ?3, ?4, CAST(?5 AS TEXT), ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING", 9);
        _delivered = new(connection, "DELETE FROM outbox WHERE id = ?1", 1);
        _postponed = new(connection, "UPDATE outbox SET attempts = ?2, next_attempt_at = ?3 WHERE id = ?1", 3);
        _abandonedEntries = new(connection, """
            INSERT INTO timeline
            SELECT id, 1 + coalesce((SELECT max(sequence) FROM timeline WHERE call_id = id), 0), ?1, ?2, 'call.ended', ?3, NULL
            FROM calls WHERE state <> 'ended'
            """, 3);
        _abandonedCalls = new(connection, "UPDATE calls SET state = 'ended', ended_at = ?1, ended_by = ?2, ended_because = ?3 WHERE state <> 'ended'", 3);
        _abandonedWebhooks = new(connection, "DELETE FROM outbox WHERE lane = ?1", 1);
    }

    /// <summary>One transaction. <paramref name="durable"/>: somebody waits, so it returns when it would survive a power cut.</summary>
    public void Commit(IReadOnlyList<StoreWrite> batch, bool durable)
    {
        // Rows for which nobody waits survive the death of the process at once, and a power cut from the next durable commit on.
        if (durable != _isFull)
        {
            using SqliteStatement synchronous = new(_connection, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            synchronous.Execute();
            _isFull = durable;
        }
        _begin.Execute();
        try
        {
            foreach (StoreWrite write in batch) { Perform(write); }
            _commit.Execute();
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in (SqliteStatement[])
            [_begin, _commit, _rollback, _save, _entry, _lateEntry, _webhook, _delivered, _postponed, _abandonedEntries, _abandonedCalls, _abandonedWebhooks])
        {
            statement.Dispose();
        }
        _connection.Dispose();
    }

    private void Rollback()
    {
        try { _rollback.Execute(); }
        catch (SqliteException)
        {
            // A full disk or a failed write has ended the transaction already; then there is nothing to roll back.
        }
    }

    private void Perform(StoreWrite write)
    {
        switch (write)
        {
            case StoreWrite.Save save:
                SaveCall(save.Call);
                if (save.Webhook is { } webhook) { Queue(webhook); }
                break;

            case StoreWrite.Entry(CallId call, TimelineEntry what):
                // After its end a call still counts what the dialog says, while late entries are counted here: whoever finds
                // the number taken gets the next one, and nothing is lost.
                if (_entry.Execute(call.Value, what.Sequence, SqliteText.Of(what.At), SqliteText.Word(what.Plane), what.Kind, what.Text, Bytes(what.Data)) == 0) { AddLate(call, what); }
                break;

            case StoreWrite.LateEntry(CallId call, TimelineEntry what):
                AddLate(call, what);
                break;

            case StoreWrite.Delivered delivered:
                _delivered.Execute(delivered.Id);
                break;

            case StoreWrite.Postponed postponed:
                _postponed.Execute(postponed.Id, postponed.Attempts, SqliteText.Of(postponed.NextAttemptAt));
                break;

            case StoreWrite.Abandoned abandoned:
                EndAbandoned(abandoned);
                break;
        }
    }

    private void AddLate(CallId call, TimelineEntry what) =>
        _lateEntry.Execute(call.Value, SqliteText.Of(what.At), SqliteText.Word(what.Plane), what.Kind, what.Text, Bytes(what.Data));

    private void EndAbandoned(StoreWrite.Abandoned abandoned)
    {
        string now = SqliteText.Of(abandoned.Now);
        _abandonedEntries.Execute(now, SqliteText.Word(Plane.Call), "The process that held this call died; the call ended with it.");
        abandoned.Count = _abandonedCalls.Execute(now, SqliteText.Word(EndedBy.Switchhook), SqliteText.Word(EndedBecause.ProcessDied));
        // These tell of phones that ring no longer.
        _abandonedWebhooks.Execute(SqliteText.Word(OutboxLane.Ringing));
    }

    private void Queue(OutboxMessage webhook) => _webhook.Execute(
        webhook.Id, webhook.CallId.Value, webhook.Project, webhook.EventType, Bytes(webhook.Body) ?? [], SqliteText.Word(webhook.Lane),
        SqliteText.Of(webhook.CreatedAt), SqliteText.Of(webhook.NextAttemptAt), webhook.Attempts);

    private const string Save = """
        INSERT INTO calls VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
            ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28)
        ON CONFLICT (id) DO UPDATE SET
            state = ?3, model = ?8, accepted_at = ?10, answered_at = ?11, ended_at = ?12, ended_by = ?13, ended_because = ?14,
            sip_status = ?15, recording = ?16, timeline_gap = ?17,
            rtp_sent = ?18, rtp_received = ?19, rtp_lost = ?20, rtp_late = ?21, rtp_dropped = ?22, frames_concealed = ?23,
            jitter_ms = ?24, delay_ms = ?25, round_trip_ms = ?26, remote_lost = ?27, mos = ?28
        """;

    private void SaveCall(CallRecord call)
    {
        MediaStats? media = call.Media;
        _save.Execute(
            call.Id.Value, call.Project, SqliteText.Word(call.State), call.SipCallId, call.From, call.To, call.Peer, call.Model,
            SqliteText.Of(call.CreatedAt), SqliteText.Of(call.AcceptedAt), SqliteText.Of(call.AnsweredAt), SqliteText.Of(call.EndedAt),
            call.Ended is { } by ? SqliteText.Word(by.By) : null,
            call.Ended is { } why ? SqliteText.Word(why.Because) : null,
            call.Ended?.SipStatus, call.Recording, call.TimelineGap,
            media?.PacketsSent, media?.PacketsReceived, media?.PacketsLost, media?.PacketsLate, media?.PacketsDropped, media?.FramesConcealed,
            Number(media?.JitterMs), media?.DelayMs, Number(media?.RoundTripMs), media?.RemoteLost, Number(media?.Mos));
    }

    private static byte[]? Bytes(ReadOnlyMemory<byte> data) => data.IsEmpty ? null : data.ToArray();

    // SQLite has no NaN, and one estimate that went wrong must not cost a whole batch.
    private static double? Number(double? value) => value is double.NaN ? 0 : value;
}
