import DynamoJournalProgram

/// What has piled up beside a journal and on its target.
package struct PiledUp: Hashable, Sendable {
  /// Older than this is old, in microseconds: 90 days.
  package static let age: Int64 = 90 * 86_400_000_000
  /// A journal larger than this takes long to verify, in bytes.
  static let largeJournal: Int64 = 2_000_000_000

  let backups: Int
  let backupBytes: Int64
  let exports: Int
  let exportBytes: Int64
  let oldBackups: Int
  let runs: Int
  let oldRuns: Int
  let journalBytes: Int64

  /// - Parameters:
  ///   - backups: backups that the target keeps itself, and their size.
  ///   - exports: exports beside the journal, and their size.
  ///   - oldBackups: backups of both kinds that were made for runs of this journal and are older than `age`.
  ///   - runs: runs in the journal; `oldRuns` of them moved last before `age`.
  package init(
    backups: Int, backupBytes: Int64, exports: Int, exportBytes: Int64, oldBackups: Int, runs: Int,
    oldRuns: Int, journalBytes: Int64
  ) {
    self.backups = backups
    self.backupBytes = backupBytes
    self.exports = exports
    self.exportBytes = exportBytes
    self.oldBackups = oldBackups
    self.runs = runs
    self.oldRuns = oldRuns
    self.journalBytes = journalBytes
  }
}

extension Check {
  /// What piles up, what it takes, and how it is let go of.
  package static func piled(_ facts: PiledUp) -> Check {
    let found = [
      "\(Printable.count(facts.backups, "backup")) on the target (\(size(facts.backupBytes)), billed by size where it is AWS)",
      "\(Printable.count(facts.exports, "export")) (\(size(facts.exportBytes)))",
      "\(Printable.count(facts.runs, "run")) in a journal of \(size(facts.journalBytes))",
    ].joined(separator: ", ")
    var remedies: [String] = []
    if facts.oldBackups > 0 {
      remedies.append(
        "'\(Program.command("backups delete --older-than 90d"))' deletes the \(Printable.count(facts.oldBackups, "backup")) older than that"
      )
    }
    if facts.oldRuns > 0 && facts.journalBytes > PiledUp.largeJournal {
      remedies.append(
        "'\(Program.command("runs archive --before 90d --to FILE"))' takes \(Printable.count(facts.oldRuns, "old run")) out of the journal"
      )
    }
    return Check(
      .backups, remedies.isEmpty ? .ok : .warn, found,
      remedy: remedies.isEmpty ? nil : remedies.joined(separator: "; "))
  }

  private static func size(_ bytes: Int64) -> String {
    switch bytes {
    case ..<10_000: Printable.count(Int(bytes), "byte")
    case ..<10_000_000: "\(bytes / 1_000) kB"
    case ..<10_000_000_000: "\(bytes / 1_000_000) MB"
    default: "\(bytes / 1_000_000_000) GB"
    }
  }
}
