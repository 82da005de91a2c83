import DynamoJournalSQLite
import DynamoJournalTables

/// Outcomes on their way from the order of a scan into the order of their keys: in memory up to a few megabytes, spilled to a file of
/// SQLite's own beyond, which is gone with the process.
final class OutcomeSpool {
  private let connection: Connection
  private var rows: Statement?
  private var last: String?
  private var isAtEnd = false
  private(set) var count = 0

  init() throws {
    connection = try Connection(path: "", mode: .temporary, cacheKibibytes: 16_384)
    try connection.execute(
      """
      CREATE TABLE outcomes (place BLOB NOT NULL, body BLOB NOT NULL) STRICT;
      CREATE TABLE claims (item BLOB PRIMARY KEY, owner BLOB NOT NULL) STRICT, WITHOUT ROWID;
      BEGIN
      """)
  }

  /// Adds an outcome.
  ///
  /// - Parameter place: the key of its item, by whose bytes outcomes are sorted.
  func add(_ place: String, _ body: [UInt8]) throws {
    count += 1
    try connection.statement("INSERT INTO outcomes VALUES (?1, ?2)")
      .bind(1, blob: Array(place.utf8)).bind(2, blob: body).run()
  }

  /// The next outcome in the order of the places; an item that a scan has met twice comes once.
  func next() throws -> (place: String, body: [UInt8])? {
    // A statement that is asked again after its end would begin anew.
    guard !isAtEnd else { return nil }
    let rows = try self.rows ?? connection.statement("SELECT place, body FROM outcomes ORDER BY place")
    self.rows = rows
    while try rows.step() {
      let place = String(decoding: rows.bytes(0) ?? [], as: UTF8.self)
      if place == last { continue }
      last = place
      return (place, rows.bytes(1) ?? [])
    }
    isAtEnd = true
    return nil
  }

  /// Claims an item for whoever changes it.
  ///
  /// - Returns: the owner that was there before; nil when it is claimed now.
  func claim(_ item: String, for owner: String) throws -> String? {
    try connection.statement("INSERT OR IGNORE INTO claims VALUES (?1, ?2)")
      .bind(1, blob: Array(item.utf8)).bind(2, blob: Array(owner.utf8)).run()
    if connection.changes == 1 { return nil }
    return try connection.statement("SELECT owner FROM claims WHERE item = ?1").bind(
      1, blob: Array(item.utf8)
    )
    .first { String(decoding: $0.bytes(0) ?? [], as: UTF8.self) }
  }
}
