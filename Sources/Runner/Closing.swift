import DynamoJournalProgram
import DynamoJournalEvents

/// Ends a run that will not go on: allowed where nothing is in doubt and nothing is half done.
package struct Closing: Sendable {
  private let journal: Journal

  /// A closing in a journal that is open for appending.
  package init(_ journal: Journal) { self.journal = journal }

  /// Ends the run; one that has ended stays as it is.
  ///
  /// - Returns: the run, and whether it was closed just now.
  /// - Throws: `Refusal` with what to do instead, `JournalError`.
  package func close(_ handle: RunHandle, reason: String) async throws -> (fold: RunFold, isNew: Bool) {
    try await journal.journalDeath(of: handle)
    let fold = try await journal.fold(handle)
    if fold.isDone { return (fold, false) }
    if let obstacle = Self.obstacle(fold, try await RunCounts.read(journal, handle.number)) {
      throw Refusal(obstacle)
    }
    try await journal.append([EventDraft(.closed, ReasonDetail(reason: reason))], run: handle.number)
    return (try await journal.fold(handle), true)
  }

  /// Why the run can't be closed, and what to do; nil when it can.
  static func obstacle(_ fold: RunFold, _ counts: RunCounts) -> String? {
    let run = fold.started.run
    let ways =
      "go on with '\(Program.command("resume \(run)"))' or undo it with '\(Program.command("rollback \(run)"))', then it has ended"
    if counts.inDoubt > 0 {
      return
        "run \(run) has \(Plural.count(counts.inDoubt, "change")) in doubt, so it was not closed and nothing was changed: \(ways)"
    }
    switch (fold.position.state, fold.position.activity) {
    case (.interrupted, .applying) where counts.applied > 0 && counts.pending > 0:
      return
        "run \(run) is half done (\(counts.applied) of \(counts.planned) changes are in the tables), so it was not closed and nothing was changed: \(ways)"
    case (.interrupted, .rollingBack), (.interrupted, .redoing):
      return
        "run \(run) is half way back, so it was not closed and nothing was changed: '\(Program.command("resume \(run)"))' goes on with that, then it has ended"
    default: return nil
    }
  }
}
