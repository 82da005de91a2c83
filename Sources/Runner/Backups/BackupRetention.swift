import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalExports
import DynamoJournalTables

/// Which backups may be deleted: a pure decision.
package struct BackupRetention: Sendable {
  private let folds: [RunFold]
  private let all: [StoredBackup]

  /// - Parameters:
  ///   - all: every backup that there is.
  ///   - folds: the runs of the journal.
  package init(_ all: [StoredBackup], _ folds: [RunFold]) {
    self.all = all
    self.folds = folds
  }

  /// The run that a backup was made for; nil where this journal has none.
  package func run(of stored: StoredBackup) -> RunFold? {
    folds.first { $0.backups.contains { $0.arn == stored.backup.arn } }
      ?? stored.export?.manifest.origin.run.flatMap { id in folds.first { $0.started.run == id } }
  }

  /// The backups that are older than a time and known to be ours: made for a run of this journal, or exports beside it.
  /// Others of the target may be somebody else's.
  ///
  /// - Parameter time: microseconds since 1970, UTC.
  package func older(than time: Int64) -> (ours: [StoredBackup], others: Int) {
    let old = all.filter { $0.backup.createdAt < time }
    let ours = old.filter { $0.export != nil || run(of: $0) != nil }
    return (ours, old.count - ours.count)
  }

  /// The first run that still needs one of these: it has not ended, and would have no backup of that table any more.
  package func needed(_ deleted: [StoredBackup]) -> (run: RunFold, backup: StoredBackup)? {
    let gone = Set(deleted.map(\.backup.arn))
    for stored in deleted {
      guard let run = run(of: stored), !run.hasNoMoreToDo else { continue }
      let others = all.filter {
        $0.backup.table == stored.backup.table && !gone.contains($0.backup.arn)
          && self.run(of: $0)?.number == run.number
      }
      if others.isEmpty { return (run, stored) }
    }
    return nil
  }

  /// Refuses to delete what an open run needs.
  package func check(_ deleted: [StoredBackup]) throws {
    guard let (run, stored) = needed(deleted) else { return }
    let id = run.started.run
    throw Refusal(
      "run \(id) is \(run.position.state.rawValue), and '\(stored.backup.name)' is its only backup of table '\(stored.backup.table)', so nothing was deleted",
      remedy:
        "end the run first ('\(Program.command("show \(id)"))' tells how), or name the other backups only")
  }
}

extension RunFold {
  /// Whether nobody can go on with it: applied, undone or closed.
  fileprivate var hasNoMoreToDo: Bool {
    switch position.state {
    case .applied, .rolledBack, .closed: true
    case .planning, .planned, .applying, .incomplete, .interrupted, .rollingBack, .redoing: false
    }
  }
}
