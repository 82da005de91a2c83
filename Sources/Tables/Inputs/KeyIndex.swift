import DynamoJournalSQLite

/// Where each key stands in files of items: in memory up to a few megabytes, spilled to a file of SQLite's own beyond, which is
/// gone with the process.
final class KeyIndex {
  /// What is known of a key that was seen before.
  enum Answer: Hashable {
    /// It was not.
    case new
    /// With the same item.
    case same
    /// With another item, there.
    case other(Place)
  }

  /// Where an item stands.
  struct Place: Hashable {
    /// The file, from 0.
    let file: Int
    /// Which of its items it is, from 1.
    let number: Int
    /// The line, from 1.
    let line: Int
  }

  private let connection: Connection

  init() throws {
    connection = try Connection(path: "", mode: .temporary, cacheKibibytes: 8_192)
    try connection.execute(
      "CREATE TABLE keys (key BLOB PRIMARY KEY, digest INTEGER, file INTEGER, number INTEGER, line INTEGER) STRICT, WITHOUT ROWID"
    )
    // One transaction for the table's life: nothing here is to survive.
    try connection.execute("BEGIN")
  }

  /// Takes in an item at its place, unless its key is there already.
  func add(_ item: Item, _ key: Key, at place: Place) throws -> Answer {
    let bytes = DynamoDBJSON.bytes(key.attributes)
    let digest = Int64(item.hashValue)
    try connection.statement("INSERT OR IGNORE INTO keys VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, blob: bytes).bind(2, digest).bind(3, Int64(place.file)).bind(4, Int64(place.number))
      .bind(5, Int64(place.line)).run()
    if connection.changes == 1 { return .new }
    let found = try connection.statement("SELECT digest, file, number, line FROM keys WHERE key = ?1")
      .bind(1, blob: bytes).first {
        (
          $0.integer(0),
          Place(file: Int($0.integer(1)), number: Int($0.integer(2)), line: Int($0.integer(3)))
        )
      }
    guard let found else { return .new }
    return found.0 == digest ? .same : .other(found.1)
  }

  /// Whether the item of that key at that place is the one that was taken in.
  func isFirst(_ key: Key, at place: Place) throws -> Bool {
    try connection.statement("SELECT 1 FROM keys WHERE key = ?1 AND file = ?2 AND number = ?3")
      .bind(1, blob: DynamoDBJSON.bytes(key.attributes)).bind(2, Int64(place.file))
      .bind(3, Int64(place.number)).first { $0.integer(0) } != nil
  }
}

extension KeyIndex.Place {
  /// Where a reader is.
  init(_ reader: ItemReader, file: Int) {
    self.init(file: file, number: reader.number, line: reader.line)
  }
}
