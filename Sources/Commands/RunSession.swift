import DynamoJournalProgram
import Foundation
import DynamoJournalHTTP
import DynamoJournalPrograms
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// What `run`, `resume`, `rollback` and `redo` have in common: everything opened, verified and listening.
struct RunSession {
  let target: Target
  let journal: Journal
  let environment: RunEnvironment
  private let common: CommonOptions
  private let progress: ProgressPrinter
  private let signals: Signals
  private let client: HTTPClient
  private let desk: ControlDesk
  private let hooks: Hooks
  private let hookWork: Task<Void, Never>
  private let watches: [Task<Void, Never>]
  private let began = ContinuousClock.now

  /// Opens the journal for appending, checks its chain, and opens the target.
  ///
  /// - Parameters:
  ///   - started: the run that is resumed; a target that is not its own is refused.
  ///   - isConfirmed: whether `--yes` was given.
  ///   - isDry: whether nothing is to be written to a table.
  ///   - approvals: how many signatures a plan needs; nil for a command that applies none.
  ///   - hand: what watches over the run, and who is told of it.
  ///   - pace: the pace that somebody had set before the run stopped.
  ///   - isImport: whether the plan is one of `tables import`, which needs a word only where it replaces something.
  init(
    _ common: CommonOptions, _ variables: Variables, of started: StartedDetail? = nil, isConfirmed: Bool,
    isDry: Bool, approvals: ApprovalOptions? = nil, hand: HandOptions? = nil, pace: PacedDetail? = nil,
    isImport: Bool = false
  ) async throws {
    self.common = common
    // What can't be is refused before anything is opened.
    _ = try hand?.address(variables)
    let target = try RunTarget(common, variables).of(started)
    if !isConfirmed && !isDry && !isImport && !target.isEmbedded && !Console.canAsk {
      throw Refusal(
        "\(target.name) is written only when somebody says so",
        remedy: "add --yes, or --dry-run to plan only")
    }
    let stop = StopSignal()
    RunSession.keep(pace, common.connection, stop, isQuiet: common.quiet)
    let client = try HTTPClient(logger: common.verbose ? Console.logger("http") : nil)
    // Inputs are all that this client fetches: nothing of them is lost that a resumed run would not fetch again.
    stop.whenRequested { Task { await client.shutdown() } }
    signals = Signals(stop) {}
    let (opened, identity) = try await stop.naming {
      let opened = try await OpenTarget.open(
        target, common, variables, creating: started == nil, stop: stop)
      return (opened, try await RunTarget.bind(opened.store, to: started))
    }
    // An import has said it before it read its files.
    if !common.quiet && !isImport {
      Console.say("target \(opened.description) (\(try RunTarget(common, variables).source(started)))")
    }
    let actor = Actors.current(variables, opened)
    journal = try Journal(path: common.journal(variables), for: .append(actor))
    let watch = try await RunSession.verify(journal)
    let progress = ProgressPrinter(isQuiet: common.quiet)
    let warn: @Sendable (String) -> Void = { [quiet = common.quiet] line in
      if !quiet { Console.say("warning: \(line)") }
    }
    let hooks = try Hooks(hand, variables, journal, target: started?.target ?? opened.name, warn: warn)
    let desk = ControlDesk(journal, stop, by: .current(environment: variables.values)) { news in
      hooks.tell(news)
      if news.event == .held || news.event == .continued { progress.hold(news.status.heldWords) }
    }
    do { try desk.open() } catch {
      warn("the run can't be watched, paused or paced from another terminal: \(error)")
    }
    var environment = RunEnvironment(
      store: opened.store, target: started?.target ?? opened.name, journal: journal,
      inputs: CurlInputs(client: client, common.connection, stop: stop), stop: stop,
      tool: Program.current.tool,
      progress: {
        progress.report($0)
        desk.report($0)
      },
      confirm: { [journal] in
        try await Confirmation.get(
          $0, journal, target, isConfirmed: isConfirmed, isImport: isImport,
          pace: common.connection.maxWriteUnits, stop: stop)
      }, exportsByDefault: opened.isLoopback)
    environment.attach = desk.attach
    environment.identity = identity
    environment.location = opened.location
    environment.tableGuard = RunGuard(
      opened.store, journal, owner: "\(actor.name) process \(ProcessInfo.processInfo.processIdentifier)",
      acceptsMarks: common.guards.acceptJournal,
      // A server on this machine has no guard table, and needs none.
      isExpected: !opened.isLoopback,
      warn: warn)
    if let watch {
      environment.chainMayWrite = watch.check
      environment.chainIsRight = watch.finish
    }
    environment.checkApprovals = Approvals(approvals, variables, actor).check
    self.environment = environment
    let health = HealthWatch(desk, stop, warn: warn)
    watches = [
      RunSession.watch(opened.store, progress, desk, try hand.map { try $0.terms() } ?? HealthRule.Terms()),
      health.start(hand?.holdIf, every: .seconds(hand?.holdEvery ?? 30)),
    ]
    self.desk = desk
    self.hooks = hooks
    hookWork = hooks.start()
    self.progress = progress
    self.client = client
    self.target = target
  }

