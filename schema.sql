-- The journal of sparta-journal, format 2.
--
-- One table, `events`, appended to and never changed. Everything that a person reads (state of a run, report, rollback
-- plan, history of an item) is a fold over it. Open it with any SQL tool; the views at the end answer the everyday
-- questions:
--
--   sqlite3 .sparta/journal.sqlite 'SELECT * FROM runs'
--   sqlite3 .sparta/journal.sqlite "SELECT at, event, run, before, after FROM item_history WHERE key LIKE '%904664241544495154%'"
--
-- A program that writes here without sparta-journal breaks the chain of hashes; `sparta-journal audit verify` finds it.
-- At every open, each table, index, trigger and view is compared with this file: docs/journal.md, "The file is closed".

PRAGMA application_id = 1397770801; -- 'SPJ1'
PRAGMA user_version = 2;            -- the format; an older binary declines a newer one

-- Who did it. A row is written once and named by every event of that person's session.
CREATE TABLE actors (
  id         INTEGER PRIMARY KEY,
  user       TEXT NOT NULL, -- the name of the operating system's account, looked up by its number
  uid        INTEGER,       -- the account's number; NULL in what format 1 left
  host       TEXT NOT NULL,
  arn        TEXT,          -- the AWS caller, where there is one
  access_key TEXT,          -- the id of the AWS access key that was used, which is not a secret
  claims     TEXT,          -- JSON: what the environment claims, and nobody checked: sudo, ci
  tool       TEXT NOT NULL  -- name and version of the program that wrote
) STRICT;

CREATE TABLE events (
  seq        INTEGER PRIMARY KEY, -- 1, 2, 3 … without a gap
  run        INTEGER NOT NULL,    -- seq of the run's `started` event; an event of the journal's own names itself
  event      TEXT    NOT NULL,    -- what it says: docs/journal.md lists the kinds; a newer program may write more
  at         INTEGER NOT NULL,    -- microseconds since 1970-01-01, UTC
  actor      INTEGER NOT NULL REFERENCES actors (id),
  change     INTEGER,             -- change events: the change's number in its run, 1 … N
  unit       INTEGER,             -- planned: changes of one unit happen together or not at all
  stage      INTEGER,             -- planned: a stage begins when the one before it has its outcomes
  planned    INTEGER,             -- events about a planned change: seq of its planned event
  shard      INTEGER,             -- of a run on many machines: which share of it; NULL otherwise
  attempt    INTEGER,             -- of such a share: which attempt at it; NULL otherwise
  table_name TEXT,
  key        TEXT,                -- canonical DynamoDB JSON; NULL for a change of a table
  before     TEXT,                -- canonical DynamoDB JSON; NULL: there was no item (or table)
  after      TEXT,                -- canonical DynamoDB JSON; NULL: there shall be no item (or table)
  detail     TEXT,                -- JSON; docs/journal.md says what each event keeps here
  body       BLOB,                -- input: one piece of an external reply
  seals      BLOB,                -- a salt for each of the five columns above, or the digest of what was erased
  hash       BLOB    NOT NULL,    -- SHA-256 over the hash before it and all of the above
  CONSTRAINT a_hash_is_32_bytes CHECK (length(hash) = 32),
  CONSTRAINT numbers_count_from_one CHECK (seq > 0 AND change > 0 AND planned > 0),
  CONSTRAINT a_planned_change_names_what_it_changes CHECK (
    event <> 'planned' OR (change IS NOT NULL AND table_name IS NOT NULL)),
  CONSTRAINT what_names_a_planned_event_names_its_change CHECK (planned IS NULL OR change IS NOT NULL)
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
    WHERE e.run = s.seq AND e.change IS NULL AND e.event NOT IN ('note', 'input', 'checkpoint', 'inspected', 'approved', 'restored')
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
