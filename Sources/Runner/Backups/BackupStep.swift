import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalTables

/// Backs up what a plan touches, before the first change.
struct BackupStep {
  private let environment: RunEnvironment
  private let kind: BackupKind?

  /// - Parameter kind: what is asked for now; nil for the kind that the run has had so far.
  init(_ environment: RunEnvironment, _ kind: BackupKind?) {
    self.environment = environment
    self.kind = kind
  }

  /// Makes the backups that are not journaled yet; one that a dead process of this run asked for but did not journal
  /// is taken as it is.
  func backUp(_ fold: RunFold, _ plan: SealedDetail) async throws {
    let order = BackupOrder(run: fold.started.run, startedAt: fold.startedAt)
    let tables = plan.tally.map(\.table)
    var maker = BackupMaker(environment, kind ?? kindSoFar(fold, order, tables))
    for table in tables where !fold.backups.contains(where: { $0.table == table }) {
      try await environment.stop.pass()
      guard try await environment.store.describe(table) != nil else { continue }
      let made = try await maker.backUp(table, for: order)
      try await environment.journal.append([EventDraft(.backedUp, made.detail)], run: fold.number)
    }
  }

  /// The kind that the run's backups have, that it was started with, or that a dead process of it had begun; nil for the
  /// usual one.
  private func kindSoFar(_ fold: RunFold, _ order: BackupOrder, _ tables: [String]) -> BackupKind? {
    if let first = fold.backups.first { return first.kind ?? .onDemand }
    // The target's own are the usual kind: where it makes none, that is found out anew.
    if fold.started.backupKind == .export { return .export }
    let folder = ExportFolder(besideJournal: environment.journal.path)
    return tables.contains { folder.hasBegun(order.name(for: $0)) } ? .export : nil
  }
}

/// The run that backups are made for.
struct BackupOrder: Sendable {
  /// The run's id.
  let run: String
  /// When it was started, in microseconds since 1970, UTC.
  let startedAt: Int64

  /// The name of its backup of a table.
  func name(for table: String) -> String { BackupName.make(for: table, of: run, startedAt: startedAt) }
}
