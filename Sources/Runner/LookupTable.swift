import DynamoJournalSQLite

/// Facts by name while a plan is made: in memory up to a few megabytes, spilled to a file of SQLite's own beyond.
///
/// It is gone with the process; a run that is resumed fills it again from the captured inputs.
public final class LookupTable {
  /// A name and its value.
  public struct Fact: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String
  }

  private let connection: Connection

  init() throws {
    connection = try Connection(path: "", mode: .temporary, cacheKibibytes: 4_096)
    try connection.execute(
      "CREATE TABLE facts (name BLOB PRIMARY KEY, rank INTEGER NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )
    // One transaction for the table's life: nothing here is to survive.
    try connection.execute("BEGIN")
  }

  /// How many names there are.
  public func count() throws -> Int {
    Int(try connection.statement("SELECT count(*) FROM facts").first { $0.integer(0) } ?? 0)
  }

  /// The value of that name.
  public func value(_ name: String) throws -> String? {
    try connection.statement("SELECT value FROM facts WHERE name = ?1")
      .bind(1, blob: Array(name.utf8)).first { $0.text(0) }
  }

  /// Sets the value of a name, whatever was there.
  public func set(_ name: String, _ value: String) throws {
    try connection.statement("INSERT OR REPLACE INTO facts VALUES (?1, 0, ?2)")
      .bind(1, blob: Array(name.utf8)).bind(2, value).run()
  }

  /// Sets the value of a name that is not there yet; false when it is.
  public func add(_ name: String, _ value: String) throws -> Bool {
    try connection.statement("INSERT OR IGNORE INTO facts VALUES (?1, 0, ?2)")
      .bind(1, blob: Array(name.utf8)).bind(2, value).run()
    return connection.changes == 1
  }

  /// Keeps the value of the highest rank, the first one on a tie.
  public func keepHighest(_ name: String, rank: Int64, _ value: String) throws {
    try connection.statement(
      """
      INSERT INTO facts VALUES (?1, ?2, ?3)
      ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, value = excluded.value WHERE excluded.rank > rank
      """
    ).bind(1, blob: Array(name.utf8)).bind(2, rank).bind(3, value).run()
  }

  /// The facts whose names come after that one, in the order of the names' bytes; nil for the first ones.
  public func facts(after name: String?, limit: Int) throws -> [Fact] {
    // Every blob comes after every text.
    let sql = "SELECT CAST(name AS TEXT), value FROM facts WHERE name > ?1 ORDER BY name LIMIT ?2"
    let statement = try connection.statement(sql)
    let bound = try name.map { try statement.bind(1, blob: Array($0.utf8)) } ?? statement.bind(1, "")
    return try bound.bind(2, Int64(limit)).all { Fact(name: $0.text(0) ?? "", value: $0.text(1) ?? "") }
  }
}
