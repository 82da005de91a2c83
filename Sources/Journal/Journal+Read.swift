import Foundation
import SQLite
import Tables

extension Journal {
  /// The folds of all runs, in the order of their start.
  public func runs() throws -> [RunFold] {
    let started = try storedEvents(Queries.startedEvents) { _ in }
    return try started.map { try fold(of: $0) }
  }

  /// The fold of one run.
  public func run(_ number: Int64) throws -> RunFold {
    guard let started = try storedEvents(Queries.startedEvents, { _ in }).first(where: { $0.seq == number })
    else {
      throw JournalError.unknownRun(String(number))
    }
    return try fold(of: started)
  }

  /// The run with that id, the only one whose id begins like that, or the `latest` one.
  public func run(named name: String) throws -> RunFold {
    let started = try storedEvents(Queries.startedEvents) { _ in }
    let named = try started.map { ($0, try $0.decode(StartedDetail.self).run) }
    if name == "latest" {
      guard let last = named.last else { throw JournalError.unknownRun(name) }
      return try fold(of: last.0)
    }
    if let exact = named.first(where: { $0.1 == name }) { return try fold(of: exact.0) }
    let matches = name.isEmpty ? [] : named.filter { $0.1.hasPrefix(name) }
    guard let match = matches.first else { throw JournalError.unknownRun(name) }
    guard matches.count == 1 else {
      throw JournalError.ambiguousRun(name, candidates: matches.map(\.1))
    }
    return try fold(of: match.0)
  }

  private func fold(of started: StoredEvent) throws -> RunFold {
    var fold = try RunFold(started)
    let events = try storedEvents(Queries.runEvents) { try $0.bind(1, started.seq) }
    for event in events where event.seq != started.seq { try fold.apply(event) }
    return fold
  }

  /// The states of a run's changes, folded from every change event of the run.
  public func changeStates(of run: Int64) throws -> ChangeStates {
    var marks = try self.run(run).marks[...]
    return try translated {
      var states = ChangeStates()
      let statement = try connection.statement(Queries.changeEvents).bind(1, run).bind(2, run).bind(3, -1)
      defer { statement.reset() }
      while try statement.step() {
        guard let kind = statement.text(1).flatMap(EventKind.init) else {
          throw JournalError.damaged(event: statement.integer(0), reason: "its kind is unknown")
        }
        while let mark = marks.first, mark.seq < statement.integer(0) { states.apply(marks.removeFirst()) }
        let detail = try statement.bytes(3).map { try DetailCoding.decode(OutcomeDetail.self, $0) }
        states.apply(
          kind, change: Int(statement.integer(2)),
          stage: statement.isNull(4) ? nil : Int(statement.integer(4)), detail: detail)
      }
      for mark in marks { states.apply(mark) }
      return states
    }
  }

  /// How many notes a run has.
  public func noteCount(of run: Int64) throws -> Int {
    try translated {
      Int(try connection.statement(Queries.noteCount).bind(1, run).first { $0.integer(0) } ?? 0)
    }
  }

  /// A run's notes after an event, at most `limit` of them.
  public func notes(of run: Int64, after seq: Int64 = 0, limit: Int = 1_000) throws -> [StoredEvent] {
    try storedEvents(Queries.notes) { try $0.bind(1, run).bind(2, seq).bind(3, Int64(limit)) }
  }

  /// The next planned changes of a run, in order, after an event (`run` itself to begin with).
  public func planned(of run: Int64, after seq: Int64, limit: Int) throws -> [PlannedRow] {
    try plannedRows(Queries.plannedAscending, run, seq, limit)
  }

  /// The planned changes of a run before an event, the last one first.
  public func planned(of run: Int64, before seq: Int64, limit: Int) throws -> [PlannedRow] {
    try plannedRows(Queries.plannedDescending, run, seq, limit)
  }

  private func plannedRows(_ sql: String, _ run: Int64, _ seq: Int64, _ limit: Int) throws -> [PlannedRow] {
    try translated {
      try connection.statement(sql).bind(1, run).bind(2, seq).bind(3, Int64(limit)).all {
        PlannedRow(
          seq: $0.integer(0), ordinal: Int($0.integer(1)), unit: Int($0.integer(2)),
          stage: Int($0.integer(3)),
          table: $0.text(4) ?? "", key: $0.bytes(5), before: $0.bytes(6), after: $0.bytes(7))
      }
    }
  }

