import DynamoJournalEvents
import DynamoJournalTables

/// What happens when an item that is to be undone has been changed since.
public enum ConflictPolicy: String, Sendable, CaseIterable {
  /// Find every conflict first; with one or more, change nothing.
  case stop
  /// Undo the rest and leave those alone.
  case skip
  /// Put the old image back over what is there; what is overwritten is journaled first.
  case force
}

/// Undoes a run from what its journal says, the last change first.
package struct Rollback: Sendable {
  let environment: RunEnvironment
  let policy: ConflictPolicy
  let selection: RollbackSelection
  private let reason: String?

  /// A rollback.
  ///
  /// - Parameter reason: why, in the words of whoever asked for it.
  package init(
    _ environment: RunEnvironment, policy: ConflictPolicy, selection: RollbackSelection = RollbackSelection(),
    reason: String? = nil
  ) {
    self.environment = environment
    self.policy = policy
    self.selection = selection
    self.reason = reason
  }

  /// A rollback that was interrupted, on the terms that it was begun with.
  init(_ environment: RunEnvironment, goingOn fold: RunFold) {
    self.init(
      environment, policy: fold.rollback.flatMap { ConflictPolicy(rawValue: $0.onConflict) } ?? .stop,
      reason: fold.rollback?.reason)
  }

  /// What undoing the run would do: the look that a rollback is confirmed and carried out by.
  ///
  /// - Throws: `Refusal` when there is nothing to undo, or nothing of what was selected; nothing is journaled then.
  package func look(_ handle: RunHandle) async throws -> RollbackPreview {
    let fold = try await environment.journal.fold(handle)
    try await refuseWhatCantBeUndone(fold)
    let preview = try await RollbackPreview.make(
      environment.journal, environment.store, fold, .undoing, selection, stop: environment.stop)
    try Self.refuseUnmet(preview, handle)
    // A redo that was cut short before it had done anything has to be turned back all the same, and a rollback to be ended.
    if preview.selectedUnits == 0 && (selection.isPartial || !fold.isHalfTurned) {
      throw nothingSelected(handle)
    }
    return preview
  }

  /// Undoes the run, or finds the conflicts that forbid it.
  ///
  /// - Parameter seen: the look that was shown and confirmed; what differs from it by now is a conflict. Nil to look first.
  /// - Throws: `Refusal` when it was stopped before it began, `StoreError`, `JournalError`.
  package func run(_ handle: RunHandle, seen: RollbackPreview? = nil) async throws -> RollbackResult {
    await environment.meter.start()
    environment.attach(handle)
    try await environment.journal.journalDeath(of: handle)
    environment.progress(.looking)
    let preview: RollbackPreview
    if let seen { preview = seen } else { preview = try await look(handle) }
    if policy == .stop && preview.conflictCount > 0 {
      return RollbackResult(result: try await environment.result(handle, .incomplete), preview: preview)
    }
    try await environment.refuseOpenRuns(besides: try await environment.journal.fold(handle))
    try await environment.stop.pass(orStopped: "undone")
    try await environment.tableGuard?.take(try await environment.journal.fold(handle))
    let detail = RollbackStartedDetail(
      onConflict: policy.rawValue, table: selection.table, key: selection.onlyKey, reason: reason)
    let chosen = try selection.detail(preview.chosen).map { try EventDraft(.selected, $0) }
    try await environment.journal.append(
      [chosen].compactMap { $0 } + [EventDraft(.rollbackStarted, detail)], run: handle.number)
    return RollbackResult(
      result: try await goOn(handle, count: preview.count(undoneBy: policy)), preview: preview)
  }

  /// Undoes what is not undone yet.
  ///
  /// - Parameter count: how many changes that is, where somebody has looked; nil for as many as may have to be.
  func goOn(_ handle: RunHandle, count: Int? = nil) async throws -> RunResult {
    let run = handle.number
    let fold = try await environment.journal.fold(handle)
    try await environment.tableGuard?.take(fold)
    let states = try await environment.journal.changeStates(of: run)
    let plan = try await PlanReader(environment.journal, fold)
    environment.progress(.standing(try await RunCounts.read(environment.journal, run, isDrained: true)))
    let chosen = try await environment.chosen(of: fold, plan, states)
    let isWanted: @Sendable (Int) -> Bool = { states.isToUndo($0) && chosen?.contains($0) ?? true }
    environment.progress(.rollingBack(total: count ?? (1..<states.planned + 1).count(where: isWanted)))
    let turner = Turner(environment, run: run, .undoing, policy: policy, states: states)
    let loop = WriteLoop(
      environment, run: run, maxFailures: nil, stopsWhenTableFails: false, stageEnded: { _, _ in nil },
      write: turner.write)
    let written = try await loop.run(UnitStream(plan, .backward, isWanted: isWanted))
    switch written.end {
    case .stopped(let unanswered):
      return try await environment.stopped(handle, unanswered: unanswered)
    case .refusedForAll(let error, let unanswered):
      return try await environment.refused(handle, error, unanswered: unanswered)
    case .targetLost(let error): return try await environment.lost(handle, error)
    case .flawed(let error): return try await environment.flawed(handle, error)
    case .finished, .tooManyFailures, .tableChangeFailed, .inspectionFailed:
      return try await finish(handle, isPartial: chosen != nil, erasedUnits: written.erasedUnits)
    }
  }

  private func finish(
    _ handle: RunHandle, isPartial: Bool, erasedUnits: Int
  ) async throws -> RunResult {
    let journal = environment.journal
    let states = try await journal.changeStates(of: handle.number)
    let failures = try await journal.failures(of: handle.number).filter(\.undoing)
    let end = RollbackEnd.judge(
      states, failures: failures.map(\.code), policy: policy, isPartial: isPartial,
      erasedUnits: erasedUnits)
    try await environment.appendFinished(end.state, handle)
    return try await environment.result(handle, end.isAsAsked ? .done : .incomplete)
  }
}

/// How a rollback ends: a pure decision.
struct RollbackEnd: Hashable {
  let state: RunState
  /// Whether everything is as it was asked for.
  let isAsAsked: Bool

  /// - Parameters:
  ///   - failures: the codes of what could not be undone.
  ///   - erasedUnits: units that can't be undone since their values were erased.
  static func judge(
    _ states: ChangeStates, failures: [String], policy: ConflictPolicy, isPartial: Bool, erasedUnits: Int
  ) -> RollbackEnd {
    if states.toUndoCount == 0 && states.inDoubt.count == 0 {
      return RollbackEnd(state: .rolledBack, isAsAsked: true)
    }
    // What somebody else changed is left alone because that was asked for; anything else is a failure.
    let isLeft = failures.allSatisfy { OutcomeCode.conflicts.contains($0) }
    if policy != .stop, !isPartial, isLeft, states.inDoubt.count == 0 {
      return RollbackEnd(state: .rolledBack, isAsAsked: failures.isEmpty && erasedUnits > 0)
    }
    let isAsAsked = failures.isEmpty && erasedUnits == 0
    let isDone = isAsAsked || policy != .stop && isLeft && erasedUnits == 0
    if isPartial, isDone, states.inDoubt.count == 0, states.applied.count == states.planned {
      return RollbackEnd(state: .applied, isAsAsked: isAsAsked)
    }
    return RollbackEnd(state: .incomplete, isAsAsked: isPartial && isAsAsked)
  }
}

/// How a rollback ended, and what it had found before.
public struct RollbackResult: Sendable {
  /// The run.
  package let result: RunResult
  /// What was found before anything was undone.
  package let preview: RollbackPreview
}
