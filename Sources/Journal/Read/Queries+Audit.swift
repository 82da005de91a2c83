/// The SQL of audits and reports.
extension Queries {
  /// Change events within a stretch of the journal, each with the images of the change that it is about.
  ///
  /// The columns begin as in `storedColumns`. A cross join keeps SQLite from turning the two around: the events are
  /// walked in order, and what was planned is found by its number.
  static let audit = """
    SELECT e.seq, e.run, e.event, e.at, e.actor, e.change, e.planned, p.table_name, p.key, e.detail,
      iif(e.event = 'overwriting', e.before, p.before), iif(e.event = 'overwriting', e.after, p.after)
    FROM events e CROSS JOIN events p
    WHERE e.seq > ?1 AND e.seq <= ?2 AND e.change IS NOT NULL AND p.seq = coalesce(e.planned, e.seq)
      AND (?3 IS NULL OR e.run IN (SELECT value FROM json_each(?3)))
      AND (?4 IS NULL OR e.actor IN (SELECT value FROM json_each(?4)))
      AND (?5 IS NULL OR e.event = ?5)
      AND (?6 IS NULL OR e.at >= ?6)
      AND (?7 IS NULL OR e.at <= ?7)
      AND (?8 IS NULL OR p.table_name = ?8)
      AND (?9 IS NULL OR p.key = ?9)
      AND (?10 IS NULL OR (p.key IS NOT NULL AND (
        EXISTS (SELECT 1 FROM json_each(p.before) b WHERE b.key = ?10)
        OR EXISTS (SELECT 1 FROM json_each(p.after) a WHERE a.key = ?10))))
    ORDER BY e.seq LIMIT ?11
    """

  /// The items that the change events of a stretch are about.
  static let itemPlaces = """
    SELECT e.seq, p.table_name, p.key FROM events e CROSS JOIN events p
    WHERE e.seq > ?1 AND e.seq <= ?2 AND e.change IS NOT NULL AND p.seq = coalesce(e.planned, e.seq)
      AND p.key IS NOT NULL
    ORDER BY e.seq
    """

  static let lastSequence = "SELECT coalesce(max(seq), 0) FROM events"

  /// What happened to a run's changes, the last event first.
  static let changeEventsDescending = """
    SELECT seq, event, change, detail FROM events
    WHERE seq > ?1 AND run = ?1 AND change IS NOT NULL ORDER BY seq DESC
    """

  /// One outcome with what was planned.
  static let outcome = """
    SELECT p.seq, p.change, p.unit, p.stage, p.table_name, p.key, p.before, p.after, e.seq, e.detail
    FROM events e JOIN events p ON p.seq = e.planned WHERE e.seq = ?1
    """

  static let noteTallies = """
    SELECT detail ->> 'category', detail ->> 'code', count(*) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event = 'note' GROUP BY 1, 2 ORDER BY 1, 2
    """

  static let notesOfCategory = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event = 'note' AND seq > ?2 AND detail ->> 'category' = ?3
    ORDER BY seq LIMIT ?4
    """

  static let notesOfCode = """
    SELECT \(storedColumns) FROM events INDEXED BY run_events
    WHERE change IS NULL AND run = ?1 AND event = 'note' AND seq > ?2 AND detail ->> 'category' = ?3
      AND detail ->> 'code' = ?4
    ORDER BY seq LIMIT ?5
    """
}
