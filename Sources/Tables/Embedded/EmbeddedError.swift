import DynamoJournalProgram
import DynamoJournalSQLite

// The words for what only an embedded store can run into.
extension StoreError {
  static func cannotMake(_ path: String, because reason: String) -> StoreError {
    StoreError(
      .unavailable, code: "StoreNotWritable",
      "can't make '\(path)' (\(reason)); make its folder writable or name another file")
  }

  static func untrusted(_ path: String, _ flaw: FileTrust.Flaw) -> StoreError {
    StoreError(
      code: "StoreNotTrusted",
      "the embedded store '\(path)' \(flaw.words); \(flaw.command ?? "name another file")")
  }

  static func foreignFile(_ path: String) -> StoreError {
    StoreError(
      code: "NotAnEmbeddedStore",
      "'\(path)' is a file of something else, not an embedded store; name another file")
  }

  static func emptyFile(_ path: String) -> StoreError {
    StoreError(code: "NotAnEmbeddedStore", "'\(path)' is empty; load a table into it or name another file")
  }

  static func newerFormat(_ path: String, found: Int64, known: Int64) -> StoreError {
    StoreError(
      code: "NewerStoreFormat",
      "'\(path)' has store format \(found), and this program knows formats up to \(known); use a newer \(Program.name)"
    )
  }

  static func fileReplaced(_ path: String) -> StoreError {
    .targetChanged("'\(path)' is another file than the one that was opened, or is gone")
  }

  static func noIdentity(_ path: String) -> StoreError {
    StoreError(
      code: "NoStoreIdentity",
      "'\(path)' was made by an older \(Program.name) and has no id yet; the first command that writes to it gives it one"
    )
  }

  static func damaged(_ path: String, _ detail: String) -> StoreError {
    StoreError(
      code: "StoreDamaged",
      "'\(path)' is damaged (\(detail)); put a copy of the file in its place or load the tables again")
  }

  /// What a caller is told of an error of SQLite's.
  init(_ error: SQLiteError) {
    let path = error.path
    switch error.kind {
    case .full:
      self.init(.unavailable, code: "StoreFull", "no room to write '\(path)'; free disk space and try again")
    case .notWritable:
      self.init(
        .unavailable, code: "StoreNotWritable",
        "can't open or write '\(path)'; make the file and its folder writable and try again")
    case .busy:
      self.init(
        .unavailable, code: "StoreBusy",
        "another process keeps '\(path)' locked; let it finish and try again")
    case .corrupt: self = .damaged(path, error.message)
    case .notADatabase: self = .foreignFile(path)
    case .constraint, .other:
      self.init(
        .unavailable, code: "InternalServerError",
        "SQLite failed on '\(path)' (\(error.message), code \(error.code)); check the disk and try again")
    }
  }
}
