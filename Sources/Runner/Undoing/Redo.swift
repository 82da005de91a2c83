import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// Takes a rollback back: what it had undone is made again, and what it had written over is put back.
///
/// Each write has its condition, so that what somebody changed since the rollback stays, as a conflict that is reported.
package struct Redo: Sendable {
  private let environment: RunEnvironment
  private let reason: String?

  /// A redo.
  ///
  /// - Parameter reason: why, in the words of whoever asked for it.
  package init(_ environment: RunEnvironment, reason: String? = nil) {
    self.environment = environment
    self.reason = reason
  }

  /// Takes the run's rollback back.
  ///
  /// - Throws: `Refusal` when there is no rollback to take back, `StoreError`, `JournalError`.
  package func run(_ handle: RunHandle) async throws -> RunResult {
    await environment.meter.start()
    try await environment.journal.journalDeath(of: handle)
    let fold = try await environment.journal.fold(handle)
    let states = try await environment.journal.changeStates(of: handle.number)
    guard fold.rollback != nil, states.toRedoCount > 0 else {
      throw Refusal(
        "run \(handle.id) has no rollback that could be taken back (it is \(fold.position.state.rawValue)), and nothing was written",
        remedy: "'\(Program.name) show \(handle.id)' tells where it stands")
    }
    try await environment.refuseOpenRuns(besides: fold)
    try await environment.tableGuard?.take(fold)
    try await environment.journal.append(
      [EventDraft(.redoStarted, ReasonDetail(reason: reason))], run: handle.number)
    return try await goOn(handle)
  }

  /// Makes again what is not made again yet.
  func goOn(_ handle: RunHandle) async throws -> RunResult {
    let run = handle.number
    let fold = try await environment.journal.fold(handle)
    try await environment.tableGuard?.take(fold)
    let states = try await environment.journal.changeStates(of: run)
    environment.progress(.redoing(total: states.toRedoCount))
    let redoer = Redoer(environment, run: run, states: states)
    let loop = WriteLoop(
      environment, run: run, maxFailures: nil, stopsWhenTableFails: true, stageEnded: { _, _ in nil },
      write: redoer.write)
    let plan = try await PlanReader(environment.journal, fold)
    switch try await loop.run(UnitStream(plan, .forward, isWanted: states.isToRedo)).end {
    case .stopped(let unanswered):
      return try await environment.interrupted(
        handle, .signal, "stopped by a signal", unanswered: unanswered)
    case .targetLost(let error): return try await environment.lost(handle, error)
    case .flawed(let error): return try await environment.flawed(handle, error)
    case .finished, .tooManyFailures, .tableChangeFailed, .inspectionFailed: return try await finish(handle)
    }
  }

  private func finish(_ handle: RunHandle) async throws -> RunResult {
    let states = try await environment.journal.changeStates(of: handle.number)
    let isWhole = states.toRedoCount == 0
    let state: RunState = isWhole && states.applied.count == states.planned ? .applied : .incomplete
    try await environment.appendFinished(state, handle)
    return try await environment.result(handle, isWhole ? .done : .incomplete)
  }
}

/// Writes units again that were undone, and judges the answers.
struct Redoer: Sendable {
  private let store: any TableStore
  private let journal: Journal
  private let states: ChangeStates
  private let stop: StopSignal

  init(_ environment: RunEnvironment, run: Int64, states: ChangeStates) {
    store = environment.store
    journal = environment.journal
    stop = environment.stop
    self.states = states
  }

  /// Writes the units in one call; a change of a table comes alone.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      return [[try await TableChanger(store: store, stop: stop).apply(change, inDoubt: true, .redoing)]]
    }
    var changes: [[Change]] = []
    for unit in units { changes.append(try await again(unit)) }
    let replies = try await store.write(changes)
    return zip(changes, replies).map { Judge.redoing($0, $1) }
  }

  /// What takes the undoing back: the change itself, or the image that the undoing wrote over.
  private func again(_ unit: PlannedUnit) async throws -> [Change] {
    var changes: [Change] = []
    for planned in unit.changes {
      guard case .item(let change) = planned.intended else { continue }
      guard let event = states.overwritten[planned.ordinal] else {
        changes.append(change)
        continue
      }
      changes.append(try await journal.overwriting(event, of: change).inverse)
    }
    return changes
  }
}