  /// A short chain is verified before anything else; a long one beside the work, so that a run begins at once.
  private static func verify(_ journal: Journal) async throws -> ChainWatch? {
    guard await journal.head.seq > ChainWatch.fewEvents else {
      _ = try await journal.verify()
      return nil
    }
    return await ChainWatch(journal)
  }

  /// Runs the command's work and closes what was opened, whatever came of it.
  func finish<Result>(_ body: (RunEnvironment) async throws -> Result) async throws -> Result {
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await environment.stop.naming { try await body(environment) })
    } catch { result = .failure(error) }
    for watch in watches { watch.cancel() }
    await desk.close()
    progress.finish()
    await environment.tableGuard?.release()
    await client.shutdown()
    if case .failure(let error) = result { await end(Ending.explanation(error).problem, ExitStatus(error)) }
    return try result.get()
  }

  /// Tells how it ended, and lets whoever is told take it in, within bounds.
  private func end(
    _ message: String, _ status: ExitStatus, _ state: RunState? = nil, _ counts: RunCounts? = nil
  )
    async
  {
    var last = desk.current
    if let counts { last.counts = counts }
    let event: RunNews.Event =
      switch status {
      case .done, .changes: .finished
      case .interrupted, .held: .interrupted
      default: .failed
      }
    hooks.tell(RunNews(event, message, at: Timestamp.now(), last), state: state)
    await hooks.finish(hookWork, isStopping: environment.stop.isRequested)
  }

  /// Prints the run as it stands, and ends with its exit code.
  ///
  /// - Parameters:
  ///   - because: why it does less than the command says.
  ///   - summary: what is to be said of an import besides.
  ///   - detailedExitCode: whether a dry run that plans changes has an exit code of its own.
  func print(
    _ result: RunResult, _ summary: ImportSummary? = nil, because: [String] = [],
    detailedExitCode: Bool = false
  ) async throws {
    if common.verbose { await sayCost() }
    var report = RunReport(result.fold, counts: result.counts, head: await journal.head, verified: true)
    report.because = because
    try await RunOutput(common: common, journal: journal).print(report, result.fold, summary)
    let id = result.fold.started.run
    switch result.end {
    case .refused(let reason) where result.fold.position.state == .interrupted:
      // A resumed run plans with the settings that it was started with, so a wrong one needs a new run.
      Console.error(
        "\(reason); then: \(Program.command("resume \(id)")), or, if a setting was wrong, a new run")
    case .refused(let reason): Console.error(reason)
    case .interrupted(let reason), .heldElsewhere(let reason):
      let direction =
        switch result.fold.position.activity {
        case .rollingBack: "the rollback was stopped (\(reason)); go on undoing with"
        case .redoing: "the redo was stopped (\(reason)); go on redoing with"
        default: "\(reason); go on with"
        }
      Console.error("\(direction): \(Program.command("resume \(id)"))")
    case .done, .incomplete: break
    }
    await end(result.end.words ?? report.state.rawValue, ExitStatus(result.end), report.state, result.counts)
    try ExitStatus(result.end).end()
    if detailedExitCode, result.fold.position.state == .planned, result.fold.plan?.changes != 0 {
      try ExitStatus.changes.end()
    }
  }

  /// Keeps to the options' pace, or else to the one that somebody had set before the run stopped.
  private static func keep(
    _ pace: PacedDetail?, _ options: ConnectionOptions, _ stop: StopSignal, isQuiet: Bool
  ) {
    let kept = WorkControl.Pace(
      writeUnits: options.maxWriteUnits ?? pace?.maxWriteUnits,
      concurrency: options.concurrency ?? pace?.concurrency)
    stop.control.setPace(kept)
    guard let pace, !isQuiet,
      kept != WorkControl.Pace(writeUnits: options.maxWriteUnits, concurrency: options.concurrency)
    else { return }
    Console.say(
      "the run keeps to the pace that \(pace.by.name) had set (\(kept.words)); --max-write-units and --concurrency overrule it"
    )
  }

  /// Tells the progress printer and the desk what was done over the wire, a few times a second, and holds the run when too much
  /// of it is refused.
  ///
  /// - Parameter terms: from which share on; nil for never.
  private static func watch(
    _ store: any TableStore, _ progress: ProgressPrinter, _ desk: ControlDesk, _ terms: HealthRule.Terms?
  ) -> Task<Void, Never> {
    Task {
      var rule = terms.map { HealthRule($0) }
      while !Task.isCancelled {
        if let statistics = await store.statistics {
          progress.throttled(seconds: Int(statistics.throttledTime / .seconds(1)))
          desk.report(statistics)
          switch rule?.decide(statistics, at: ProcessInfo.processInfo.systemUptime) {
          case .hold(let detail): desk.hold(detail)
          case .release(let cause, let message): desk.release(cause, message)
          case .stay, nil: break
          }
        }
        progress.sayAgain()
        do { try await Task.sleep(for: .milliseconds(250)) } catch { return }
      }
    }
  }

  private func sayCost() async {
    let cost = await journal.cost
    let seconds = cost.time / .seconds(1)
    Console.say(
      "journal: \(Plural.count(Int(cost.events), "event")) in \(Plural.count(Int(cost.commits), "commit")), \((seconds * 100).rounded() / 100) s of \((began.duration(to: .now) / .seconds(1) * 100).rounded() / 100) s"
    )
  }
}

