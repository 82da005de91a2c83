import DynamoJournalEvents
import DynamoJournalExports
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// Looks at what piles up: backups, exports, and runs that are over.
struct RetentionExamination {
  let path: String
  let target: TargetFindings

  func examine() async -> [Check] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    guard case .store(let store) = target.access else {
      return [.skipped(.backups, since: "the target can't be asked for its backups")]
    }
    do {
      let journal = try Journal(path: path, for: .look)
      let folds = try await journal.runs()
      let all = try await BackupCatalog(store: store, folder: ExportFolder(besideJournal: path))
        .backups(of: nil).backups
      return [Check.piled(try await facts(folds, all))]
    } catch {
      return [.skipped(.backups, since: "the backups can't be listed")]
    }
  }

  private func facts(_ folds: [RunFold], _ all: [StoredBackup]) async throws -> PiledUp {
    let own = all.filter { $0.export == nil }
    let exports = all.filter { $0.export != nil }
    let old = Timestamp.now() - PiledUp.age
    return PiledUp(
      backups: own.count, backupBytes: own.reduce(0) { $0 + Int64($1.backup.sizeBytes) },
      exports: exports.count, exportBytes: exports.reduce(0) { $0 + Int64($1.backup.sizeBytes) },
      oldBackups: BackupRetention(all, folds).older(than: old).ours.count, runs: folds.count,
      oldRuns: folds.count { $0.lastEventAt < old }, journalBytes: FileFacts.size(path))
  }
}

extension FileFacts {
  /// Bytes of a file; 0 for one that is not there.
  static func size(_ path: String) -> Int64 {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return (facts?[.size] as? NSNumber)?.int64Value ?? 0
  }
}
