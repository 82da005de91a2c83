-- The journal of sparta-journal, format 1.
--
-- One table, `events`, appended to and never changed. Everything that a person reads (state of a run, report, rollback
-- plan, history of an item) is a fold over it. Open it with any SQL tool; the views at the end answer the everyday
-- questions:
--
--   sqlite3 .sparta/journal.sqlite 'SELECT * FROM runs'
--   sqlite3 .sparta/journal.sqlite "SELECT at, event, run, before, after FROM item_history WHERE key LIKE '%904664241544495154%'"
--
-- A program that writes here without sparta-journal breaks the chain of hashes; `sparta-journal audit verify` finds it.

PRAGMA application_id = 1397770801; -- 'SPJ1'
PRAGMA user_version = 1;            -- the format; an older binary declines a newer one

-- Who did it. A row is written once and named by every event of that person's session.
CREATE TABLE actors (
  id   INTEGER PRIMARY KEY,
  user TEXT NOT NULL, -- the operating system's user
  host TEXT NOT NULL,
  arn  TEXT,          -- the AWS caller, where there is one
  tool TEXT NOT NULL  -- name and version of the program that wrote
) STRICT;

CREATE TABLE events (
  seq        INTEGER PRIMARY KEY CHECK (seq > 0), -- 1, 2, 3 … without a gap
  run        INTEGER NOT NULL,                    -- seq of the run's `started` event; its own there
  event      TEXT    NOT NULL,                    -- what it says; the constraint below has all there are
  at         INTEGER NOT NULL,                    -- microseconds since 1970-01-01, UTC
  actor      INTEGER NOT NULL REFERENCES actors (id),
  change     INTEGER,                             -- change events: the change's number in its run, 1 … N
  unit       INTEGER,                             -- planned: changes of one unit happen together or not at all
  stage      INTEGER,                             -- planned: a stage begins when the one before it has its outcomes
  planned    INTEGER,                             -- applied, failed, compensated: seq of the planned event that it answers
  table_name TEXT,
  key        TEXT,                                -- canonical DynamoDB JSON; NULL for a change of a table
  before     TEXT,                                -- canonical DynamoDB JSON; NULL: there was no item (or table)
  after      TEXT,                                -- canonical DynamoDB JSON; NULL: there shall be no item (or table)
  detail     TEXT,                                -- JSON; docs/journal.md says what each event keeps here
  body       BLOB,                                -- input: one piece of an external reply
  hash       BLOB    NOT NULL,                    -- SHA-256 over the hash before it and all of the above
  CONSTRAINT a_hash_is_32_bytes CHECK (length(hash) = 32),
  -- Comparisons one by one, the frequent ones first: for a list, SQLite builds a table at every insert.
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

-- The events of a run other than its changes: few, and read at every command.
CREATE INDEX run_events ON events (run) WHERE change IS NULL;

-- Append-only. INSERT OR REPLACE deletes before it inserts; the delete trigger sees that only on a connection with
-- PRAGMA recursive_triggers = ON, which ours are. (https://sqlite.org/lang_conflict.html)
CREATE TRIGGER events_are_never_updated BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an event is never updated'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an event is never deleted'); END;
CREATE TRIGGER actors_are_never_updated BEFORE UPDATE ON actors
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an actor is never updated'); END;
CREATE TRIGGER actors_are_never_deleted BEFORE DELETE ON actors
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an actor is never deleted'); END;

-- One row a run. `last_event` tells where it stands; `sparta-journal runs` says it in words.
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

-- Every change event with the images of the change that it is about.
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

-- One row a planned change, with its latest outcome (NULL: none is journaled).
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
