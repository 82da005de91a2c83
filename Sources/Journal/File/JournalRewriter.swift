import Foundation
import DynamoJournalSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a journal anew into another file and puts that in the old one's place: whoever is killed on the way leaves the old
/// one or the new one, never none and never half of one.
///
/// The caller holds the journal's lock.
struct JournalRewriter {
  /// The journal.
  let path: String
  private var unfinished: String { path + ".new" }

  /// Makes the new file, hands the old and the new one to `body`, and puts the new one in place when that returns.
  ///
  /// No connection to the old file may be open but the one that `body` gets.
  ///
  /// - Parameters:
  ///   - evidence: where the old file stays; nil to let it go.
  ///   - removed: other files that go when nothing can keep the new one from taking its place any more.
  /// - Throws: `JournalError.readers` when another program has the journal open; what `body` throws.
  func replace<Result>(
    keeping evidence: String?, removing removed: [String] = [],
    _ body: (_ old: Connection, _ new: Connection) throws -> Result
  ) throws -> Result {
    try remove(unfinished)
    do {
      let result = try make(unfinished, body)
      try closeOld()
      if let evidence { try link(to: evidence) }
      for file in removed { try remove(file) }
      try ItemIndex.remove(ofJournalAt: path)
      try put()
      return result
    } catch {
      // It holds items' values; why the journal was not replaced matters more than a file that stays.
      try? remove(unfinished)
      throw error
    }
  }

  /// Writes another journal from this one, under its name only when it is whole and durable; this one stays as it is.
  ///
  /// - Throws: `JournalError`, what `body` throws.
  func write(to file: String, _ body: (_ old: Connection, _ new: Connection) throws -> Void) throws {
    let draft = file + ".new"
    try remove(draft)
    do {
      try make(draft, body)
      // A link, not a renaming: that would go over what somebody else has put there meanwhile.
      guard Foundation.link(draft, file) == 0 else {
        throw JournalError.notWritable(path: file, reason: String(cString: strerror(errno)))
      }
      try remove(draft)
      try syncFolder(of: file)
    } catch {
      // As above: the reason matters more than a file that stays.
      try? remove(draft)
      throw error
    }
  }

  private func make<Result>(
    _ file: String, _ body: (Connection, Connection) throws -> Result
  ) throws -> Result {
    try PrivateFiles.create(file)
    let old = try Connection(path: path, mode: .readOnly)
    let new = try Connection(path: file, mode: .readWrite)
    try JournalFile.prepare(new)
    let result = try new.transaction { try body(old, new) }
    // No log may stay beside the new file: it is renamed alone. https://sqlite.org/wal.html
    try new.execute("PRAGMA journal_mode = DELETE")
    try sync(file)
    return result
  }

  /// Moves the old file's log into it and removes it: a log that stayed would be taken for the new file's.
  private func closeOld() throws {
    let connection = try Connection(path: path, mode: .plainWrite)
    do {
      let mode = try connection.statement("PRAGMA journal_mode = DELETE").first { $0.text(0) }
      guard mode == "delete" else { throw JournalError.readers(path: path) }
    } catch let error as SQLiteError where error.kind == .busy {
      throw JournalError.readers(path: path)
    }
  }

  private func link(to evidence: String) throws {
    guard Foundation.link(path, evidence) == 0 else {
      throw JournalError.notWritable(path: evidence, reason: String(cString: strerror(errno)))
    }
  }

  private func put() throws {
    guard rename(unfinished, path) == 0 else {
      throw JournalError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    try syncFolder(of: path)
  }

  private func syncFolder(of file: String) throws {
    try sync(file.lastIndex(of: "/").map { String(file[...$0]) } ?? ".")
  }

  private func remove(_ file: String) throws {
    for name in [file, file + "-wal", file + "-shm", file + "-journal"]
    where unlink(name) != 0 && errno != ENOENT {
      throw JournalError.notWritable(path: name, reason: String(cString: strerror(errno)))
    }
  }

  private func sync(_ file: String) throws {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw JournalError.notWritable(path: file, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw JournalError.notWritable(path: file, reason: String(cString: strerror(errno)))
    }
  }
}
