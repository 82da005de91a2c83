import DynamoJournalProgram
import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalTables

/// A backup that can be restored: one of the target's own, or an export.
package struct StoredBackup: Sendable {
  /// What all backups have.
  package let backup: Backup
  /// The export; nil for one of the target's own.
  package let export: TableExport?

  /// One of the target's own.
  package init(_ backup: Backup) {
    self.backup = backup
    export = nil
  }

  /// An export.
  package init(_ export: TableExport) {
    let manifest = export.manifest
    backup = Backup(
      arn: export.arn, name: manifest.name, table: manifest.spec.name,
      createdAt: manifest.origin.createdAt, sizeBytes: manifest.fileBytes, itemCount: manifest.items)
    self.export = export
  }

  /// The kind.
  package var kind: BackupKind { export == nil ? .onDemand : .export }
}

/// The backups of a target, and the exports beside a journal.
package struct BackupCatalog: Sendable {
  private let store: any TableStore
  private let folder: ExportFolder

  /// A catalog.
  package init(store: any TableStore, folder: ExportFolder) {
    self.store = store
    self.folder = folder
  }

  /// All backups, oldest first, and the exports that can't be read.
  ///
  /// - Parameter table: only those of this table.
  /// - Throws: `StoreError`.
  package func backups(of table: String?) async throws -> (backups: [StoredBackup], unreadable: [FileError]) {
    let (exports, unreadable) = folder.exports(of: table)
    let all = try await onDemand(of: table).map { StoredBackup($0) } + exports.map { StoredBackup($0) }
    let sorted = all.enumerated().sorted { ($0.1.backup.createdAt, $0.0) < ($1.1.backup.createdAt, $1.0) }
    return (sorted.map(\.1), unreadable)
  }

  /// The backup of that ARN or name.
  ///
  /// - Throws: `Refusal` when there is none or more than one; `FileError` when it is an export that can't be read.
  package func backup(_ word: String) async throws -> StoredBackup {
    if let export = try folder.export(named: word), export.arn == word { return StoredBackup(export) }
    let exports = try folder.export(named: word).map { [StoredBackup($0)] } ?? []
    let own = try await onDemand(of: nil).filter { $0.arn == word || $0.name == word }.map {
      StoredBackup($0)
    }
    let matches = exports + own
    guard let found = matches.first else {
      throw Refusal(
        "there is no backup '\(word)'",
        remedy: "'\(Program.command("backups"))' lists them")
    }
    guard matches.count == 1 else {
      throw Refusal(
        "\(matches.count) backups are named '\(word)'",
        remedy: "give the ARN of one, as '\(Program.command("backups"))' lists it")
    }
    return found
  }

  /// The target's own: none where it makes none.
  private func onDemand(of table: String?) async throws -> [Backup] {
    do {
      return try await store.backups(of: table)
    } catch let error as StoreError where error.code == "UnknownOperationException" {
      return []
    }
  }
}
