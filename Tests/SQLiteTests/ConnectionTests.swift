import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@Suite struct ConnectionTests {
  @Test(
    "a connection for writing is in WAL mode, fully synchronous, with recursive triggers and foreign keys")
  func pragmas() throws {
    try withTemporaryFolder { folder in
      let connection = try Connection(path: folder + "/a.sqlite", mode: .create)
      let expected = [
        "journal_mode": "wal", "synchronous": "2", "recursive_triggers": "1", "foreign_keys": "1",
        "page_size": "8192",
      ]
      for (pragma, value) in expected {
        #expect(try connection.statement("PRAGMA \(pragma)").first { $0.text(0) } == value, "\(pragma)")
      }
    }
  }

  @Test(
    "what a killed process had begun in another journal mode is rolled back before it is read",
    arguments: [Connection.Mode.readOnly, .look, .readWrite])
  func leftBehind(_ mode: Connection.Mode) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      try Connection(path: path, mode: .create).execute(
        "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7); PRAGMA journal_mode = DELETE")
      let writer = try Connection(path: path, mode: .plainWrite)
      // Pages that don't fit into the cache are written into the file before the end of the transaction.
      try writer.execute("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE t SET a = 8")
      for _ in 0..<5_000 { try writer.execute("INSERT INTO t VALUES (9)") }
      let dead = folder + "/dead.sqlite"
      for ending in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: path + ending, toPath: dead + ending)
      }
      let found = try Connection(path: dead, mode: mode).statement("SELECT sum(a) FROM t").first {
        $0.integer(0)
      }
      #expect(found == 7)
    }
  }

  @Test("a look leaves no file behind, sees what is in the log, and writes nothing")
  func look() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a #1?.sqlite"
      var writer: Connection? = try Connection(path: path, mode: .create)
      try writer?.execute("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7)")
      func look() throws -> Int64? {
        let connection = try Connection(path: path, mode: .look)
        #expect(throws: SQLiteError.self) { try connection.execute("INSERT INTO t VALUES (8)") }
        return try connection.statement("SELECT sum(a) FROM t").first { $0.integer(0) }
      }
      #expect(try look() == 7)
      writer = nil
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a #1?.sqlite"])
      #expect(try look() == 7)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a #1?.sqlite"])
      #expect(throws: SQLiteError.self) { try Connection(path: folder + "/none", mode: .look) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a #1?.sqlite"])
    }
  }

  @Test("values of every kind come back as they were bound, empty ones and NUL characters included")
  func values() throws {
    let connection = try Connection(path: "", mode: .temporary)
    try connection.execute("CREATE TABLE t (a INTEGER, b TEXT, c BLOB) STRICT")
    let rows: [(Int64?, String?, [UInt8]?)] = [
      (1, "", []), (nil, nil, nil), (.min, "é\u{0}日本", [0, 255]), (.max, "plain", [7]),
    ]
    for (integer, text, blob) in rows {
      try connection.statement("INSERT INTO t VALUES (?, ?, ?)")
        .bind(1, integer).bind(2, text).bind(3, blob: blob).run()
    }
    let read = try connection.statement("SELECT a, b, c FROM t ORDER BY rowid").all {
      ($0.isNull(0) ? nil : $0.integer(0), $0.text(1), $0.bytes(2))
    }
    #expect(read.map(\.0) == rows.map(\.0))
    #expect(read.map(\.1) == rows.map(\.1))
    #expect(read.map(\.2) == rows.map(\.2))
  }

  @Test("a transaction that throws leaves nothing behind and the connection usable")
  func rollback() throws {
    // A temporary database has no rollback journal, so the promise is tested on a file.
    try withTemporaryFolder { folder in
      let file = try Connection(path: folder + "/a.sqlite", mode: .create)
      try file.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
      #expect(throws: Stop.self) { try insertAndStop(file) }
      try insert(2, into: file)
      #expect(try file.statement("SELECT a FROM t").all { $0.integer(0) } == [2])
    }
  }

  private struct Stop: Error {}

  // Functions of their own: the compiler (6.3.1) confuses a closure with the one inside an #expect before it.
  private func insertAndStop(_ file: Connection) throws {
    try file.transaction { () -> Void in
      try file.execute("INSERT INTO t VALUES (1)")
      throw Stop()
    }
  }

  private func insert(_ value: Int, into file: Connection) throws {
    try file.transaction { try file.execute("INSERT INTO t VALUES (\(value))") }
  }

  @Test("errors carry SQLite's extended code, its message and the SQL text, but no bound value")
  func errors() throws {
    let connection = try Connection(path: "", mode: .temporary)
    try connection.execute("CREATE TABLE t (a TEXT PRIMARY KEY) STRICT")
    let insert = "INSERT INTO t VALUES (?)"
    try connection.statement(insert).bind(1, "canary").run()
    let error = try #require(throws: SQLiteError.self) {
      try connection.statement(insert).bind(1, "canary").run()
    }
    #expect(error.code == 1555)  // SQLITE_CONSTRAINT_PRIMARYKEY
    #expect(error.kind == .constraint)
    #expect(error.sql == insert)
    #expect(!error.description.contains("canary"))
  }

  @Test("a file that is no database is told apart from a damaged one and from a missing one")
  func notADatabase() throws {
    try withTemporaryFolder { folder in
      let text = folder + "/text.sqlite"
      try Data(repeating: UInt8(ascii: "x"), count: 20_000).write(to: URL(fileURLWithPath: text))
      let notADatabase = try #require(throws: SQLiteError.self) {
        try Connection(path: text, mode: .readWrite)
      }
      #expect(notADatabase.kind == .notADatabase)
      let missing = try #require(throws: SQLiteError.self) {
        try Connection(path: folder + "/missing.sqlite", mode: .readOnly)
      }
      #expect(missing.kind == .notWritable)
    }
  }

  @Test("a second writer is told that the file is busy")
  func busy() throws {
    try withTemporaryFolder { folder in
      let first = try Connection(path: folder + "/a.sqlite", mode: .create)
      let second = try Connection(path: folder + "/a.sqlite", mode: .readWrite, busyTimeout: 1)
      try first.execute("BEGIN IMMEDIATE")
      let error = try #require(throws: SQLiteError.self) { try second.execute("BEGIN IMMEDIATE") }
      #expect(error.kind == .busy)
    }
  }
}
