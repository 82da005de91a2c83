import DynamoJournalProgram
import BitCollections
import DynamoJournalEvents
import DynamoJournalTables

/// The main flow: plan → journal → apply → journal, from wherever a run stands.
///
/// Every step is journaled before the next begins, so that the process may die anywhere: `resume` folds the journal and
/// goes on. Functions throw `Refusal`, `StoreError` or `JournalError`; what belongs to the run is journaled first.
package struct Runner: Sendable {
  let environment: RunEnvironment
  let migration: any Migration
  let request: RunRequest

  /// A runner of one migration.
  package init(_ environment: RunEnvironment, _ migration: any Migration, _ request: RunRequest) {
    self.environment = environment
    self.migration = migration
    self.request = request
  }

  /// Begins a run and takes it as far as was asked.
  package func run(_ settings: Settings) async throws -> RunResult {
    await environment.meter.start()
    try settings.checkAddresses(of: migration)
    try await migration.check(settings, TableReader(environment.store))
    let started = started(settings)
    let definition = (migration as? any DefinedMigration)?.definition
    let number = try await environment.journal.start(started, definition: definition)
    let run = RunHandle(number: number, id: started.run)
    environment.attach(run)
    return try await advance(
      run, settings, stopsWhenPlanned: request.dryRun)
  }

  /// Goes on with a run from where it stopped; one that is done stays so.
  ///
  /// - Parameter variables: the variables of now; of these only secrets are used, the rest stands in the journal.
  package func resume(_ handle: RunHandle, variables: [String: String]) async throws -> RunResult {
    await environment.meter.start()
    environment.attach(handle)
    try await environment.journal.journalDeath(of: handle)
    let fold = try await environment.journal.fold(handle)
    try checkDigest(fold)
    if fold.isDone { return try await result(handle, .done) }
    try checkVersion(fold)
    if fold.plan == nil {
      try Settings.checkAddresses(
        journaled: fold.started.options, migration: migration, current: variables)
    }
    let settings = Settings(journaled: fold.started.options, migration: migration, current: variables)
    if fold.position.state == .incomplete { try await checkIncomplete(fold) }
    guard fold.position.after(.resume) != nil else {
      throw JournalError.moveNotAllowed(run: handle.id, state: fold.position.state, move: "resumed")
    }
    if fold.position.activity.isWriting { try await environment.tableGuard?.take(fold) }
    try await append(
      .resumed, ResumedDetail(retryFailed: request.retryFailed, reason: request.reason), handle)
    // A dry run that was interrupted before its plan was whole is still a dry run; one that is planned is to be applied.
    return try await advance(
      handle, settings, stopsWhenPlanned: (fold.started.dryRun || request.stopsAtPlan) && fold.plan == nil)
  }

  /// Takes a run from step to step until it ends or has to stop.
  private func advance(
    _ run: RunHandle, _ settings: Settings, stopsWhenPlanned: Bool
  ) async throws -> RunResult {
    environment.progress(.started(run: run.id))
    while true {
      let fold = try await environment.journal.fold(run)
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
          return try await Rollback(environment, goingOn: fold).goOn(run)
        case .redoing:
          return try await Redo(environment, goingOn: fold).goOn(run)
        case .applied, .rolledBack, .incomplete, .interrupted, .closed:
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
    let recorder = try await PlanRecorder(
      journal: environment.journal, fold: fold, describe: environment.store.describe)
    recorder.progress = environment.progress
    let inputs = InputCapture(
      journal: environment.journal, run: fold.number, rejectedBefore: fold.inputsRejectedBefore,
      source: environment.inputs)
    let planner = Planner(
      settings: settings, tables: TableReader(environment.store, stop: environment.stop),
      now: fold.startedAt / 1_000,
      recorder: recorder, inputs: inputs, started: fold.started,
      say: { [environment] in environment.progress(.said($0)) }, unitLimit: unitLimit(settings),
      stop: environment.stop)
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
    try environment.chainMayWrite()
    if let refusal = plan.refusal { throw Refusal(refusal) }
    if let limit = request.maxChanges, plan.changes > limit {
      throw Refusal(
        "the plan has \(Plural.count(plan.changes, "change")), and --max-changes allows \(limit)",
        remedy: "look at the plan, then allow more or narrow what is changed")
    }
    try await environment.refuseOpenRuns(besides: fold)
    try await environment.checkApprovals(fold)
    let summary = try await summary(of: fold, plan)
    environment.progress(.planned(summary))
    let confirmedBy = plan.changes == 0 ? "nothing to do" : try await environment.confirm(summary)
    try await environment.stop.pass()
    try await environment.tableGuard?.take(fold)
    if request.makesBackups {
      try await BackupStep(environment, request.backupKind).backUp(fold, plan)
    }
    try await environment.stop.pass()
    try await append(
      .applyStarted, ApplyStartedDetail(confirmedBy: confirmedBy, digest: plan.digest), fold.handle)
  }

  /// Applies what has no outcome; how the command ends, or nil when the state is to be looked at again.
  private func apply(_ fold: RunFold) async throws -> RunEnd? {
    try await environment.tableGuard?.take(fold)
    let states = try await environment.journal.changeStates(of: fold.number)
    environment.progress(
      .standing(try await RunCounts.read(environment.journal, fold.number, isDrained: true)))
    environment.progress(.applying(total: states.openCount))
    let applier = Applier(
      environment.store, mayBeOurs: { states.isUncertain || states.inDoubt.contains($0) },
      stop: environment.stop)
    let loop = WriteLoop(
      environment, run: fold.number, maxFailures: request.maxFailures, stopsWhenTableFails: true,
      stageEnded: { try await inspect($0, isRepeated: !$1, fold) }, write: applier.write)
    let plan = try await PlanReader(environment.journal, fold)
    let end = try await loop.run(UnitStream(plan, .forward, isWanted: states.isOpen)).end
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
    try await append(.inspected, InspectedDetail(stage: stage), fold.handle)
    return nil
  }

  private func conclude(_ fold: RunFold, _ end: WriteEnd) async throws -> RunEnd? {
    switch end {
    case .stopped(let unanswered): throw Interrupted(unanswered: unanswered)
    case .targetLost(let error): throw TargetLost(error: error)
    case .refusedForAll(let error, let unanswered): throw TargetRefused(error: error, unanswered: unanswered)
    case .flawed(let error): throw error
    case .finished, .tooManyFailures, .tableChangeFailed:
      let counts = try await RunCounts.read(environment.journal, fold.number, isDrained: true)
      let isWhole = counts.applied == counts.planned
      try await environment.appendFinished(isWhole ? .applied : .incomplete, fold.handle)
      return nil
    case .inspectionFailed(let problem):
      let note = NoteDetail(category: .data, code: "inspectionFailed", message: problem)
      try await append(.note, note, fold.handle)
      try await environment.appendFinished(.incomplete, fold.handle)
      return nil
    }
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
      tool: environment.tool, codeDigest: migration.code.digest, identity: environment.identity,
      location: environment.location, backupKind: request.backupKind, sqlite: Journal.sqliteVersion,
      requiredApprovals: request.requiredApprovals)
  }

  private func checkDigest(_ fold: RunFold) throws {
    guard let wanted = request.digest else { return }
    guard let plan = fold.plan else {
      throw Refusal(
        "run \(fold.started.run) has no sealed plan yet, so --digest can't hold",
        remedy: "resume it without")
    }
    guard plan.digest == wanted || plan.digest == "sha256:" + wanted else {
      throw Refusal(
        "the plan of run \(fold.started.run) has the digest \(plan.digest), not the one given",
        remedy: "review it with '\(Program.command("show \(fold.started.run)"))'")
    }
  }

  /// What a migration of another version would plan is not what the run has planned so far.
  private func checkVersion(_ fold: RunFold) throws {
    guard fold.plan == nil, fold.started.version != migration.version else { return }
    throw Refusal(
      "run \(fold.started.run) was being planned by version \(fold.started.version) of \(migration.name), and this program has version \(migration.version)",
      remedy: "start a new run")
  }

  private func checkIncomplete(_ fold: RunFold) async throws {
    let run = fold.started.run
    try await environment.refuseOpenRuns(besides: fold)
    guard fold.position.before == .applying else { return }
    let states = try await environment.journal.changeStates(of: fold.number)
    if !request.retryFailed && states.openCount == 0 && states.failed.count > 0 {
      throw Refusal(
        "run \(run) has failed changes and nothing left to send",
        remedy:
          "add --retry-failed to try them again, or end it with '\(Program.command("close \(run) --reason …"))'"
      )
    }
  }

  private func summary(of fold: RunFold, _ plan: SealedDetail) async throws -> PlanSummary {
    try await PlanSummary.read(environment.journal, fold, plan)
  }
}

extension PlanSummary {
  /// Reads a sealed plan's first changes and its notes' number.
  package static func read(_ journal: Journal, _ fold: RunFold, _ plan: SealedDetail) async throws
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
    position.state.isWriting || position.interruptedWhile.map(\.isWriting) ?? false
  }

  /// Whether it has come to the end that it was meant for, so that there is nothing to resume.
  package var isDone: Bool {
    position.state == .applied || position.state == .rolledBack || position.state == .closed
  }
}
