import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalTables

extension BackupMaker {
  /// Exports a table, or takes the whole export that a dead process of the same run left.
  func export(_ table: String, _ name: String, _ order: BackupOrder?) async throws -> MadeBackup {
    do {
      let export: TableExport
      switch place(table, name, order) {
      case .own(let whole): export = whole
      case .free(let name): export = try await make(table, name, order)
      }
      return MadeBackup(backup: StoredBackup(export), detail: BackedUpDetail(export))
    } catch let error as FileError {
      throw Refusal(
        "table '\(table)' is not backed up (\(error)), and nothing was written to it",
        remedy: "free what is in its way, or add --no-backup to go without")
    }
  }

  private func make(_ table: String, _ name: String, _ order: BackupOrder?) async throws -> TableExport {
    let about = try await store.describe(table)?.itemCount ?? 0
    progress(.exporting(table: table, path: folder.path(of: name), about: about))
    let settings = try await store.settings(of: table)
      .merging(try await store.settingsBeyondSpec(of: table)) { $1 }
    return try await folder.export(
      table, of: store, as: name,
      origin: ExportOrigin(target: target, run: order?.run, createdAt: clock()), settings: settings
    ) {
      if $0 > 0 { progress(.exported(items: $0)) }
      try stop.check()
    }
  }

  /// Where a table's export is or will be.
  private enum Place {
    /// Here is the whole one of this run.
    case own(TableExport)
    /// Nothing has this name.
    case free(String)
  }

  /// The run's own export under the name or one of those behind it (`NAME-2`, `NAME-3` …), or the first that is free.
  ///
  /// What is there and is not this run's, or is damaged, is nobody's to move or remove: it stays and is passed over.
  private func place(_ table: String, _ name: String, _ order: BackupOrder?) -> Place {
    var candidate = name
    var number = 1
    while folder.isTaken(candidate) {
      if let own = own(table, candidate, order) { return .own(own) }
      if order != nil { progress(.exportPassedOver(path: folder.path(of: candidate))) }
      number += 1
      candidate = "\(name)-\(number)"
    }
    return .free(candidate)
  }

  /// The export of that name, if it is this run's and whole.
  private func own(_ table: String, _ name: String, _ order: BackupOrder?) -> TableExport? {
    // What can't be read is as good as another's: it stays where it is.
    guard let order, let found = try? folder.export(named: name), found.manifest.name == name,
      found.manifest.origin.run == order.run, found.manifest.origin.target == target,
      found.manifest.spec.name == table, (try? found.verify()) != nil
    else { return nil }
    return found
  }
}

extension BackedUpDetail {
  /// An export, as it is journaled.
  package init(_ export: TableExport) {
    let manifest = export.manifest
    self.init(
      table: manifest.spec.name, name: manifest.name, arn: export.arn, sizeBytes: manifest.fileBytes,
      lostOnRestore: manifest.settings, kind: .export, items: manifest.items, path: export.path,
      digest: "sha256:" + manifest.sha256)
  }
}
