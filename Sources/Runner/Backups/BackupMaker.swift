import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalTables

/// Makes backups of the kind that was asked for, or that the target can make.
package struct BackupMaker: Sendable {
  let store: any TableStore
  let target: String
  let folder: ExportFolder
  let stop: StopSignal
  let progress: @Sendable (RunProgress) -> Void
  let clock: @Sendable () -> Int64
  private let exportsByDefault: Bool
  private var kind: BackupKind?

  /// A maker.
  ///
  /// - Parameters:
  ///   - target: the target as the command line names it.
  ///   - folder: where exports are written.
  ///   - kind: the kind of backups; nil for the target's own, or exports where it has none and `exportsByDefault`.
  package init(
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

  /// Makes a backup that no run asked for, and returns when it can be restored from.
  ///
  /// - Throws: `Refusal`, `StoreError`.
  package mutating func backUp(_ table: String, as name: String) async throws -> MadeBackup {
    try await backUp(table, name, for: nil)
  }

  /// Makes a run's backup of a table, or takes the one that a dead process of the same run asked for; returns when it can
  /// be restored from.
  ///
  /// - Throws: `Refusal`, `StoreError`.
  mutating func backUp(_ table: String, for order: BackupOrder) async throws -> MadeBackup {
    try await backUp(table, order.name(for: table), for: order)
  }

  private mutating func backUp(
    _ table: String, _ name: String, for order: BackupOrder?
  ) async throws -> MadeBackup {
    if kind == .export { return try await export(table, name, order) }
    do {
      return try await backUpOnDemand(table, name, order)
    } catch let error as StoreError where error.code == "UnknownOperationException" {
      guard kind == nil && exportsByDefault else { throw Self.noBackups(target) }
    }
    kind = .export
    progress(.exportingInstead(folder: folder.path))
    return try await export(table, name, order)
  }

  private static func noBackups(_ target: String) -> Refusal {
    Refusal(
      "the server at \(target) makes no backups (UnknownOperationException)",
      remedy:
        "add --backup export to write the tables to files beside the journal, or --no-backup to go without")
  }

  // MARK: The target's own

  private func backUpOnDemand(
    _ table: String, _ name: String, _ order: BackupOrder?
  ) async throws -> MadeBackup {
    progress(.backingUp(table: table, name: name))
    let made: Backup
    if let order, let earlier = try await earlier(table, name, order) {
      made = try await store.finished(earlier)
    } else {
      made = try await store.backUp(table, as: name)
    }
    let detail = BackedUpDetail(
      table: table, name: name, arn: made.arn, sizeBytes: made.sizeBytes,
      lostOnRestore: try await store.settings(of: table), kind: .onDemand, items: made.itemCount)
    return MadeBackup(backup: StoredBackup(made), detail: detail)
  }

  /// The backup that a dead process of this run asked for.
  private func earlier(_ table: String, _ name: String, _ order: BackupOrder) async throws -> Backup? {
    let listed = try await store.backups(of: table)
    let (own, taken) = Self.ownBackups(listed, table, name, order)
    if let taken, own > 1 { progress(.backupsOfOneName(name: name, count: own, taken: taken.arn)) }
    return taken
  }

  /// Picks a run's own backup from those that a target lists: of that very name, and not older than the run.
  ///
  /// An answer to `CreateBackup` that was lost leaves more than one. All of them are from before the first change; the
  /// last one is taken, which is nearest to it.
  /// - Returns: how many there are, and the one to take.
  static func ownBackups(
    _ listed: [Backup], _ table: String, _ name: String, _ order: BackupOrder
  ) -> (count: Int, taken: Backup?) {
    let own = listed.filter {
      $0.name == name && $0.table == table && $0.createdAt >= order.startedAt - clockTolerance
    }
    return (own.count, own.max { ($0.createdAt, $0.arn) < ($1.createdAt, $1.arn) })
  }

  /// How far a target's clock may be behind ours, in microseconds: AWS refuses requests whose time is more than 5 minutes
  /// off (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html), and stand-ins count in
  /// whole seconds.
  private static let clockTolerance: Int64 = 300_000_000
}

/// A backup that was made, and what is journaled of it.
package struct MadeBackup: Sendable {
  /// The backup.
  package let backup: StoredBackup
  /// The detail of its `backedUp` event.
  package let detail: BackedUpDetail
}
