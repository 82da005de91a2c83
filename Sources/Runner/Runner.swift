import BitCollections
import Journal
import Tables

/// The main flow: plan → journal → apply → journal, from wherever a run stands.
///
/// Every step is journaled before the next begins, so that the process may die anywhere: `resume` folds the journal and
/// goes on. Functions throw `Refusal`, `StoreError` or `JournalError`; what belongs to the run is journaled first.
public struct Runner: Sendable {
  let environment: RunEnvironment
  let migration: any Migration
  let request: RunRequest

  /// A runner of one migration.
  public init(_ environment: RunEnvironment, _ migration: any Migration, _ request: RunRequest) {
    self.environment = environment
    self.migration = migration
    self.request = request
  }

  /// Begins a run and takes it as far as was asked.
  public func run(_ settings: Settings) async throws -> RunResult {
    await environment.meter.start()
    try await migration.check(settings, TableReader(environment.store))
    let number = try await environment.journal.start(started(settings))
    return try await advance(number, settings, stopsWhenPlanned: request.dryRun)
  }

  /// Goes on with a run from where it stopped.
  ///
  /// - Parameter variables: the variables of now; of these only secrets are used, the rest stands in the journal.
  public func resume(_ fold: RunFold, variables: [String: String]) async throws -> RunResult {
    await environment.meter.start()
    let settings = Settings(journaled: fold.started.options, migration: migration, current: variables)
    try checkDigest(fold)
    try checkVersion(fold)
    try await journalDeath(of: fold)
    let current = try await environment.journal.run(fold.number)
    if current.position.state == .incomplete { try await checkIncomplete(current) }
    guard current.position.after(.resume) != nil else {
      throw JournalError.moveNotAllowed(run: fold.started.run, state: current.position.state, move: "resumed")
    }
    try await append(.resumed, ResumedDetail(retryFailed: request.retryFailed), fold.number)
    // A dry run that was interrupted before its plan was whole is still a dry run; one that is planned is to be applied.
    return try await advance(
      fold.number, settings, stopsWhenPlanned: fold.started.dryRun && fold.plan == nil)
  }

  /// Takes a run from step to step until it ends or has to stop.
  private func advance(
    _ run: Int64, _ settings: Settings, stopsWhenPlanned: Bool
  ) async throws -> RunResult {
    environment.progress(.started(run: try await environment.journal.run(run).started.run))
    while true {
      let fold = try await environment.journal.run(run)
      do {
        switch fold.position.state {
        case .planning:
          try await plan(fold, settings)
        case .planned:
          if stopsWhenPlanned { return try await result(run, .done) }
          try await prepareToApply(fold)
        case .applying:
          if let end = try await apply(fold) { return try await result(run, end) }
        case .rollingBack:
          return try await Rollback(environment, goingOn: fold).goOn(fold)
        case .applied, .rolledBack, .incomplete, .interrupted:
          return try await result(run, fold.position.state == .incomplete ? .incomplete : .done)
        }
      } catch {
        return try await stopped(run, by: error)
      }
    }
  }

  // MARK: Steps

  private func plan(_ fold: RunFold, _ settings: Settings) async throws {
    environment.progress(.planning)
    let recorder = try PlanRecorder(journal: environment.journal, fold: fold)
    let inputs = InputCapture(
      journal: environment.journal, run: fold.number, rejectedBefore: fold.inputsRejectedBefore,
      source: environment.inputs)
    let planner = Planner(
      settings: settings, tables: TableReader(environment.store, stop: environment.stop),
      now: fold.startedAt / 1_000,
      recorder: recorder, inputs: inputs, unitLimit: unitLimit(settings), stop: environment.stop)
    do {
      try await migration.plan(planner)
    } catch {
      try await recorder.drain()
      throw error
    }
    _ = try await recorder.seal(cost: environment.meter.take)
  }

  private func prepareToApply(_ fold: RunFold) async throws {
    guard let plan = fold.plan else { return }
    if let refusal = plan.refusal { throw Refusal(refusal) }
    if let limit = request.maxChanges, plan.changes > limit {
      throw Refusal("the plan has \(plan.changes) changes, and --max-changes allows \(limit)")
    }
    try await refuseOpenRuns(fold, plan)
    let summary = try await summary(of: fold, plan)
    environment.progress(.planned(summary))
    let confirmedBy = plan.changes == 0 ? "nothing to do" : try await environment.confirm(summary)
    try environment.stop.check()
    if request.makesBackups {
      try await BackupStep(environment, request.backupKind).backUp(fold, plan)
    }
    try environment.stop.check()
    try await append(
      .applyStarted, ApplyStartedDetail(confirmedBy: confirmedBy, digest: plan.digest), fold.number)
  }

  /// Applies what has no outcome; how the command ends, or nil when the state is to be looked at again.
  private func apply(_ fold: RunFold) async throws -> RunEnd? {
    let states = try await environment.journal.changeStates(of: fold.number)
    environment.progress(.applying(total: states.openCount))
    let applier = Applier(environment.store, inDoubt: states.inDoubt, stop: environment.stop)
    let loop = WriteLoop(
      journal: environment.journal, run: fold.number, shape: environment.store.writeShape,
      stop: environment.stop, maxFailures: request.maxFailures, stopsWhenTableFails: true,
      progress: { environment.progress(.advanced(changes: $0)) },
      stageEnded: { try await inspect($0, isRepeated: !$1, fold) }, write: applier.write)
    let end = try await loop.run(
      UnitStream(environment.journal, run: fold.number, .forward, isWanted: states.isOpen))
    return try await conclude(fold, end)
  }

