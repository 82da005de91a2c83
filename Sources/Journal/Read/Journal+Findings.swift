import BitCollections
import DynamoJournalSQLite

/// How many notes of a run have the same code.
package struct NoteTally: Hashable, Sendable {
  /// The class.
  package let category: NoteDetail.Category
  /// The finding's name.
  package let code: String
  /// How many.
  package let count: Int

  /// A tally.
  package init(category: NoteDetail.Category, code: String, count: Int) {
    self.category = category
    self.code = code
    self.count = count
  }
}

/// The changes of a run whose last outcome is a failure with the same code: one bit each, so millions are no burden.
package struct FailureGroup: Sendable {
  /// `conflict`, another code of ours, or AWS's error code; empty when none was journaled.
  package let code: String
  /// Whether it was the undoing that failed.
  package let undoing: Bool
  /// Whether it was the redoing that failed.
  package let redoing: Bool
  /// How many.
  package var count: Int { events.count }
  /// The places of the `failed` events, counted from the run's number.
  fileprivate var events = BitSet()
  fileprivate let run: Int64
  fileprivate var rank: Int { redoing ? 2 : undoing ? 1 : 0 }

  fileprivate init(code: String, undoing: Bool, redoing: Bool, run: Int64) {
    self.code = code
    self.undoing = undoing
    self.redoing = redoing
    self.run = run
  }
}

/// A change that failed, with what was planned.
package struct FailedChange: Sendable {
  /// Sequence number of the `failed` event.
  package let seq: Int64
  /// What was planned.
  package let planned: PlannedRow
  /// Why it failed, and what was found.
  package let detail: OutcomeDetail
}

extension Journal {
  /// How many notes a run has of each code, by category and code.
  package func noteTallies(of run: Int64) throws -> [NoteTally] {
    try translated {
      try connection.statement(Queries.noteTallies).bind(1, run).all { row in
        guard let category = row.text(0).flatMap(NoteDetail.Category.init) else {
          throw JournalError.damaged(event: run, reason: "a note of this run has no known category")
        }
        return NoteTally(category: category, code: row.text(1) ?? "", count: Int(row.integer(2)))
      }
    }
  }

  /// A run's notes of one category after an event, at most `limit` of them.
  package func notes(
    of run: Int64, category: NoteDetail.Category, after seq: Int64, limit: Int = 500
  ) throws -> [StoredEvent] {
    try storedEvents(Queries.notesOfCategory) {
      try $0.bind(1, run).bind(2, seq).bind(3, category.rawValue).bind(4, Int64(limit))
    }
  }

  /// A run's notes of one category and code after an event, at most `limit` of them.
  package func notes(
    of run: Int64, tally: NoteTally, after seq: Int64, limit: Int
  ) throws -> [StoredEvent] {
    try storedEvents(Queries.notesOfCode) {
      try $0.bind(1, run).bind(2, seq).bind(3, tally.category.rawValue).bind(4, tally.code)
        .bind(5, Int64(limit))
    }
  }

  /// The changes of a run whose last outcome is a failure, by code; what failed in applying comes first.
  package func failures(of run: Int64) throws -> [FailureGroup] {
    try translated {
      var groups: [FailureGroup] = []
      var seen = BitSet()
      let statement = try connection.statement(Queries.changeEventsDescending).bind(1, run)
      defer { statement.reset() }
      while try statement.step() {
        let seq = statement.integer(0)
        // The plan was whole before the first outcome, so nothing but plan comes any more.
        guard let text = statement.text(1), text != EventKind.planned.rawValue else { break }
        let change = try SaneNumber.count(statement.integer(2), event: seq)
        guard text != EventKind.overwriting.rawValue, seen.insert(change).inserted,
          text == EventKind.failed.rawValue
        else { continue }
        try groups.add(event: seq, detail: statement.bytes(3), run: run)
      }
      return groups.sorted { ($0.rank, $0.code) < ($1.rank, $1.code) }
    }
  }

  /// The failed changes of a group after an event, in order, at most `limit` of them.
  package func failedChanges(
    of group: FailureGroup, after seq: Int64 = 0, limit: Int = 500
  ) throws -> [FailedChange] {
    let first = max(0, seq - group.run + 1)
    let wanted = group.events[members: Int(first)...].prefix(limit)
    return try translated {
      try wanted.compactMap { offset in
        try connection.statement(Queries.outcome).bind(1, group.run + Int64(offset)).first { row in
          FailedChange(
            seq: row.integer(8), planned: try PlannedRow(row),
            detail: try outcomeDetail(row.bytes(9), event: row.integer(8)))
        }
      }
    }
  }
}

extension [FailureGroup] {
  fileprivate mutating func add(event: Int64, detail: [UInt8]?, run: Int64) throws {
    let detail = try outcomeDetail(detail, event: event)
    let code = detail.code ?? ""
    let (undoing, redoing) = (detail.undoing == true, detail.redoing == true)
    let index =
      firstIndex { $0.code == code && $0.undoing == undoing && $0.redoing == redoing } ?? endIndex
    if index == endIndex {
      append(FailureGroup(code: code, undoing: undoing, redoing: redoing, run: run))
    }
    self[index].events.insert(Int(event - run))
  }
}
