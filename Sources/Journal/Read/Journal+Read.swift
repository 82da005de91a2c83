import Foundation
import DynamoJournalSQLite
import DynamoJournalTables

extension Journal {
  /// The folds of all runs, in the order of their start.
  package func runs() throws -> [RunFold] {
    let started = try storedEvents(Queries.startedEvents) { _ in }
    let deleted = try deletedBackups()
    return try started.map { started in
      var fold = try fold(of: started)
      fold.leaveOut(backups: deleted)
      return fold
    }
  }

  /// The fold of one run.
  package func run(_ number: Int64) throws -> RunFold {
    guard let started = try storedEvents(Queries.startedEvent, { try $0.bind(1, number) }).first else {
      throw JournalError.unknownRun(String(number))
    }
    var fold = try fold(of: started)
    if !fold.backups.isEmpty { fold.leaveOut(backups: try deletedBackups()) }
    return fold
  }

  /// The fold of a run as it stands now.
  package func fold(_ run: RunHandle) throws -> RunFold { try self.run(run.number) }

  private func fold(of started: StoredEvent) throws -> RunFold {
    var fold = try RunFold(started)
    try translated {
      let statement = try connection.statement(Queries.runEvents).bind(1, started.seq)
      let rows = try statement.all { try knownEvent($0) }
      for row in rows {
        switch row {
        case .known(let event) where event.seq != started.seq: try fold.apply(event)
        case .known: break
        case .unknown(let kind): fold.unknownKinds.append(kind)
        }
      }
    }
    return fold
  }

  /// How many notes a run has.
  package func noteCount(of run: Int64) throws -> Int {
    try translated {
      Int(try connection.statement(Queries.noteCount).bind(1, run).first { $0.integer(0) } ?? 0)
    }
  }

  /// A run's notes after an event, at most `limit` of them.
  package func notes(of run: Int64, after seq: Int64 = 0, limit: Int = 1_000) throws -> [StoredEvent] {
    try storedEvents(Queries.notes) { try $0.bind(1, run).bind(2, seq).bind(3, Int64(limit)) }
  }

  /// The next planned changes of a run, in order, after an event (`run` itself to begin with): as they stand, not checked.
  package func planned(of run: Int64, after seq: Int64, limit: Int) throws -> [PlannedRow] {
    try translated {
      let sql = fileFormat == 1 ? Queries.plannedAscendingOfFormatOne : Queries.plannedAscending
      return try connection.statement(sql).bind(1, run).bind(2, seq).bind(3, Int64(limit))
        .all { try PlannedRow($0, seals: 8) }
    }
  }

  /// What a forced rollback wrote over the item of a change, or was about to.
  ///
  /// - Throws: `JournalError.damaged` for an event of another kind or one that can't be read, `.erased` when its image is gone.
  package func overwriting(_ event: Int64, of change: Change) throws -> Change {
    let images = try translated {
      try connection.statement(Queries.overwriting).bind(1, event).first {
        ($0.bytes(0), $0.bytes(1), $0.bytes(2))
      }
    }
    guard let images else { throw JournalError.damaged(event: event, reason: "it should be 'overwriting'") }
    if EventSeals.hasErased(images.2) || images.0 == nil && images.1 == nil {
      throw JournalError.erased(event: event)
    }
    do {
      return Change(
        table: change.table, key: change.key, before: try images.0.map { try DynamoDBJSON.item(from: $0) },
        after: try images.1.map { try DynamoDBJSON.item(from: $0) })
    } catch { throw JournalError.damaged(event: event, reason: "an image can't be read") }
  }

  /// Where the pieces of a run's captured input stand, in order; nil when it was not captured whole.
  package func inputPieces(_ name: String, of run: Int64, after seq: Int64) throws -> [Int64]? {
    try translated {
      let rows = try connection.statement(Queries.inputPieces).bind(1, run).bind(2, seq).all {
        ($0.integer(0), try DetailCoding.decode(InputDetail.self, $0.bytes(1)))
      }
      var pieces: [Int64] = []
      for (seq, detail) in rows where detail.name == name {
        if let pieces = detail.copyOf { return pieces }
        // An earlier capture that was cut off is followed by a new one, from piece 0.
        if detail.piece == 0 { pieces = [] }
        pieces.append(seq)
        if detail.last { return pieces }
      }
      return nil
    }
  }

