import Foundation
import DynamoJournalSQLite
import DynamoJournalTables

/// Makes a damaged journal usable: what can be verified is kept as it is, the whole old file is put aside as evidence, and an
/// event says who recovered it and why.
///
/// Runs in what is kept can be resumed and undone: every write has its condition, so that what the lost events told of is
/// found out again at the tables.
package struct JournalRecovery: Sendable {
  /// What was done.
  package struct Result: Sendable {
    /// How many events were kept.
    package let kept: Int64
    /// The file that holds all that was found.
    package let evidence: String
    /// The first bad event, and what is wrong with it; nil when the events are right and something else was not.
    package let firstBad: (seq: Int64, why: String)?
    /// The end of the chain of the journal that goes on.
    package let head: Journal.Head
  }

  private let path: String
  private let identity: ActorIdentity
  private let reason: String
  private let clock: @Sendable () -> Int64

  /// A recovery.
  ///
  /// - Parameter reason: why, in the words of whoever asks for it.
  package init(
    path: String, as identity: ActorIdentity, reason: String,
    clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) {
    self.path = FileIdentity.behindLink(path)
    self.identity = identity
    self.reason = reason
    self.clock = clock
  }

  /// What is wrong with the journal; nil when nothing is.
  ///
  /// - Throws: `JournalError` when it is not a journal at all, or of a newer program.
  package func flaw() throws -> JournalError? {
    try translated {
      let connection = try Connection(path: path, mode: .readOnly)
      let format = try JournalFile.format(connection)
      do {
        if let flaw = try ClosedSchema.flaw(connection, format: format) {
          return .foreignSchema(path: path, what: flaw)
        }
        _ = try ChainWalk(connection, format: format).whole()
        return nil
      } catch let error as JournalError {
        return error
      } catch let error as SQLiteError where error.kind != .busy && error.kind != .notWritable {
        return JournalError(error)
      }
    }
  }

  /// Recovers the journal.
  ///
  /// - Throws: `JournalError.notDamaged` when nothing is wrong with it, `.inUse`, `.readers`: nothing is changed then.
  package func run() throws -> Result {
    guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
    let lock = try JournalLock(journal: path)
    defer { withExtendedLifetime(lock) {} }
    guard let flaw = try flaw() else { throw JournalError.notDamaged(path: path) }
    return try translated { try recover(from: flaw) }
  }

  private func recover(from flaw: JournalError) throws -> Result {
    let time = clock()
    let evidence = unusedName("\(path).damaged-\(Timestamp.compact(time))")
    return try JournalRewriter(path: path).replace(keeping: evidence) { old, new in
      let format = try JournalFile.format(old)
      try refuseForeignTables(old)
      let head = try? JournalFile.head(old).hexadecimal
      let copy = try JournalCopy(from: old, format: format, to: new)
      let firstBad = try copy.verifiedPrefix().flatMap(Self.place)
      let kept = copy.head.seq
      let base = copy.base
      if copy.endsInFirstFormat {
        try copy.append(.upgraded, UpgradedDetail(from: 1), as: identity, at: time)
      }
      if let archived = base.detail, kept < base.event {
        // What the first event follows has to be told in what is kept, too.
        try copy.append(.archived, archived, as: identity, at: time)
      }
      let name = evidence.split(separator: "/").last.map(String.init) ?? evidence
      try copy.append(
        .recovered,
        RecoveredDetail(
          kept: kept, evidence: name, firstBad: firstBad?.seq, flaw: firstBad?.why ?? Self.words(flaw),
          head: head,
          reason: reason),
        as: identity, at: time)
      if let remaining = copy.uncoveredRemains {
        // What an erasure left is of no event's hash: it is taken as it was found, so that the journal can go on.
        try copy.append(
          .erased,
          ErasedDetail(
            what: "what an earlier erasure left, as the recovery found it", events: 0, runs: [],
            remaining: remaining, reason: reason), as: identity, at: time)
      }
      return Result(kept: kept, evidence: evidence, firstBad: firstBad, head: copy.head)
    }
  }

  /// The rows are read from tables only: a view of the same name could go on for ever.
  private func refuseForeignTables(_ connection: Connection) throws {
    for name in ["actors", "events"] {
      let type = try connection.statement("SELECT type, sql FROM sqlite_schema WHERE name = ?1").bind(1, name)
        .first { ($0.text(0) ?? "", $0.text(1) ?? "") }
      guard let type, type.0 == "table", type.1.hasPrefix("CREATE TABLE") else {
        throw JournalError.beyondRecovery(path: path, what: "its table '\(name)' is not there any more")
      }
    }
  }

  private static func place(_ error: JournalError) -> (seq: Int64, why: String)? {
    if case .damaged(let event, let reason) = error { (event, reason) } else { nil }
  }

  private static func words(_ error: JournalError) -> String {
    switch error {
    case .foreignSchema(_, let what): what
    case .damaged(_, let reason), .fileDamaged(_, let reason): reason
    default: "\(error)"
    }
  }

  private func translated<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as SQLiteError { throw JournalError(error) }
  }
}
