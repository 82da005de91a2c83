import Foundation
import DynamoJournalJSON
import DynamoJournalSQLite
import DynamoJournalTables

/// What is to be taken out of a journal for good.
package enum ErasureScope: Hashable, Sendable {
  /// All values of one item: its key, its images, what was found of it.
  case item(table: String, key: [UInt8])
  /// One attribute of all items, of one table or of all.
  case attribute(String, table: String?)
  /// All values of the runs that ended before a time, in microseconds since 1970, UTC; captured replies, too.
  case before(Int64)
}

/// Takes values out of a journal while its chain goes on to verify: the salts go with the values, so that a short value can't be
/// guessed from what stays.
///
/// The journal is written anew and takes the old one's place: nothing of what was erased stays in the file's free pages or in
/// its log. What an upgrade from format 1 left beside it holds the same events and goes, too; evidence of a recovery is named.
/// Backups and exports are other files, and are not looked at.
package struct JournalErasure: Sendable {
  /// What was done.
  package struct Result: Sendable {
    /// How many events lost a value.
    package let events: Int
    /// The ids of the runs that lost a value.
    package let runs: [String]
    /// The ids of those among them whose captured replies may hold the values, too, and were kept.
    package let runsWithInputs: [String]
    /// Files beside the journal that held the same values and were deleted: what it was before it became one of format 2.
    package let deleted: [String]
    /// Files of ours beside the journal that may hold the same values, and were kept.
    package let kept: [String]
    /// The end of the chain of the journal that goes on.
    package let head: Journal.Head
  }

  private let path: String
  private let identity: ActorIdentity
  private let scope: ErasureScope
  private let reason: String
  private let clock: @Sendable () -> Int64

  /// An erasure.
  package init(
    path: String, as identity: ActorIdentity, _ scope: ErasureScope, reason: String,
    clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) {
    self.path = FileIdentity.behindLink(path)
    self.identity = identity
    self.scope = scope
    self.reason = reason
    self.clock = clock
  }

  /// What would be erased: the same walk, and nothing is written.
  ///
  /// - Throws: `JournalError`, `.unfinishedRuns` when a value is one of a run that has not ended.
  package func look() async throws -> (events: Int, runs: [String]) {
    let journal = try Journal(path: path, for: .read)
    let folds = try await journal.runs()
    var eraser = Eraser(scope, folds)
    let connection = try Connection(path: path, mode: .readOnly)
    do {
      let walk = ChainWalk(connection, format: journal.fileFormat)
      try walk.walk(after: 0, limit: -1) { try eraser.learn($0) }
      try walk.walk(after: 0, limit: -1) { row in
        var row = row
        try eraser.erase(&row)
      }
    } catch let error as SQLiteError { throw JournalError(error) }
    try eraser.refuseUnfinished()
    return (eraser.events, eraser.ids(eraser.runs))
  }

  /// Erases.
  ///
  /// - Throws: `JournalError`; `.nothingToErase` when no event holds such a value: nothing is changed then.
  package func run() async throws -> Result {
    let (folds, lock) = try await prepare()
    defer { withExtendedLifetime(lock) {} }
    do { return try rewrite(folds) } catch let error as SQLiteError { throw JournalError(error) }
  }

  /// Opening it for appending takes the lock, and makes a journal of format 1 one of format 2. The connection is closed at the
  /// end, so that the file can be replaced; the lock is held on.
  private func prepare() async throws -> ([RunFold], JournalLock) {
    let journal = try Journal(path: path, for: .append(identity), clock: clock)
    return (try await journal.runs(), try await journal.release())
  }

  private func rewrite(_ folds: [RunFold]) throws -> Result {
    var eraser = Eraser(scope, folds)
    try learn(&eraser)
    let beside = FilesBeside(path: path)
    let deleted = try beside.repeated(in: Connection(path: path, mode: .readOnly))
    let kept = (beside.ofFirstFormat + beside.evidence).filter { !deleted.contains($0) }
    return try JournalRewriter(path: path).replace(keeping: nil, removing: deleted) { old, new in
      let copy = try JournalCopy(from: old, format: 2, to: new)
      var remains = RemainsDigest()
      try copy.whole { row in
        try eraser.erase(&row)
        remains.add(row)
      }
      try eraser.refuseUnfinished()
      guard eraser.events > 0 else { throw JournalError.nothingToErase }
      try copy.append(
        .erased,
        ErasedDetail(
          what: eraser.words, events: eraser.events, runs: eraser.runs.sorted(), remaining: remains.text,
          deleted: deleted.isEmpty
            ? nil : deleted.map { $0.split(separator: "/").last.map(String.init) ?? $0 }, reason: reason),
        as: identity, at: clock())
      return Result(
        events: eraser.events, runs: eraser.ids(eraser.runs),
        runsWithInputs: eraser.ids(eraser.runsWithInputs), deleted: deleted, kept: kept, head: copy.head)
    }
  }

  private func learn(_ eraser: inout Eraser) throws {
    let old = try Connection(path: path, mode: .readOnly)
    try ChainWalk(old, format: Journal.format).walk(after: 0, limit: -1) { try eraser.learn($0) }
  }
}
