/// The journal's SQL, in one place.
enum Queries {
  static let objectCount = "SELECT count(*) FROM sqlite_schema"
  static let head = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"
  static let actors = "SELECT id, user, uid, host, arn, access_key, claims, tool FROM actors ORDER BY id"
  static let actorsOfFormatOne = "SELECT id, user, NULL, host, arn, NULL, NULL, tool FROM actors ORDER BY id"
  static let insertActor = """
    INSERT INTO actors (user, uid, host, arn, access_key, claims, tool, id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    """

  static let insertEvent = """
    INSERT INTO events (seq, run, event, at, actor, change, unit, stage, planned, shard, attempt, table_name, key,
      before, after, detail, body, seals, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
    """

  static let storedColumns = "seq, run, event, at, actor, change, planned, table_name, key, detail"

  /// The started events; the index holds run events only, so that changes are not read.
  static let startedEvents = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND event = 'started' ORDER BY run, seq
    """

  static let journalEvents = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = seq AND event = ?1 ORDER BY seq
    """

  /// Where the journal was cut.
  static let archived = """
    SELECT seq, detail FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = seq AND event = 'archived' ORDER BY seq DESC
    """

  /// The last event of each run, and of each event of the journal's own, and when it was.
  static let ends = "SELECT run, max(seq), max(at) FROM events NOT INDEXED GROUP BY run"

  static let startedEvent = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND seq = ?1 AND event = 'started'
    """

  /// A run's own events in order.
  static let runEvents = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event NOT IN ('note', 'input') ORDER BY seq
    """

  /// What a run did as a whole.
  static let moments = """
    SELECT seq, event, at, actor FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event NOT IN ('note', 'input', 'checkpoint') ORDER BY seq
    """

  /// The outcomes of a run's changes, in order; they stand behind the seal.
  static let outcomeTimes = """
    SELECT seq, event, at, change FROM events
    WHERE seq > ?2 AND run = ?1 AND change IS NOT NULL ORDER BY seq
    """

  static let outcomeAt = "SELECT event, at, actor, detail FROM events WHERE seq = ?1 AND change IS NOT NULL"

  static let notes = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event = 'note' AND seq > ?2 ORDER BY seq LIMIT ?3
    """

  static let noteCount = """
    SELECT count(*) FROM events INDEXED BY run_events WHERE change IS NULL AND run = ?1 AND event = 'note'
    """

  static let inputPieces = """
    SELECT seq, detail FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event = 'input' AND seq > ?2 ORDER BY seq
    """

  static let body = "SELECT body, detail FROM events WHERE seq = ?1"

  /// The commits in which changes of a run were journaled as applied, and how many in each.
  static let appliedTimes = """
    SELECT at, count(*) FROM events
    WHERE seq > ?2 AND run = ?1 AND change IS NOT NULL AND event = 'applied' GROUP BY at ORDER BY at
    """

  static let changeEvents = """
    SELECT seq, event, change, detail FROM events
    WHERE seq > ?2 AND run = ?1 AND change IS NOT NULL ORDER BY seq
    """

  /// Where the first planned change of a run stands from a place on, and its number in the run.
  static let plannedFrom = """
    SELECT seq, change FROM events WHERE seq >= ?2 AND run = ?1 AND event = 'planned' ORDER BY seq LIMIT 1
    """

  /// What kind of change each planned one is; no image is read for it.
  static let plannedShapes = """
    SELECT change, unit, table_name, key IS NULL, before IS NULL, after IS NULL, seq FROM events
    WHERE seq > ?2 AND run = ?1 AND event = 'planned' ORDER BY seq
    """

  static let overwriting = "SELECT before, after, seals FROM events WHERE seq = ?1 AND event = 'overwriting'"

  static let plannedAscending = """
    SELECT seq, change, unit, stage, table_name, key, before, after, seals FROM events
    WHERE seq > ?2 AND run = ?1 AND event = 'planned' ORDER BY seq LIMIT ?3
    """

  /// The same columns of a journal of format 1.
  static let plannedAscendingOfFormatOne = """
    SELECT seq, change, unit, stage, table_name, key, before, after, NULL FROM events
    WHERE seq > ?2 AND run = ?1 AND event = 'planned' ORDER BY seq LIMIT ?3
    """

  static let everyEvent = """
    SELECT seq, run, event, at, actor, change, unit, stage, planned, shard, attempt, table_name, key, before, after,
      detail, body, seals, hash
    FROM events NOT INDEXED WHERE seq > ?1 ORDER BY seq LIMIT ?2
    """

  /// The same columns of a journal of format 1, which lacks three of them.
  static let everyEventOfFormatOne = """
    SELECT seq, run, event, at, actor, change, unit, stage, planned, NULL, NULL, table_name, key, before, after,
      detail, body, NULL, hash
    FROM events NOT INDEXED WHERE seq > ?1 ORDER BY seq LIMIT ?2
    """

  /// Where the part of format 2 begins in a journal that was begun in format 1.
  static let upgraded = """
    SELECT seq FROM events NOT INDEXED WHERE change IS NULL AND event = 'upgraded' ORDER BY seq
    """

  /// What the index of the run events holds.
  static let indexed = "SELECT run, seq FROM events INDEXED BY run_events WHERE change IS NULL"
}
