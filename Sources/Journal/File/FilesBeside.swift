import Foundation
import DynamoJournalSQLite

/// What our own commands have left beside a journal, with values of items in it.
struct FilesBeside {
  /// The journal.
  let path: String

  /// The journals of format 1 from which it was upgraded.
  var ofFirstFormat: [String] { named(".format-1") }

  /// What recoveries put aside.
  var evidence: [String] { all { $0.hasPrefix(".damaged-") } }

  /// Those journals of format 1 that hold nothing which the journal does not: each is a beginning of it.
  ///
  /// - Parameter journal: the journal.
  func repeated(in journal: Connection) -> [String] {
    ofFirstFormat.filter { (try? isBeginning($0, of: journal)) ?? false }
  }

  private func isBeginning(_ file: String, of journal: Connection) throws -> Bool {
    let old = try Connection(path: file, mode: .look)
    guard try JournalFile.format(old) == 1 else { return false }
    let head = try JournalFile.head(old)
    let there = try journal.statement("SELECT hash FROM events WHERE seq = ?1").bind(1, head.seq)
      .first { $0.bytes(0) }
    return there == head.hash
  }

  private func named(_ suffix: String) -> [String] {
    all { rest in
      guard rest.hasPrefix(suffix) else { return false }
      let number = rest.dropFirst(suffix.count)
      // A name that was taken got a number.
      return number.isEmpty || number.hasPrefix("-") && Int(number.dropFirst()) != nil
    }
  }

  private func all(_ isMeant: (Substring) -> Bool) -> [String] {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    let journal = slash.map { path[path.index(after: $0)...] } ?? path[...]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.filter { $0.hasPrefix(journal) && isMeant($0.dropFirst(journal.count)) }
      .sorted().map { folder + $0 }
  }
}
