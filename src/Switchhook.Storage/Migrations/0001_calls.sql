-- Everything is a column that can be read and asked for by hand: times are UTC in ISO 8601 and sort as text,
-- states and reasons are the words the API uses, bodies and event data are JSON text (json_extract works on them).

CREATE TABLE calls (
    id               TEXT    NOT NULL PRIMARY KEY,
    project          TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    sip_call_id      TEXT    NOT NULL,
    sip_from         TEXT    NOT NULL,
    sip_to           TEXT    NOT NULL,
    peer             TEXT    NOT NULL,
    model            TEXT,
    created_at       TEXT    NOT NULL,
    accepted_at      TEXT,
    answered_at      TEXT,
    ended_at         TEXT,
    ended_by         TEXT,
    ended_because    TEXT,
    sip_status       INTEGER,
    recording        TEXT,
    timeline_gap     INTEGER NOT NULL,
    -- The media counters are all there or, for a call that never had audio, all absent
    -- (round_trip_ms and remote_lost need a report of the peer as well).
    rtp_sent         INTEGER,
    rtp_received     INTEGER,
    rtp_lost         INTEGER,
    rtp_late         INTEGER,
    rtp_dropped      INTEGER,
    frames_concealed INTEGER,
    jitter_ms        REAL,
    delay_ms         INTEGER,
    round_trip_ms    REAL,
    remote_lost      INTEGER,
    mos              REAL
);

-- Pages of a project's calls, newest first.
CREATE INDEX calls_newest ON calls (project, created_at DESC, id DESC);

-- What the process that died has left alive.
CREATE INDEX calls_alive ON calls (state) WHERE state <> 'ended';

-- With a rowid the rows lie in the order they were written, whichever call they belong to: appending touches one page.
CREATE TABLE timeline (
    call_id  TEXT    NOT NULL,
    sequence INTEGER NOT NULL,
    at       TEXT    NOT NULL,
    plane    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    data     TEXT,
    PRIMARY KEY (call_id, sequence)
);

CREATE TABLE outbox (
    id              TEXT    NOT NULL PRIMARY KEY,
    call_id         TEXT    NOT NULL,
    project         TEXT    NOT NULL,
    event_type      TEXT    NOT NULL,
    body            TEXT    NOT NULL,
    lane            TEXT    NOT NULL,
    created_at      TEXT    NOT NULL,
    next_attempt_at TEXT    NOT NULL,
    attempts        INTEGER NOT NULL
);

CREATE INDEX outbox_due ON outbox (next_attempt_at, created_at) WHERE lane = 'durable';