  /// Where the pieces of a run's captured input stand, in order; nil when it was not captured whole.
  public func inputPieces(_ name: String, of run: Int64, after seq: Int64) throws -> [Int64]? {
    try translated {
      let rows = try connection.statement(Queries.inputPieces).bind(1, run).bind(2, seq).all {
        ($0.integer(0), try DetailCoding.decode(InputDetail.self, $0.bytes(1)))
      }
      var pieces: [Int64] = []
      for (seq, detail) in rows where detail.name == name {
        // An earlier capture that was cut off is followed by a new one, from piece 0.
        if detail.piece == 0 { pieces = [] }
        pieces.append(seq)
        if detail.last { return pieces }
      }
      return nil
    }
  }

  /// The bytes of one piece of an input.
  public func body(of seq: Int64) throws -> [UInt8] {
    try translated { try connection.statement(Queries.body).bind(1, seq).first { $0.bytes(0) } ?? [] }
  }

  func storedEvents(_ sql: String, _ bind: (Statement) throws -> Void) throws -> [StoredEvent] {
    try translated {
      let statement = try connection.statement(sql)
      try bind(statement)
      return try statement.all { try storedEvent($0) }
    }
  }

  func storedEvent(_ row: Statement) throws -> StoredEvent {
    let seq = row.integer(0)
    guard let kind = row.text(2).flatMap(EventKind.init) else {
      throw JournalError.damaged(event: seq, reason: "its kind is unknown")
    }
    return StoredEvent(
      seq: seq, run: row.integer(1), kind: kind, at: row.integer(3),
      actor: try identity(row.integer(4), event: seq),
      change: row.isNull(5) ? nil : Int(row.integer(5)), planned: row.isNull(6) ? nil : row.integer(6),
      table: row.text(7), key: row.bytes(8), detail: row.bytes(9))
  }

  /// The actor of that number, read once.
  func identity(_ id: Int64, event: Int64) throws -> ActorIdentity {
    if let known = actors[id] { return known }
    actors = try Journal.readActors(connection)
    guard let known = actors[id] else {
      throw JournalError.damaged(event: event, reason: "its actor is missing")
    }
    return known
  }
}

/// A planned change as it stands in the journal, images still as text: reading them is left to whoever needs them.
public struct PlannedRow: Sendable {
  /// Sequence number of the planned event.
  public let seq: Int64
  /// The change's number in its run.
  public let ordinal: Int
  /// The unit's number in its run.
  public let unit: Int
  /// The stage of the plan.
  public let stage: Int
  /// The table's name.
  public let table: String
  /// Key, as canonical DynamoDB JSON; nil for a change of a table.
  public let key: [UInt8]?
  /// The image before.
  public let before: [UInt8]?
  /// The image after.
  public let after: [UInt8]?

  /// The change with its images read.
  ///
  /// - Throws: `JournalError.damaged` when an image can't be read.
  public func change() throws -> PlannedChange {
    do {
      return PlannedChange(seq: seq, ordinal: ordinal, unit: unit, stage: stage, intended: try intended())
    } catch {
      throw JournalError.damaged(event: seq, reason: "an image can't be read: \(error)")
    }
  }

  private func intended() throws -> IntendedChange {
    guard let key else {
      return .table(
        TableChange(
          before: try before.map { try TableSpec(jsonText: String(decoding: $0, as: UTF8.self)) },
          after: try after.map { try TableSpec(jsonText: String(decoding: $0, as: UTF8.self)) }))
    }
    return .item(
      Change(
        table: table, key: Key(try DynamoDBJSON.item(from: key)),
        before: try before.map { try DynamoDBJSON.item(from: $0) },
        after: try after.map { try DynamoDBJSON.item(from: $0) }))
  }
}

/// Reads captured inputs on a connection of its own, without waiting for whoever appends.
public final class InputBodies {
  private let connection: Connection

  /// Opens the journal at that path for reading.
  public init(path: String) throws {
    do { connection = try Connection(path: path, mode: .readOnly) } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }

  /// The bytes of one piece.
  public func body(of seq: Int64) throws -> [UInt8] {
    do {
      return try connection.statement(Queries.body).bind(1, seq).first { $0.bytes(0) } ?? []
    } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }
}
