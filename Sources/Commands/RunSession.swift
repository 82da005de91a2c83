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
  private let throttleWatch: Task<Void, Never>
  private let began = ContinuousClock.now

  /// Opens the journal for appending, checks its chain, and opens the target.
  ///
  /// - Parameters:
  ///   - started: the run that is resumed; a target that is not its own is refused.
  ///   - isConfirmed: whether `--yes` was given.
  ///   - isDry: whether nothing is to be written to a table.
  ///   - approvals: how many signatures a plan needs; nil for a command that applies none.
  ///   - isImport: whether the plan is one of `tables import`, which needs a word only where it replaces something.
  init(
    _ common: CommonOptions, _ variables: Variables, of started: StartedDetail? = nil, isConfirmed: Bool,
    isDry: Bool, approvals: ApprovalOptions? = nil, isImport: Bool = false
  ) async throws {
    self.common = common
    let target = try RunTarget(common, variables).of(started)
    if !isConfirmed && !isDry && !isImport && !target.isEmbedded && !Console.canAsk {
      throw Refusal(
        "\(target.name) is written only when somebody says so",
        remedy: "add --yes, or --dry-run to plan only")
    }
    let stop = StopSignal()
    let client = try HTTPClient(logger: common.verbose ? Console.logger("http") : nil)
    // Inputs are all that this client fetches: nothing of them is lost that a resumed run would not fetch again.
    signals = Signals(stop) { Task { await client.shutdown() } }
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
    var environment = RunEnvironment(
      store: opened.store, target: started?.target ?? opened.name, journal: journal,
      inputs: CurlInputs(client: client, common.connection, stop: stop), stop: stop,
      tool: Program.current.tool,
      progress: progress.report,
      confirm: { [journal] in
        try await Confirmation.get(
          $0, journal, target, isConfirmed: isConfirmed, isImport: isImport,
          pace: common.connection.maxWriteUnits, stop: stop)
      }, exportsByDefault: opened.isLoopback)
    environment.identity = identity
    environment.location = opened.location
    environment.tableGuard = RunGuard(
      opened.store, journal, owner: "\(actor.name) process \(ProcessInfo.processInfo.processIdentifier)",
      acceptsMarks: common.guards.acceptJournal,
      // A server on this machine has no guard table, and needs none.
      isExpected: !opened.isLoopback,
      warn: { [quiet = common.quiet] line in if !quiet { Console.say("warning: \(line)") } })
    if let watch {
      environment.chainMayWrite = watch.check
      environment.chainIsRight = watch.finish
    }
    environment.checkApprovals = Approvals(approvals, variables, actor).check
    self.environment = environment
    throttleWatch = RunSession.watch(opened.store, progress)
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
    throttleWatch.cancel()
    progress.finish()
    await environment.tableGuard?.release()
    await client.shutdown()
    return try result.get()
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
    try ExitStatus(result.end).end()
    if detailedExitCode, result.fold.position.state == .planned, result.fold.plan?.changes != 0 {
      try ExitStatus.changes.end()
    }
  }

  /// Tells the progress printer for how long the store was throttled, a few times a second.
  private static func watch(_ store: any TableStore, _ progress: ProgressPrinter) -> Task<Void, Never> {
    Task {
      while !Task.isCancelled, let statistics = await store.statistics {
        progress.throttled(seconds: Int(statistics.throttledTime / .seconds(1)))
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