/// The last word before the first change.
enum Confirmation {
  /// How the plan was confirmed.
  ///
  /// - Throws: `Refusal` for a no.
  static func get(
    _ summary: PlanSummary, _ journal: Journal, _ target: Target, isConfirmed: Bool, isImport: Bool,
    pace: Double?, stop: StopSignal
  ) async throws -> String {
    if isConfirmed { return "--yes" }
    let tally = isImport ? ImportTally(summary.plan) : nil
    guard Console.canAsk else {
      guard let tally, !target.isEmbedded else { return "embedded store" }
      if tally.replaced == 0 { return "nothing is replaced" }
      throw ImportQuestion(tally, summary.plan.tally.first?.table ?? "").refusal
    }
    Console.say(try await PlanText.text(journal, summary.fold, summary.plan, pace: pace))
    if let tally { Console.say(ImportQuestion(tally, summary.plan.tally.first?.table ?? "").existing) }
    let changes = Plural.count(summary.plan.changes, "change")
    let asked = try await Question.ask("Apply \(changes) to \(target.name)?", stop) {
      try await ChangePages.show(journal, summary.fold)
    }
    guard let answer = asked else { return "nobody" }
    guard answer else {
      throw Refusal(
        "not applied; nothing was written",
        remedy: "apply this plan later with '\(Program.command("resume \(summary.fold.started.run)"))'")
    }
    return "terminal"
  }
}
