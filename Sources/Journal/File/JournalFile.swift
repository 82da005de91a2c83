import Foundation
import DynamoJournalSQLite

/// Opening and looking at the file, before anything is trusted.
enum JournalFile {
  /// Makes the file where it is missing, looks whether it is one of ours, and takes the lock.
  static func lock(_ path: String) throws -> JournalLock {
    try PrivateFiles.create(path)
    try inspect(path)
    return try JournalLock(journal: path)
  }

  /// Looks before anything is written: opening for writing would put a foreign file into WAL mode.
  private static func inspect(_ path: String) throws {
    // SQLite takes a file that is shorter than the smallest page for an empty one, and would write over it.
    // FileManager would say the size of a link, not of the journal that it leads to.
    var facts = stat()
    if stat(path, &facts) == 0, (1..<512).contains(facts.st_size) {
      throw JournalError.notAJournal(path: path)
    }
    let connection = try Connection(path: path, mode: .readOnly)
    if try !isEmpty(connection) { _ = try format(connection) }
  }

  /// Whether nothing was ever written to the file, which a command that was killed early leaves behind.
  private static func isEmpty(_ connection: Connection) throws -> Bool {
    let objects = try connection.statement(Queries.objectCount).first { $0.integer(0) }
    let id = try connection.statement("PRAGMA application_id").first { $0.integer(0) }
    return objects == 0 && id == 0
  }

  /// Makes the tables of a new journal.
  static func prepare(_ connection: Connection) throws {
    guard try isEmpty(connection) else { return }
    try connection.transaction {
      try connection.execute(String(decoding: PackageResources.schema_sql, as: UTF8.self))
    }
  }

  /// The file's format, its schema being what that format has.
  static func check(_ connection: Connection) throws -> Int64 {
    let format = try format(connection)
    if let flaw = try ClosedSchema.flaw(connection, format: format) {
      throw JournalError.foreignSchema(path: connection.path, what: flaw)
    }
    return format
  }

  /// The file's format.
  static func format(_ connection: Connection) throws -> Int64 {
    guard try connection.statement("PRAGMA application_id").first({ $0.integer(0) }) == Journal.applicationID
    else {
      throw try isEmpty(connection)
        ? JournalError.empty(path: connection.path) : .notAJournal(path: connection.path)
    }
    let found = try connection.statement("PRAGMA user_version").first { $0.integer(0) } ?? 0
    guard found <= Journal.format else {
      throw JournalError.newer(path: connection.path, format: found, supported: Journal.format)
    }
    guard found > 0 else { throw JournalError.notAJournal(path: connection.path) }
    return found
  }

  /// Looks whether the first and the last event have numbers that the file has room for: all that keeps memory by the number
  /// of an event may rely on it then, whatever somebody with the file in hand made of it.
  static func checkNumbers(_ connection: Connection, format: Int64) throws {
    let ends = try connection.statement("SELECT (SELECT min(seq) FROM events), (SELECT max(seq) FROM events)")
      .first {
        ($0.optionalInteger(0), $0.optionalInteger(1))
      }
    guard let first = ends?.0, let last = ends?.1 else { return }
    let pages = try connection.statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
    let size = try connection.statement("PRAGMA page_size").first { $0.integer(0) } ?? 0
    // An event has at least its hash and its kind.
    let room = pages * size / 40
    guard first > 0 else { throw JournalError.damaged(event: first, reason: "its number can't be right") }
    // Those before the first one are in an archive, where an event says so.
    let base = try JournalBase.read(connection, format: format).head.seq
    guard last - base <= room else {
      throw JournalError.damaged(event: last, reason: "its number can't be right")
    }
  }

  /// The end of the chain, as it stands in the file.
  static func head(_ connection: Connection) throws -> Journal.Head {
    try connection.statement(Queries.head).first {
      Journal.Head(seq: $0.integer(0), hash: $0.bytes(1) ?? [])
    } ?? .empty
  }
}
