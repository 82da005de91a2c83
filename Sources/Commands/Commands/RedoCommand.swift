import DynamoJournalProgram
import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// `redo`: undo a rollback.
struct RedoCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "redo", abstract: "Undo a rollback: make again what it undid.",
    discussion: """
      What the rollback wrote over with --on-conflict force is put back. An item that was changed since the rollback is a \
      conflict. By default every item is looked at first, and with one conflict nothing is redone: 'skip' redoes the rest, \
      'force' overwrites, and what is about to be overwritten is journaled first. 'redo-plan' shows what would be done.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @Option(help: "What to do on a conflict: stop, skip or force.") var onConflict: ConflictPolicy = .stop
  @OptionGroup var reason: ReasonOptions
  @OptionGroup(title: "Watching over the run") var hand: HandOptions
  @Flag(help: "Redo without asking.") var yes = false

  func run() async throws {
    let variables = try common.variables()
    let found = try await RunNames.find(run, in: Journal(path: common.journal(variables), for: .read))
    let session = try await RunSession(
      common, variables, of: found.started, isConfirmed: yes, isDry: false, hand: hand)
    let result = try await session.finish { environment in
      do {
        return try await redo(found.handle, environment, session.target)
      } catch let refusal as Refusal where environment.stop.isRequested {
        throw StoppedRefusal(explanation: refusal.explanation)
      }
    }
    if onConflict == .stop && result.preview.conflictCount > 0 {
      let count = result.preview.conflictCount
      Console.error(
        "\(count) \(count == 1 ? "item was" : "items were") changed since the rollback, so nothing was redone: see them with '\(Program.command("redo-plan \(found.started.run)"))', then add --on-conflict skip or force"
      )
    }
    try await session.print(result.result)
  }

  private func redo(
    _ run: RunHandle, _ environment: RunEnvironment, _ target: Target
  ) async throws -> RollbackResult {
    let redo = Redo(environment, policy: onConflict, reason: reason.reason)
    return try await redo.run(run, seen: try await confirm(run, redo, environment, target))
  }

  /// Shows what redoing would do, and asks: what was shown is what is done then.
  ///
  /// - Returns: what was shown; nil where nobody was asked.
  private func confirm(
    _ run: RunHandle, _ redo: Redo, _ environment: RunEnvironment, _ target: Target
  ) async throws -> RollbackPreview? {
    guard !yes, Console.canAsk else { return nil }
    let preview = try await redo.look(run)
    let report = try await RunOutput.report(environment.journal.fold(run), environment.journal)
    Console.say(RollbackPlan(report, RollbackPlanFacts(preview, isRedo: true)).text)
    if onConflict == .stop && preview.conflictCount > 0 { return preview }
    guard let answer = Question.ask("Redo run \(run.id) on \(target.name)?", environment.stop), answer
    else { throw Refusal("not redone; nothing was written") }
    return preview
  }
}

/// `redo-plan`: what redoing would do, and how; changes nothing.
struct RedoPlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo-plan",
    abstract: "Show what undoing a rollback would do, against the tables as they are now.")
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @Flag(help: "Show the values of items that are in conflict.") var showValues = false

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    _ = try await journal.verify()
    let fold = try await RunNames.find(run, in: journal)
    try await Redo.refuseWhatCantBeRedone(fold, journal)
    let store = try await RunTarget(common, variables).open(fold.started)
    let preview = try await RollbackPreview.make(journal, store, fold, .redoing, stop: StopSignal())
    let plan = RollbackPlan(
      try await RunOutput.report(fold, journal), RollbackPlanFacts(preview, isRedo: true),
      showValues: showValues)
    Console.answer(text: common.format == .json ? plan.jsonText : plan.text)
  }
}
