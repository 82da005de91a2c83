import Foundation
import DynamoJournalSQLite

/// Copies a chain from one file into another, checking each event on the way.
final class JournalCopy {
  private let walk: ChainWalk
  private let new: Connection
  private var check: ChainCheck
  private var actors: [Int64: ActorRows.Row]

  /// - Parameter format: of the old file; the new one is of format 2.
  init(from old: Connection, format: Int64, to new: Connection) throws {
    walk = ChainWalk(old, format: format)
    self.new = new
    let check = try walk.begin()
    self.check = check
    head = check.head
    actors = try ActorRows.read(old, format: format)
    for (id, row) in actors.sorted(by: { $0.key < $1.key }) {
      try ActorRows.insert(row.identity, as: id, new)
    }
  }

  /// The end of what was copied.
  private(set) var head: Journal.Head
  private var keptRemains = RemainsCheck()
  private var hasCopied = false

  /// Where the old journal begins.
  var base: JournalBase { check.base }

  /// Whether what follows needs an `upgraded` event before it: what was copied, if anything, is of format 1.
  var endsInFirstFormat: Bool { check.isInFirstFormat }

  /// The digest of what erasures left in what was copied, where no `erased` event tells of it; nil where one does.
  var uncoveredRemains: String? { check.uncoveredRemains }

  /// The same of what was copied, where that is a part.
  var uncoveredRemainsOfKept: String? { keptRemains.uncovered }

  /// Checks all events, and copies those that are wanted.
  ///
  /// - Throws: as `whole`.
  func whole(where isWanted: (EventRow) -> Bool) throws {
    try walk.walk(after: 0, limit: -1) { row in
      try check.check(row)
      guard isWanted(row) else {
        // What is left out at the beginning is what the first event that is copied follows.
        if !hasCopied { head = Journal.Head(seq: row.seq, hash: row.hash) }
        return
      }
      hasCopied = true
      try keptRemains.check(row)
      try copy(row) { _ in }
    }
    try check.finish(indexed: walk.indexed(upTo: check.head.seq))
  }

  /// Copies all events.
  ///
  /// - Parameter change: what becomes of each row that was found right; its hash stays.
  /// - Throws: `JournalError.damaged` at the first event that is not what was written.
  func whole(_ change: (inout EventRow) throws -> Void = { _ in }) throws {
    try walk.walk(after: 0, limit: -1) { row in
      try check.check(row)
      try copy(row, change)
    }
    try check.finish(indexed: walk.indexed(upTo: check.head.seq))
  }

  /// Copies the events before the first one that is not what was written.
  ///
  /// - Returns: what is wrong with that one; nil when the chain is right to its end.
  func verifiedPrefix() throws -> JournalError? {
    do {
      try walk.walk(after: 0, limit: -1) { row in
        try check.check(row)
        try copy(row) { _ in }
      }
      return nil
    } catch let error as JournalError {
      return error
    } catch let error as SQLiteError where error.kind == .corrupt {
      return .fileDamaged(path: error.path, reason: error.message)
    }
  }

  /// Appends an event of the journal's own.
  func append(
    _ kind: EventKind, _ detail: some Encodable, as identity: ActorIdentity, at time: Int64
  ) throws {
    var row = EventRow()
    row.seq = head.seq + 1
    row.run = row.seq
    row.kind = Array(kind.rawValue.utf8)
    row.at = time
    row.actor = try number(of: identity)
    row.fields.detail = try DetailCoding.encode(detail)
    row.seals = EventSeals.make(for: row.fields, RandomBytes())
    do { row.hash = try ChainFormat.two.hash(row, after: head.hash, ActorSeal(identity)) } catch {
      throw JournalError.damaged(event: row.seq, reason: error.reason)
    }
    try row.insert(new)
    head = Journal.Head(seq: row.seq, hash: row.hash)
  }

  private func copy(_ row: EventRow, _ change: (inout EventRow) throws -> Void) throws {
    var row = row
    try change(&row)
    try row.insert(new)
    head = Journal.Head(seq: row.seq, hash: row.hash)
  }

  private func number(of identity: ActorIdentity) throws -> Int64 {
    if let known = actors.first(where: { $0.value.identity == identity }) { return known.key }
    try ActorRows.insert(identity, as: nil, new)
    return new.lastInsertedRow
  }
}

/// The name, or the first of `name-2`, `name-3` … that nothing has yet.
func unusedName(_ name: String) -> String {
  var candidate = name
  var number = 1
  while FileManager.default.fileExists(atPath: candidate) {
    number += 1
    candidate = "\(name)-\(number)"
  }
  return candidate
}