  /// Lets the migration look at a stage, once: what it finds is journaled before the next stage begins.
  private func inspect(_ stage: Int, isRepeated: Bool, _ fold: RunFold) async throws -> String? {
    if isRepeated && fold.inspectedStages.contains(stage) { return nil }
    let inspection = Inspection(environment.store, now: fold.startedAt / 1_000, stop: environment.stop)
    do {
      try await migration.inspect(stage: stage, inspection)
    } catch let lost as StoreError where lost.kind == .unavailable {
      throw lost
    } catch let stopped as Interrupted {
      throw stopped
    } catch {
      return "\(error)"
    }
    try await append(.inspected, InspectedDetail(stage: stage), fold.number)
    return nil
  }

  private func conclude(_ fold: RunFold, _ end: WriteEnd) async throws -> RunEnd? {
    switch end {
    case .stopped: throw Interrupted()
    case .targetLost(let error): throw TargetLost(error: error)
    case .finished, .tooManyFailures, .tableChangeFailed:
      let counts = try await RunCounts.read(environment.journal, fold.number, isDrained: true)
      let isWhole = counts.applied == counts.planned
      try await appendFinished(isWhole ? .applied : .incomplete, counts, fold.number)
      return nil
    case .inspectionFailed(let problem):
      try await journalNote(problem, fold.number)
      let counts = try await RunCounts.read(environment.journal, fold.number, isDrained: true)
      try await appendFinished(.incomplete, counts, fold.number)
      return nil
    }
  }

  private func appendFinished(_ state: RunState, _ counts: RunCounts, _ run: Int64) async throws {
    let detail = FinishedDetail(state: state, counts: counts, cost: await environment.meter.take())
    try await append(.finished, detail, run)
  }

  private func journalNote(_ problem: String, _ run: Int64) async throws {
    try await append(
      .note, NoteDetail(category: .data, code: "inspectionFailed", message: problem), run)
  }

  // MARK: Parts

  private func unitLimit(_ settings: Settings) -> Int? {
    [settings.limit, settings.testMode ? migration.testLimit : nil].compactMap { $0 }.min()
  }

  private func started(_ settings: Settings) -> StartedDetail {
    StartedDetail(
      run: RunID.make(for: migration.name, at: environment.clock()), migration: migration.name,
      version: migration.version, target: environment.target,
      options: settings.journaled(for: migration), dryRun: request.dryRun, reason: request.reason,
      tool: environment.tool, codeDigest: migration.code.digest, backupKind: request.backupKind)
  }

  private func checkDigest(_ fold: RunFold) throws {
    guard let wanted = request.digest else { return }
    guard let plan = fold.plan else {
      throw Refusal(
        "run \(fold.started.run) has no sealed plan yet, so --digest can't hold: resume it without")
    }
    guard plan.digest == wanted || plan.digest == "sha256:" + wanted else {
      throw Refusal(
        "the plan of run \(fold.started.run) has the digest \(plan.digest), not the one given: review it with 'sparta-journal show \(fold.started.run)'"
      )
    }
  }

  /// What a migration of another version would plan is not what the run has planned so far.
  private func checkVersion(_ fold: RunFold) throws {
    guard fold.plan == nil, fold.started.version != migration.version else { return }
    throw Refusal(
      "run \(fold.started.run) was being planned by version \(fold.started.version) of \(migration.name), and this program has version \(migration.version): start a new run"
    )
  }

  private func checkIncomplete(_ fold: RunFold) async throws {
    let run = fold.started.run
    if fold.rollback != nil {
      throw Refusal("run \(run) is undone in part: go on with 'sparta-journal rollback \(run)'")
    }
    if let plan = fold.plan { try await refuseOpenRuns(fold, plan) }
    let states = try await environment.journal.changeStates(of: fold.number)
    if !request.retryFailed && states.openCount == 0 && states.failed.count > 0 {
      throw Refusal(
        "run \(run) has failed changes and nothing left to send: add --retry-failed to try them again")
    }
  }

  /// One open run per target and table: what an unfinished run has half done must not be planned upon.
  private func refuseOpenRuns(_ fold: RunFold, _ plan: SealedDetail) async throws {
    let tables = Set(plan.tally.map(\.table))
    for other in try await environment.journal.runs() where other.number != fold.number {
      guard other.started.target == environment.target, other.isHalfWritten else { continue }
      guard let shared = other.plan?.tally.map(\.table).first(where: tables.contains) else { continue }
      throw Refusal(
        "run \(other.started.run) is unfinished on table '\(shared)': go on with 'sparta-journal resume \(other.started.run)' or undo it with 'sparta-journal rollback \(other.started.run)' first"
      )
    }
  }

  private func summary(of fold: RunFold, _ plan: SealedDetail) async throws -> PlanSummary {
    try await PlanSummary.read(environment.journal, fold, plan)
  }
}

extension PlanSummary {
  /// Reads a sealed plan's first changes and its notes' number.
  public static func read(_ journal: Journal, _ fold: RunFold, _ plan: SealedDetail) async throws
    -> PlanSummary
  {
    let rows = try await journal.planned(of: fold.number, after: fold.number, limit: 6)
    return PlanSummary(
      fold: fold, plan: plan, examples: try rows.map { try $0.change() },
      notes: try await journal.noteCount(of: fold.number))
  }
}

extension RunFold {
  /// Whether changes may have been written and the run did not come to an end.
  var isHalfWritten: Bool {
    switch position.state {
    case .applying, .rollingBack: true
    case .interrupted: position.interruptedWhile == .applying || position.interruptedWhile == .rollingBack
    default: false
    }
  }
}
