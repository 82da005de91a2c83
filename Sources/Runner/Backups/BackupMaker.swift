import Exports
import Journal
import Tables

/// Makes backups of the kind that was asked for, or that the target can make.
public struct BackupMaker: Sendable {
  private let store: any TableStore
  private let target: String
  private let folder: ExportFolder
  private let exportsByDefault: Bool
  private let stop: StopSignal
  private let progress: @Sendable (RunProgress) -> Void
  private let clock: @Sendable () -> Int64
  private var kind: BackupKind?

  /// A maker.
  ///
  /// - Parameters:
  ///   - target: the target as the command line names it.
  ///   - folder: where exports are written.
  ///   - kind: the kind of backups; nil for the target's own, or exports where it has none and `exportsByDefault`.
  public init(
    store: any TableStore, target: String, folder: ExportFolder, kind: BackupKind?, exportsByDefault: Bool,
    stop: StopSignal, progress: @escaping @Sendable (RunProgress) -> Void,
    clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) {
    self.store = store
    self.target = target
    self.folder = folder
    self.kind = kind
    self.exportsByDefault = exportsByDefault
    self.stop = stop
    self.progress = progress
    self.clock = clock
  }

  init(_ environment: RunEnvironment, _ kind: BackupKind?) {
    self.init(
      store: environment.store, target: environment.target,
      folder: ExportFolder(besideJournal: environment.journal.path), kind: kind,
      exportsByDefault: environment.exportsByDefault, stop: environment.stop, progress: environment.progress,
      clock: environment.clock)
  }

  /// Makes a backup and returns when it can be restored from.
  ///
  /// - Parameter run: the run that it is made for, which takes one of that name that a dead process left as it is.
  /// - Throws: `Refusal`, `StoreError`.
  public mutating func backUp(_ table: String, as name: String, run: String?) async throws -> MadeBackup {
    if kind == .export { return try await export(table, name, run) }
    do {
      return try await backUpOnDemand(table, name, isResumed: run != nil)
    } catch let error as StoreError where error.code == "UnknownOperationException" {
      guard kind == nil && exportsByDefault else { throw Self.noBackups(target) }
    }
    kind = .export
    progress(.exportingInstead(folder: folder.path))
    return try await export(table, name, run)
  }

  private static func noBackups(_ target: String) -> Refusal {
    Refusal(
      "the server at \(target) makes no backups (UnknownOperationException): add --backup export to write the tables to files beside the journal, or --no-backup to go without"
    )
  }

  // MARK: The target's own

  private func backUpOnDemand(_ table: String, _ name: String, isResumed: Bool) async throws -> MadeBackup {
    progress(.backingUp(table: table, name: name))
    let existing = isResumed ? try await store.backups(of: table).first { $0.name == name } : nil
    let made: Backup
    if let existing {
      made = try await store.finished(existing)
    } else {
      made = try await store.backUp(table, as: name)
    }
    let detail = BackedUpDetail(
      table: table, name: name, arn: made.arn, sizeBytes: made.sizeBytes,
      lostOnRestore: try await store.settings(of: table), kind: .onDemand, items: made.itemCount)
    return MadeBackup(backup: StoredBackup(made), detail: detail)
  }

  // MARK: Exports

  private func export(_ table: String, _ name: String, _ run: String?) async throws -> MadeBackup {
    let about = try await store.describe(table)?.itemCount ?? 0
    progress(.exporting(table: table, path: folder.path(of: name), about: about))
    do {
      let export: TableExport
      if let whole = try earlier(table, name, run) {
        export = whole
      } else {
        export = try await make(table, name, run)
      }
      return MadeBackup(backup: StoredBackup(export), detail: BackedUpDetail(export))
    } catch let error as FileError {
      throw Refusal("table '\(table)' is not backed up, and nothing was written to it: \(error)")
    }
  }

  private func make(_ table: String, _ name: String, _ run: String?) async throws -> TableExport {
    let settings = try await store.settings(of: table)
      .merging(try await store.settingsBeyondSpec(of: table)) { $1 }
    return try await folder.export(
      table, of: store, as: name, origin: ExportOrigin(target: target, run: run, createdAt: clock()),
      settings: settings
    ) {
      if $0 > 0 { progress(.exported(items: $0)) }
      try stop.check()
    }
  }

  /// The whole export that a dead process of the same run left; anything else of that name is removed.
  private func earlier(_ table: String, _ name: String, _ run: String?) throws -> TableExport? {
    guard let run else { return nil }
    do {
      guard let found = try folder.export(named: name) else { return nil }
      let isOurs =
        found.manifest.origin.run == run && found.manifest.origin.target == target
        && found.manifest.spec.name == table
      guard isOurs else {
        throw Refusal("'\(found.path)' is the export of another run: move it away, then resume run \(run)")
      }
      try found.verify()
      return found
    } catch is FileError {
      try folder.remove(name)
      return nil
    }
  }
}

/// A backup that was made, and what is journaled of it.
public struct MadeBackup: Sendable {
  /// The backup.
  public let backup: StoredBackup
  /// The detail of its `backedUp` event.
  public let detail: BackedUpDetail
}

extension BackedUpDetail {
  /// An export, as it is journaled.
  public init(_ export: TableExport) {
    let manifest = export.manifest
    self.init(
      table: manifest.spec.name, name: manifest.name, arn: export.arn, sizeBytes: manifest.fileBytes,
      lostOnRestore: manifest.settings, kind: .export, items: manifest.items, path: export.path,
      digest: "sha256:" + manifest.sha256)
  }
}
