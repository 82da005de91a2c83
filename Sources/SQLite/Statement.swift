import CDynamoJournalSQLite

/// A prepared statement: bind from 1, step, read columns from 0.
package final class Statement {
  private let pointer: OpaquePointer
  private let sql: String
  private let path: String

  init(_ pointer: OpaquePointer, sql: String, path: String) {
    self.pointer = pointer
    self.sql = sql
    self.path = path
  }

  deinit { sqlite3_finalize(pointer) }

  /// Ends the run under way and forgets the values bound.
  package func reset() {
    // The code that reset returns repeats the error of the last step, which step has thrown already.
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  // MARK: Values in

  /// Binds a whole number, or NULL.
  @discardableResult
  package func bind(_ index: Int32, _ value: Int64?) throws -> Statement {
    guard let value else { return try bindNull(index) }
    return try check(sqlite3_bind_int64(pointer, index, value))
  }

  /// Binds text, or NULL.
  @discardableResult
  package func bind(_ index: Int32, _ value: String?) throws -> Statement {
    guard var value else { return try bindNull(index) }
    return try check(
      value.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          sqlite3_bind_text64(
            pointer, index, $0.baseAddress ?? emptyText, UInt64($0.count), sqlite_transient(),
            UInt8(SQLITE_UTF8))
        }
      })
  }

  /// Binds bytes as text, which must be UTF-8: spares a string where the bytes are at hand.
  @discardableResult
  package func bindText(_ index: Int32, utf8 bytes: [UInt8]?) throws -> Statement {
    guard let bytes else { return try bindNull(index) }
    return try check(
      bytes.withUnsafeBytes { buffer in
        sqlite3_bind_text64(
          pointer, index, buffer.bindMemory(to: CChar.self).baseAddress ?? emptyText,
          UInt64(buffer.count), sqlite_transient(), UInt8(SQLITE_UTF8))
      })
  }

  /// Binds a blob, or NULL.
  @discardableResult
  package func bind(_ index: Int32, blob: [UInt8]?) throws -> Statement {
    guard let blob else { return try bindNull(index) }
    if blob.isEmpty { return try check(sqlite3_bind_zeroblob(pointer, index, 0)) }
    return try check(
      blob.withUnsafeBytes {
        sqlite3_bind_blob64(pointer, index, $0.baseAddress, UInt64($0.count), sqlite_transient())
      })
  }

  /// Binds NULL.
  @discardableResult
  package func bindNull(_ index: Int32) throws -> Statement {
    try check(sqlite3_bind_null(pointer, index))
  }

  // MARK: Running

  /// Goes to the next row; false when there is none.
  package func step() throws -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let failure = error()
      reset()
      throw failure
    }
  }

  /// Runs to the end and resets.
  package func run() throws {
    while try step() {}
    reset()
  }

  /// The first row as `read` sees it, or nil; the statement is reset.
  package func first<Value>(_ read: (Statement) throws -> Value?) throws -> Value? {
    defer { reset() }
    return try step() ? read(self) : nil
  }

  /// Every row as `read` sees it; the statement is reset.
  package func all<Value>(_ read: (Statement) throws -> Value) throws -> [Value] {
    defer { reset() }
    var rows: [Value] = []
    while try step() { rows.append(try read(self)) }
    return rows
  }

  // MARK: Values out

  /// Whether the column is NULL.
  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

  /// The column as a whole number; 0 for NULL.
  package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

  /// The column as a whole number; nil for NULL.
  package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  /// The column as text; nil for NULL.
  package func text(_ column: Int32) -> String? {
    guard let bytes = sqlite3_column_text(pointer, column) else { return nil }
    let count = Int(sqlite3_column_bytes(pointer, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// The bytes of a text or blob column; nil for NULL.
  package func bytes(_ column: Int32) -> [UInt8]? {
    switch sqlite3_column_type(pointer, column) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT:
      let start = sqlite3_column_text(pointer, column)
      return Array(
        UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
    default:
      let start = sqlite3_column_blob(pointer, column)
      return Array(
        UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
    }
  }

  private func check(_ code: Int32) throws -> Statement {
    if code != SQLITE_OK { throw error() }
    return self
  }

  private func error() -> SQLiteError {
    let database = sqlite3_db_handle(pointer)
    return SQLiteError(
      code: sqlite3_extended_errcode(database), message: String(cString: sqlite3_errmsg(database)),
      sql: sql, path: path)
  }
}

/// What an empty string is bound from: a nil pointer would bind NULL.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
  // Never freed and never written: one byte for the life of the process.
  let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  byte.initialize(to: 0)
  return UnsafePointer(byte)
}()
