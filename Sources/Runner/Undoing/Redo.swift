import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// Takes a rollback back: what it had undone is made again, and what it had written over is put back.
///
/// Each write has its condition, so that what somebody changed since the rollback is a conflict and not written over, unless
/// that is asked for.
package struct Redo: Sendable {
  private let environment: RunEnvironment
  private let policy: ConflictPolicy
  private let reason: String?

  /// A redo.
  ///
  /// - Parameters:
  ///   - policy: what happens on a conflict.
  ///   - reason: why, in the words of whoever asked for it.
  package init(_ environment: RunEnvironment, policy: ConflictPolicy = .stop, reason: String? = nil) {
    self.environment = environment
    self.policy = policy
    self.reason = reason
  }

  /// A redo that was interrupted, on the terms that it was begun with.
  init(_ environment: RunEnvironment, goingOn fold: RunFold) {
    // Programs that did not journal the policy left conflicts alone.
    self.init(
      environment, policy: fold.redo?.onConflict.flatMap(ConflictPolicy.init) ?? .skip,
      reason: fold.redo?.reason)
  }

  /// What redoing the run would do: the look that a redo is confirmed and carried out by.
  ///
  /// - Throws: `Refusal` when there is no rollback to take back; nothing is journaled then.
  package func look(_ handle: RunHandle) async throws -> RollbackPreview {
    let fold = try await environment.journal.fold(handle)
    try await Self.refuseWhatCantBeRedone(fold, environment.journal)
    return try await RollbackPreview.make(
      environment.journal, environment.store, fold, .redoing, stop: environment.stop)
  }

  /// Takes the run's rollback back, or finds the conflicts that forbid it.
  ///
  /// - Parameter seen: the look that was shown and confirmed; what differs from it by now is a conflict. Nil to look first.
  /// - Throws: `Refusal` when there is no rollback to take back, `StoreError`, `JournalError`.
  package func run(_ handle: RunHandle, seen: RollbackPreview? = nil) async throws -> RollbackResult {
    await environment.meter.start()
    environment.attach(handle)
    try await environment.journal.journalDeath(of: handle)
    try await Self.refuseWhatCantBeRedone(
      try await environment.journal.fold(handle), environment.journal)
    environment.progress(.looking)
    let preview: RollbackPreview
    if let seen { preview = seen } else { preview = try await look(handle) }
    if policy == .stop && preview.conflictCount > 0 {
      return RollbackResult(result: try await environment.result(handle, .incomplete), preview: preview)
    }
    let fold = try await environment.journal.fold(handle)
    try await environment.refuseOpenRuns(besides: fold)
    try await environment.stop.pass(orStopped: "redone")
    try await environment.tableGuard?.take(fold)
    try await environment.append(
      .redoStarted, RedoStartedDetail(onConflict: policy.rawValue, reason: reason), handle)
    return RollbackResult(result: try await goOn(handle), preview: preview)
  }

  /// A run without a rollback has none to take back; one whose rollback came to no end has, whatever that had done.
  package static func refuseWhatCantBeRedone(_ fold: RunFold, _ journal: Journal) async throws {
    let states = try await journal.changeStates(of: fold.number, ifItDiedNow: true)
    let isTurned = fold.isHalfTurned || fold.position.state == .rolledBack
    if fold.rollback != nil, isTurned || states.toRedoCount > 0 { return }
    throw Refusal(
      "run \(fold.started.run) has no rollback that could be taken back (it is \(fold.position.state.rawValue)), and nothing was written",
      remedy: "'\(Program.command("show \(fold.started.run)"))' tells where it stands")
  }

  /// Makes again what is not made again yet.
  func goOn(_ handle: RunHandle) async throws -> RunResult {
    let run = handle.number
    let fold = try await environment.journal.fold(handle)
    try await environment.tableGuard?.take(fold)
    let states = try await environment.journal.changeStates(of: run)
    environment.progress(.standing(try await RunCounts.read(environment.journal, run, isDrained: true)))
    environment.progress(.redoing(total: states.toRedoCount))
    let turner = Turner(environment, run: run, .redoing, policy: policy, states: states)
    let loop = WriteLoop(
      environment, run: run, maxFailures: nil, stopsWhenTableFails: true, stageEnded: { _, _ in nil },
      write: turner.write)
    let plan = try await PlanReader(environment.journal, fold)
    let written = try await loop.run(UnitStream(plan, .forward, isWanted: states.isToRedo))
    switch written.end {
    case .stopped(let unanswered):
      return try await environment.stopped(handle, unanswered: unanswered)
    case .refusedForAll(let error, let unanswered):
      return try await environment.refused(handle, error, unanswered: unanswered)
    case .targetLost(let error): return try await environment.lost(handle, error)
    case .flawed(let error): return try await environment.flawed(handle, error)
    case .finished, .tooManyFailures, .tableChangeFailed, .inspectionFailed:
      return try await finish(handle, erasedUnits: written.erasedUnits)
    }
  }

  private func finish(_ handle: RunHandle, erasedUnits: Int) async throws -> RunResult {
    let states = try await environment.journal.changeStates(of: handle.number)
    let failures = try await environment.journal.failures(of: handle.number).filter(\.redoing)
    let end = RedoEnd.judge(
      states, failures: failures.map(\.code), policy: policy, erasedUnits: erasedUnits)
    try await environment.appendFinished(end.state, isRedone: end.isRedone ? true : nil, handle)
    return try await environment.result(handle, end.isAsAsked ? .done : .incomplete)
  }
}

/// How a redo ends: a pure decision.
struct RedoEnd: Hashable {
  let state: RunState
  /// Whether the run is again where applying had left it, and that was not its end.
  let isRedone: Bool
  /// Whether everything is as it was asked for.
  let isAsAsked: Bool

  /// - Parameters:
  ///   - failures: the codes of what could not be redone.
  ///   - erasedUnits: units that can't be redone since their values were erased.
  static func judge(
    _ states: ChangeStates, failures: [String], policy: ConflictPolicy, erasedUnits: Int
  ) -> RedoEnd {
    let isWhole = states.toRedoCount == 0
    // What somebody else changed is left alone because that was asked for; anything else is a failure.
    let isLeft = policy != .stop && failures.allSatisfy { OutcomeCode.conflicts.contains($0) }
    guard isWhole || isLeft else { return RedoEnd(state: .incomplete, isRedone: false, isAsAsked: false) }
    let isAsAsked = isWhole || failures.isEmpty && erasedUnits > 0
    let isApplied = states.applied.count == states.planned
    return RedoEnd(
      state: isApplied ? .applied : .incomplete, isRedone: !isApplied, isAsAsked: isAsAsked)
  }
}
