import CDynamoJournalSQLite

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One connection to one SQLite file. It is confined to whoever made it: an actor, or one thread.
///
/// Opened for writing, it is durable and strict: WAL, `synchronous=FULL` (read back, anything else is an error),
/// foreign keys, recursive triggers (without which `INSERT OR REPLACE` slips past a delete trigger), defensive mode.
/// Sources: https://sqlite.org/pragma.html, https://sqlite.org/wal.html
package final class Connection {
  /// How a file is opened.
  package enum Mode: Sendable {
    /// For reading and writing; made when it is missing.
    case create
    /// For reading and writing; must exist.
    case readWrite
    /// For reading and writing in whatever journal mode the file has: for changing that mode. Must exist.
    case plainWrite
    /// For reading; must exist.
    case readOnly
    /// For a short look that leaves no trace: reading in WAL mode makes files beside the database, so where there is no
    /// log, and so nobody at work, SQLite is told that nothing will change. Must exist.
    ///
    /// Source: https://sqlite.org/wal.html, "Read-Only Databases"
    case look
    /// A private database that SQLite keeps in memory up to its cache and spills to a file that it deletes itself.
    case temporary
  }

  /// The file's path; empty for a temporary database.
  package let path: String
  private let handle: OpaquePointer
  private var statements: [String: Statement] = [:]

  /// Opens `path`.
  ///
  /// - Parameters:
  ///   - pageSize: of a file that is made; an existing one keeps its own.
  ///   - cacheKibibytes: upper bound of the page cache.
  ///   - checkpointPages: how long the write-ahead log grows before it is copied into the file.
  ///   - busyTimeout: how long a statement waits for another process's lock, in milliseconds.
  /// - Throws: `SQLiteError`.
  package init(
    path: String, mode: Mode, pageSize: Int = 8_192, cacheKibibytes: Int = 16_384,
    checkpointPages: Int = 4_000,
    busyTimeout: Int32 = 5_000
  ) throws {
    self.path = path
    if mode == .readOnly || mode == .look { Connection.rollBackWhatWasLeft(path) }
    handle = try Connection.open(path, mode)
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, busyTimeout)
    sqlite_set_defensive(handle, 1)
    do {
      try configure(
        mode, pageSize: pageSize, cacheKibibytes: cacheKibibytes, checkpointPages: checkpointPages)
    } catch {
      sqlite3_close_v2(handle)
      throw error
    }
  }

  deinit {
    // Statements are finalized by their own deinit; close_v2 waits for those that are still referenced.
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  private static func open(_ path: String, _ mode: Mode) throws -> OpaquePointer {
    let flags: Int32 =
      switch mode {
      case .create, .temporary: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readWrite, .plainWrite: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      case .look: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    if waitsForOthers(path) {
      throw SQLiteError(code: SQLITE_NOTADB, message: "it is a pipe, a socket or a device", path: path)
    }
    var handle: OpaquePointer?
    let name = mode == .look ? nameForLook(path) : path
    let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw SQLiteError(code: code, message: message, path: path)
    }
    return handle
  }

  /// Rolls back what a process had begun that was killed while it changed the file's journal mode: only a connection that may
  /// write can, and one for reading would fail, or read half of it.
  ///
  /// Where this process may not write, the connection that is opened next says so.
  /// Source: https://sqlite.org/lockingv3.html, "Hot journals"
  private static func rollBackWhatWasLeft(_ path: String) {
    guard hasFile("-journal", beside: path), let writer = try? Connection(path: path, mode: .plainWrite)
    else { return }
    _ = try? writer.statement("PRAGMA schema_version").first { $0.integer(0) }
  }

  /// Whether it is neither a file nor a folder: SQLite would wait for ever for what nobody writes into it.
  private static func waitsForOthers(_ path: String) -> Bool {
    var found = stat()
    guard !path.isEmpty, stat(path, &found) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(found.st_mode & S_IFMT)
  }

  /// The file as a URI; `immutable` is right as long as nobody has it open for writing.
  ///
  /// Source: https://sqlite.org/uri.html
  private static func nameForLook(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let encoded = path.utf8.reduce(into: [UInt8]()) { encoded, byte in
      if [UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains(byte) {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        encoded.append(byte)
      }
    }
    let name = "file:" + (path.hasPrefix("/") ? "//" : "") + String(decoding: encoded, as: UTF8.self)
    let isInUse = hasFile("-wal", beside: path) || hasFile("-journal", beside: path)
    return isInUse ? name : name + "?immutable=1"
  }

  /// Whether there is a log of that ending beside the database, where SQLite puts it: beside what a link leads to.
  private static func hasFile(_ ending: String, beside path: String) -> Bool {
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    return access((resolved.map { String(cString: $0) } ?? path) + ending, F_OK) == 0
  }

  private func configure(
    _ mode: Mode, pageSize: Int, cacheKibibytes: Int, checkpointPages: Int
  ) throws {
    try execute("PRAGMA cache_size = -\(cacheKibibytes)")
    // What somebody else put into the schema runs no function with side effects, and a damaged page is found early.
    try execute("PRAGMA trusted_schema = OFF")
    try execute("PRAGMA cell_size_check = ON")
    switch mode {
    case .readOnly, .look, .plainWrite: return
    case .temporary:
      try execute("PRAGMA journal_mode = OFF")
      try execute("PRAGMA synchronous = OFF")
    case .create, .readWrite:
      try execute("PRAGMA page_size = \(pageSize)")
      try execute("PRAGMA foreign_keys = ON")
      try execute("PRAGMA recursive_triggers = ON")
      try execute("PRAGMA wal_autocheckpoint = \(checkpointPages)")
      try expect("PRAGMA journal_mode = WAL", "wal")
      try execute("PRAGMA synchronous = FULL")
      try expect("PRAGMA synchronous", "2")
    }
  }

  /// A durable journal is what this product sells, so a setting that did not take is an error, never a warning.
  private func expect(_ pragma: String, _ wanted: String) throws {
    let answer = try statement(pragma).first { $0.text(0) }
    guard answer == wanted else {
      throw SQLiteError(
        code: SQLITE_MISUSE, message: "answered '\(answer ?? "nothing")' where '\(wanted)' is needed",
        sql: pragma, path: path)
    }
  }

  /// Runs one or more statements that need no values and whose rows nobody wants.
  package func execute(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw error(code, sql) }
  }

  /// The prepared statement of that text, prepared once for the connection's life and reset at each call.
  package func statement(_ sql: String) throws -> Statement {
    if let cached = statements[sql] {
      cached.reset()
      return cached
    }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else { throw error(code, sql) }
    let made = Statement(pointer, sql: sql, path: path)
    statements[sql] = made
    return made
  }

  /// Runs `body` in a transaction that takes the write lock at once; an error rolls it back.
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // SQLite rolls back by itself on some errors, a full disk among them; a second rollback would hide the first error.
      if sqlite3_get_autocommit(handle) == 0 { try execute("ROLLBACK") }
      throw error
    }
  }

  /// Runs `body` on one snapshot of the file.
  package func read<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN")
    defer { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    return try body()
  }

  /// The version of the SQLite library that is linked, such as `3.46.1`.
  package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  /// Changes whenever somebody changes the schema, whoever it was. https://sqlite.org/pragma.html#pragma_schema_version
  package func schemaVersion() throws -> Int64 {
    try statement("PRAGMA schema_version").first { $0.integer(0) } ?? 0
  }

  /// How many rows the last insert, update or delete changed.
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  /// The rowid of the last insert.
  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  private func error(_ code: Int32, _ sql: String) -> SQLiteError {
    SQLiteError(
      code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)), sql: sql,
      path: path)
  }
}
