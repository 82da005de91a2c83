import Journal
import Tables

/// Backs up what a plan touches, before the first change.
struct BackupStep {
  private let environment: RunEnvironment
  private let kind: BackupKind?

  init(_ environment: RunEnvironment, _ kind: BackupKind?) {
    self.environment = environment
    self.kind = kind
  }

  /// Makes the backups that are not journaled yet; one that a dead process made but did not journal is taken as it is.
  func backUp(_ fold: RunFold, _ plan: SealedDetail) async throws {
    // What an interrupted run has begun with exports goes on with them.
    let isExporting = fold.backups.contains { $0.kind == .export }
    var maker = BackupMaker(environment, kind ?? (isExporting ? .export : nil))
    for table in plan.tally.map(\.table) where !fold.backups.contains(where: { $0.table == table }) {
      try environment.stop.check()
      guard try await environment.store.describe(table) != nil else { continue }
      let name = BackupName.make(for: table, at: fold.startedAt)
      let made = try await maker.backUp(table, as: name, run: fold.started.run)
      try await environment.journal.append([EventDraft(.backedUp, made.detail)], run: fold.number)
    }
  }
}

/// Names of backups.
public enum BackupName {
  /// `migration-backup-YYYYMMDD-HHMMSS-{table}`.
  ///
  /// - Parameter time: in microseconds since 1970, UTC; one for all tables that are backed up together.
  public static func make(for table: String, at time: Int64) -> String {
    "migration-backup-\(Timestamp.compact(time))-\(table)"
  }
}