  /// Where every piece of that name stands that a run captured, in order.
  package func inputPieces(allNamed name: String, of run: Int64, after seq: Int64) throws -> [Int64] {
    try translated {
      try connection.statement(Queries.inputPieces).bind(1, run).bind(2, seq).all {
        ($0.integer(0), try DetailCoding.decode(InputDetail.self, $0.bytes(1)))
      }.filter { $0.1.name == name }.map(\.0)
    }
  }

  /// Where the pieces of a reply stand that was captured before, by this run or one of the latest; nil when it was not.
  ///
  /// - Parameter digest: `sha256:` and the digest of the whole reply.
  package func inputPieces(digest: String, named name: String, latest count: Int = 20) throws -> [Int64]? {
    for run in try runs().suffix(count).reversed() {
      guard let pieces = try whole(digest, named: name, of: run.number) else { continue }
      // What was erased meanwhile is not there to be read again.
      if let last = pieces.last, try !body(of: last).isEmpty { return pieces }
    }
    return nil
  }

  private func whole(_ digest: String, named name: String, of run: Int64) throws -> [Int64]? {
    try translated {
      let rows = try connection.statement(Queries.inputPieces).bind(1, run).bind(2, 0).all {
        ($0.integer(0), try DetailCoding.decode(InputDetail.self, $0.bytes(1)))
      }
      var pieces: [Int64] = []
      for (seq, detail) in rows where detail.name == name {
        if detail.piece == 0 { pieces = [] }
        pieces.append(seq)
        if detail.last && detail.digest == digest { return detail.copyOf ?? pieces }
      }
      return nil
    }
  }

  /// The bytes of one piece of an input.
  package func body(of seq: Int64) throws -> [UInt8] {
    try translated {
      let row = try connection.statement(Queries.body).bind(1, seq).first {
        ($0.bytes(0) ?? [], $0.bytes(1) ?? [])
      }
      guard let (body, detail) = row else { return [] }
      return try DetailCoding.decode(InputDetail.self, detail).bytes(of: body, event: seq)
    }
  }

  func storedEvents(_ sql: String, _ bind: (Statement) throws -> Void) throws -> [StoredEvent] {
    try translated {
      let statement = try connection.statement(sql)
      try bind(statement)
      return try statement.all { try storedEvent($0) }
    }
  }

  /// An event of a kind that this program knows, or the kind that it does not.
  private enum Read {
    case known(StoredEvent)
    case unknown(String)
  }

  private func knownEvent(_ row: Statement) throws -> Read {
    do { return .known(try storedEvent(row)) } catch JournalError.unknownKind(let event, let kind) {
      noteUnknown(kind, event: event)
      return .unknown(kind)
    }
  }

  /// The kind of an event; nil for one that only a newer program knows, which is remembered.
  func kind(_ text: String?, event: Int64) -> EventKind? {
    if let known = text.flatMap(EventKind.init) { return known }
    noteUnknown(text ?? "", event: event)
    return nil
  }

  func storedEvent(_ row: Statement) throws -> StoredEvent {
    let seq = row.integer(0)
    guard let kind = row.text(2).flatMap(EventKind.init) else {
      throw JournalError.unknownKind(event: seq, kind: row.text(2) ?? "")
    }
    guard Timestamp.range.contains(row.integer(3)) else {
      throw JournalError.damaged(event: seq, reason: "its time can't be right")
    }
    return StoredEvent(
      seq: seq, run: row.integer(1), kind: kind, at: row.integer(3),
      actor: try identity(row.integer(4), event: seq),
      change: try row.optionalInteger(5).map { try SaneNumber.count($0, event: seq) },
      planned: row.optionalInteger(6), table: row.text(7), key: row.bytes(8), detail: row.bytes(9))
  }

  /// The actor of that number, read once.
  func identity(_ id: Int64, event: Int64) throws -> ActorIdentity {
    if let known = actors[id] { return known }
    actors = try ActorRows.read(connection, format: fileFormat).mapValues(\.identity)
    guard let known = actors[id] else {
      throw JournalError.damaged(event: event, reason: "its actor is missing")
    }
    return known
  }
}

/// Reads the detail of an outcome.
func outcomeDetail(_ bytes: [UInt8]?, event: Int64) throws -> OutcomeDetail {
  guard let bytes else { return OutcomeDetail() }
  do { return try DetailCoding.decode(OutcomeDetail.self, bytes) } catch {
    throw JournalError.damaged(event: event, reason: "its detail can't be read")
  }
}
