import CDynamoJournalSQLite

/// What SQLite answered, with the statement that it answered to.
///
/// Bound values are never part of it. Codes: https://sqlite.org/rescode.html
package struct SQLiteError: Error, Hashable, Sendable {
  /// SQLite's extended result code.
  package let code: Int32
  /// SQLite's own message.
  package let message: String
  /// The SQL text, with placeholders where values were bound.
  package let sql: String?
  /// The file.
  package let path: String

  /// An error.
  package init(code: Int32, message: String, sql: String? = nil, path: String) {
    self.code = code
    self.message = message
    self.sql = sql
    self.path = path
  }

  /// What went wrong, as far as a caller has to act on it.
  package enum Kind: Sendable {
    /// Another process holds a lock for longer than the busy time-out.
    case busy
    /// The disk is full, or a limit on the file's size was reached.
    case full
    /// The file is damaged.
    case corrupt
    /// The file is no SQLite database.
    case notADatabase
    /// The file or its folder can't be opened or written.
    case notWritable
    /// A constraint or a trigger refused the statement.
    case constraint
    /// Anything else.
    case other
  }

  /// The kind of the error, from its primary code.
  package var kind: Kind {
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .full
    // Growing a file past RLIMIT_FSIZE fails with EFBIG, which SQLite reports as a failed write, not as a full disk.
    case SQLITE_IOERR: [sqliteIOErrorWrite, sqliteIOErrorSharedMemorySize].contains(code) ? .full : .other
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: .notWritable
    case SQLITE_CONSTRAINT: .constraint
    default: .other
    }
  }
}

/// `SQLITE_IOERR_WRITE`, which is a macro with an expression that Swift doesn't import.
private let sqliteIOErrorWrite = SQLITE_IOERR | (3 << 8)
/// `SQLITE_IOERR_SHMSIZE`: no room for the index of the write-ahead log.
private let sqliteIOErrorSharedMemorySize = SQLITE_IOERR | (19 << 8)

extension SQLiteError: CustomStringConvertible {
  /// Message, code, file and SQL text.
  package var description: String {
    "SQLite: \(message) (code \(code)) in '\(path)'" + (sql.map { ", at: \($0)" } ?? "")
  }
}
