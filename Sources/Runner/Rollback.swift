import Journal
import Tables

/// What happens when an item that is to be undone has been changed since.
public enum ConflictPolicy: String, Sendable, CaseIterable {
  /// Find every conflict first; with one or more, change nothing.
  case stop
  /// Undo the rest and leave those alone.
  case skip
  /// Put the old image back over what is there; what is overwritten is journaled.
  case force
}

/// Which changes are undone: all, or those of one table or one item. A unit is undone as a whole.
public struct RollbackSelection: Sendable, Hashable {
  /// Only this table.
  public var table: String?
  /// Only this key, as canonical DynamoDB JSON.
  public var key: String?

  /// A selection.
  public init(table: String? = nil, key: String? = nil) {
    self.table = table
    self.key = key
  }

  func includes(_ unit: PlannedUnit) -> Bool {
    guard table != nil || key != nil else { return true }
    return unit.whole.contains { change in
      if let table, table != change.intended.table { return false }
      guard let key else { return true }
      guard case .item(let item) = change.intended else { return false }
      return DynamoDBJSON.text(item.key.attributes) == key
    }
  }
}

/// Undoes a run from what its journal says, the last change first.
public struct Rollback: Sendable {
  let environment: RunEnvironment
  let policy: ConflictPolicy
  let selection: RollbackSelection

  /// A rollback.
  public init(
    _ environment: RunEnvironment, policy: ConflictPolicy, selection: RollbackSelection = RollbackSelection()
  ) {
    self.environment = environment
    self.policy = policy
    self.selection = selection
  }

  /// A rollback that was interrupted, on the terms that it was begun with.
  init(_ environment: RunEnvironment, goingOn fold: RunFold) {
    self.environment = environment
    policy = fold.rollback.flatMap { ConflictPolicy(rawValue: $0.onConflict) } ?? .stop
    selection = RollbackSelection(table: fold.rollback?.table, key: fold.rollback?.key)
  }

  /// Undoes the run, or finds the conflicts that forbid it.
  ///
  /// - Throws: `Refusal` when it was stopped before it began, `StoreError`, `JournalError`.
  public func run(_ fold: RunFold) async throws -> RollbackResult {
    await environment.meter.start()
    try await environment.journal.journalDeath(of: fold)
    let current = try await environment.journal.run(fold.number)
    guard current.position.after(.startRollback) != nil else {
      throw JournalError.moveNotAllowed(
        run: fold.started.run, state: current.position.state, move: "rolled back")
    }
    let preview = try await RollbackPreview.make(
      environment.journal, environment.store, current, selection, stop: environment.stop)
    if policy == .stop && preview.conflictCount > 0 {
      return RollbackResult(result: try await result(fold.number, .incomplete), preview: preview)
    }
    let detail = RollbackStartedDetail(
      onConflict: policy.rawValue, table: selection.table, key: selection.key)
    try await environment.journal.append([EventDraft(.rollbackStarted, detail)], run: fold.number)
    let begun = try await environment.journal.run(fold.number)
    return RollbackResult(result: try await goOn(begun), preview: preview)
  }

  /// Undoes what is not undone yet.
  func goOn(_ fold: RunFold) async throws -> RunResult {
    let run = fold.number
    let states = try await environment.journal.changeStates(of: run)
    let isWanted: @Sendable (Int) -> Bool = { states.isOursToUndo($0) || states.inDoubt.contains($0) }
    environment.progress(.rollingBack(total: states.toUndoCount + states.inDoubt.count))
    let undoer = Undoer(environment, run: run, policy: policy, selection: selection, states: states)
    let loop = WriteLoop(
      journal: environment.journal, run: run, shape: environment.store.writeShape, stop: environment.stop,
      maxFailures: nil, stopsWhenTableFails: false,
      progress: { environment.progress(.advanced(changes: $0)) }, stageEnded: { _, _ in nil },
      write: undoer.write)
    let end = try await loop.run(UnitStream(environment.journal, run: run, .backward, isWanted: isWanted))
    switch end {
    case .stopped: return try await interrupted(run, .signal, "stopped by a signal")
    case .targetLost(let error): return try await interrupted(run, .target, error.description)
    case .finished, .tooManyFailures, .tableChangeFailed, .inspectionFailed:
      return try await finish(run)
    }
  }

  private func finish(_ run: Int64) async throws -> RunResult {
    let states = try await environment.journal.changeStates(of: run)
    let isUndone = states.toUndoCount == 0 && states.inDoubt.count == 0
    let detail = FinishedDetail(
      state: isUndone ? .rolledBack : .incomplete,
      counts: try await RunCounts.read(environment.journal, run), cost: await environment.meter.take())
    try await environment.journal.append([EventDraft(.finished, detail)], run: run)
    let isAsAsked = isUndone || !states.hasUndoFailures
    return try await result(run, isAsAsked ? .done : .incomplete)
  }

  private func interrupted(
    _ run: Int64, _ cause: InterruptedDetail.Cause, _ message: String
  ) async throws -> RunResult {
    let detail = InterruptedDetail(
      cause: cause, drained: cause == .signal, message: message, cost: await environment.meter.take())
    try await environment.journal.append([EventDraft(.interrupted, detail)], run: run)
    return try await result(run, .interrupted(message))
  }

  private func result(_ run: Int64, _ end: RunEnd) async throws -> RunResult {
    RunResult(
      fold: try await environment.journal.run(run),
      counts: try await RunCounts.read(environment.journal, run), end: end)
  }
}

/// How a rollback ended, and what it had found before.
public struct RollbackResult: Sendable {
  /// The run.
  public let result: RunResult
  /// What was found before anything was undone.
  public let preview: RollbackPreview
}
