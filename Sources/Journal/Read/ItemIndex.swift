import Crypto
import DynamoJournalSQLite
import Foundation

/// Where the events of each item stand in a journal: a file beside it, made when somebody asks for an item's history, that can
/// be deleted at any time.
///
/// It only says where to look: what is shown is read from the journal, and compared there with the table and the key that were
/// asked for. It holds digests of keys, so an erasure deletes it, and so does a verification of the chain: an index that
/// somebody has doctored could hide events.
package struct ItemIndex {
  /// How far an index is, and of how much.
  typealias Progress = @Sendable (_ events: Int64, _ of: Int64) -> Void

  /// Journals of fewer events are read through.
  package static let fewEvents: Int64 = 200_000
  private static let layout: Int64 = 1
  private static let batch: Int64 = 100_000

  private let index: Connection

  /// Where the index of a journal is.
  static func path(ofJournalAt path: String) -> String { path + ".items" }

  /// Deletes the index of a journal, if there is one.
  ///
  /// - Throws: `JournalError.notWritable`.
  static func remove(ofJournalAt path: String) throws {
    for name in ["", "-wal", "-shm", "-journal"].map({ self.path(ofJournalAt: path) + $0 })
    where unlink(name) != 0 && errno != ENOENT {
      throw JournalError.notWritable(path: name, reason: String(cString: strerror(errno)))
    }
  }

  /// Opens the index of a journal, made or continued up to the journal's last event.
  ///
  /// - Throws: `SQLiteError` or `JournalError` where it can't be made.
  init(of journal: Connection, at path: String, head: Journal.Head, progress: Progress) throws {
    let file = Self.path(ofJournalAt: path)
    try PrivateFiles.create(file)
    index = try Connection(path: file, mode: .create, cacheKibibytes: 65_536, busyTimeout: 100)
    var position = try reached(journal)
    if position == nil {
      try clear()
      position = 0
    }
    try extend(journal, from: position ?? 0, to: head, progress)
  }

  /// The places of the events that may be about that item, in order.
  func places(table: String, key: [UInt8]) throws -> [Int64] {
    try index.statement("SELECT seq FROM places WHERE item = ?1 ORDER BY seq")
      .bind(1, Self.item(Array(table.utf8), key)).all { $0.integer(0) }
  }

  private static func item(_ table: [UInt8], _ key: [UInt8]) -> Int64 {
    var hash = SHA256()
    hash.update(data: table)
    // No table's name has a zero byte.
    hash.update(data: [0])
    hash.update(data: key)
    return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
  }

  /// How far the index goes; nil where there is none, or one of another journal or of events that are not there any more.
  private func reached(_ journal: Connection) throws -> Int64? {
    guard try index.statement("PRAGMA user_version").first({ $0.integer(0) }) == Self.layout,
      let (seq, hash) = try index.statement("SELECT seq, hash FROM reached").first({
        ($0.integer(0), $0.bytes(1))
      })
    else { return nil }
    let there = try journal.statement("SELECT hash FROM events WHERE seq = ?1").bind(1, seq).first {
      $0.bytes(0)
    }
    return there != nil && there == hash ? seq : nil
  }

  private func clear() throws {
    try index.transaction {
      try index.execute("DROP TABLE IF EXISTS places; DROP TABLE IF EXISTS reached")
      try index.execute(
        """
        CREATE TABLE places (item INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (item, seq))
          STRICT, WITHOUT ROWID;
        CREATE TABLE reached (seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
        PRAGMA user_version = \(Self.layout)
        """)
    }
  }

  /// In batches, each with how far it goes: one that is interrupted goes on from there.
  private func extend(
    _ journal: Connection, from start: Int64, to head: Journal.Head, _ progress: Progress
  ) throws {
    // What is lost can be made again, as long as the file stays whole. https://sqlite.org/pragma.html#pragma_synchronous
    try index.execute("PRAGMA synchronous = NORMAL")
    var position = start
    while position < head.seq {
      let end = min(position + Self.batch, head.seq)
      try index.transaction { try add(journal, position, end) }
      position = end
      progress(position, head.seq)
    }
  }

  private func add(_ journal: Connection, _ position: Int64, _ end: Int64) throws {
    let rows = try journal.statement(Queries.itemPlaces).bind(1, position).bind(2, end)
    let insert = "INSERT OR IGNORE INTO places VALUES (?1, ?2)"
    defer { rows.reset() }
    while try rows.step() {
      guard let table = rows.bytes(1), let key = rows.bytes(2) else { continue }
      try index.statement(insert).bind(1, Self.item(table, key)).bind(2, rows.integer(0)).run()
    }
    let hash = try journal.statement("SELECT hash FROM events WHERE seq = ?1").bind(1, end).first {
      $0.bytes(0)
    }
    try index.execute("DELETE FROM reached")
    try index.statement("INSERT INTO reached VALUES (?1, ?2)").bind(1, end).bind(2, blob: hash ?? []).run()
  }
}
