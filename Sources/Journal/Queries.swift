/// The journal's SQL, in one place.
enum Queries {
  static let objectCount = "SELECT count(*) FROM sqlite_schema"
  static let head = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"
  static let actors = "SELECT id, user, host, arn, tool FROM actors"
  static let insertActor = "INSERT INTO actors (user, host, arn, tool) VALUES (?1, ?2, ?3, ?4)"

  static let insertEvent = """
    INSERT INTO events (seq, run, event, at, actor, change, unit, stage, planned, table_name, key, before, after,
      detail, body, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    """

  static let storedColumns = "seq, run, event, at, actor, change, planned, table_name, key, detail"

  /// The started events; the index holds run events only, so that changes are not read.
  static let startedEvents = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND event = 'started' ORDER BY run, seq
    """

  /// A run's own events in order.
  static let runEvents = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event NOT IN ('note', 'input') ORDER BY seq
    """

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

  static let body = "SELECT body FROM events WHERE seq = ?1"

  static let changeEvents = """
    SELECT seq, event, change, detail, stage FROM events
    WHERE seq > ?2 AND run = ?1 AND change IS NOT NULL ORDER BY seq LIMIT ?3
    """

  static let plannedAscending = """
    SELECT seq, change, unit, stage, table_name, key, before, after FROM events
    WHERE seq > ?2 AND run = ?1 AND event = 'planned' ORDER BY seq LIMIT ?3
    """

  static let plannedDescending = """
    SELECT seq, change, unit, stage, table_name, key, before, after FROM events
    WHERE seq < ?2 AND run = ?1 AND event = 'planned' ORDER BY seq DESC LIMIT ?3
    """

  static let everyEvent = """
    SELECT seq, run, event, at, actor, change, unit, stage, planned, table_name, key, before, after, detail, body,
      hash
    FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2
    """
}
