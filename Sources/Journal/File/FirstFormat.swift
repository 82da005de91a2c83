/// The schema of journals of format 1, which programs before version 0.2 wrote: they are read, and rewritten as format 2
/// before anything is appended.
enum FirstFormat {
  static let schema = """
    PRAGMA application_id = 1397770801;
    PRAGMA user_version = 1;
    CREATE TABLE actors (
      id   INTEGER PRIMARY KEY,
      user TEXT NOT NULL,
      host TEXT NOT NULL,
      arn  TEXT,
      tool TEXT NOT NULL
    ) STRICT;
    CREATE TABLE events (
      seq        INTEGER PRIMARY KEY CHECK (seq > 0),
      run        INTEGER NOT NULL,
      event      TEXT    NOT NULL,
      at         INTEGER NOT NULL,
      actor      INTEGER NOT NULL REFERENCES actors (id),
      change     INTEGER,
      unit       INTEGER,
      stage      INTEGER,
      planned    INTEGER,
      table_name TEXT,
      key        TEXT,
      before     TEXT,
      after      TEXT,
      detail     TEXT,
      body       BLOB,
      hash       BLOB    NOT NULL,
      CONSTRAINT a_hash_is_32_bytes CHECK (length(hash) = 32),
      CONSTRAINT an_event_is_of_a_known_kind CHECK (
        event = 'planned' OR event = 'applied' OR event = 'compensated' OR event = 'failed' OR event = 'note'
        OR event = 'checkpoint' OR event = 'input' OR event = 'started' OR event = 'sealed' OR event = 'backedUp'
        OR event = 'applyStarted' OR event = 'inspected' OR event = 'interrupted' OR event = 'resumed' OR event = 'rollbackStarted'
        OR event = 'finished'),
      CONSTRAINT change_events_name_their_change CHECK (
        (change IS NOT NULL) = (event = 'planned' OR event = 'applied' OR event = 'compensated' OR event = 'failed')),
      CONSTRAINT a_planned_change_has_an_image CHECK (
        event <> 'planned' OR (table_name IS NOT NULL AND (before IS NOT NULL OR after IS NOT NULL))),
      CONSTRAINT an_outcome_names_what_was_planned CHECK (
        (planned IS NOT NULL) = (event = 'applied' OR event = 'compensated' OR event = 'failed'))
    ) STRICT;
    CREATE INDEX run_events ON events (run) WHERE change IS NULL;
    CREATE TRIGGER events_are_never_updated BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an event is never updated'); END;
    CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an event is never deleted'); END;
    CREATE TRIGGER actors_are_never_updated BEFORE UPDATE ON actors
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an actor is never updated'); END;
    CREATE TRIGGER actors_are_never_deleted BEFORE DELETE ON actors
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an actor is never deleted'); END;
    CREATE VIEW runs AS
    SELECT
      json_extract(s.detail, '$.run')       AS run,
      json_extract(s.detail, '$.migration') AS migration,
      json_extract(s.detail, '$.target')    AS target,
      json_extract(s.detail, '$.reason')    AS reason,
      a.user || '@' || a.host  AS actor,
      strftime('%Y-%m-%dT%H:%M:%fZ', s.at / 1e6, 'unixepoch') AS started_at,
      (SELECT e.event FROM events e
        WHERE e.run = s.seq AND e.change IS NULL AND e.event NOT IN ('note', 'input', 'checkpoint', 'inspected')
        ORDER BY e.seq DESC LIMIT 1) AS last_event,
      (SELECT json_extract(e.detail, '$.state') FROM events e
        WHERE e.run = s.seq AND e.change IS NULL AND e.event = 'finished'
        ORDER BY e.seq DESC LIMIT 1) AS last_outcome,
      s.seq                    AS first_seq
    FROM events s JOIN actors a ON a.id = s.actor
    WHERE s.event = 'started' AND s.change IS NULL;
    CREATE VIEW item_history AS
    SELECT
      e.seq                    AS seq,
      strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1e6, 'unixepoch') AS at,
      e.event                  AS event,
      json_extract(s.detail, '$.run')       AS run,
      json_extract(s.detail, '$.migration') AS migration,
      p.table_name             AS table_name,
      p.key                    AS key,
      p.before                 AS before,
      p.after                  AS after,
      p.change                 AS change,
      e.detail                 AS detail,
      a.user || '@' || a.host  AS actor,
      json_extract(s.detail, '$.reason')    AS reason
    FROM events e
    JOIN events p ON p.seq = coalesce(e.planned, e.seq)
    JOIN events s ON s.seq = e.run
    JOIN actors a ON a.id = e.actor
    WHERE e.change IS NOT NULL;
    CREATE VIEW changes AS
    SELECT
      json_extract(s.detail, '$.run')       AS run,
      json_extract(s.detail, '$.migration') AS migration,
      p.change                 AS change,
      p.unit                   AS unit,
      p.stage                  AS stage,
      p.table_name             AS table_name,
      p.key                    AS key,
      p.before                 AS before,
      p.after                  AS after,
      o.event                  AS outcome,
      o.detail                 AS detail,
      p.seq                    AS planned_seq,
      o.seq                    AS outcome_seq
    FROM events p
    JOIN events s ON s.seq = p.run
    LEFT JOIN (SELECT planned, max(seq) AS seq FROM events WHERE planned IS NOT NULL GROUP BY planned) l
      ON l.planned = p.seq
    LEFT JOIN events o ON o.seq = l.seq
    WHERE p.event = 'planned';
    """
}
