import DynamoJournalProgram
import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

extension ConflictPolicy: ExpressibleByArgument {}

/// `rollback`: undo a run, conflict by conflict.
struct RollbackCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Undo a run, the last change first.",
    discussion: """
      An item that was changed since the run is a conflict. By default every item is looked at first, and with one \
      conflict nothing is undone: 'skip' undoes the rest, 'force' overwrites, and what is about to be overwritten is \
      journaled first. 'redo' undoes a rollback.

      What happened together is undone together, also where only a part of the run is selected. A key that is named and \
      of which nothing is there to undo is refused, and nothing is undone. What was selected is journaled, so that \
      'resume' goes on with the same changes.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @Option(help: "What to do on a conflict: stop, skip or force.") var onConflict: ConflictPolicy = .stop
  @OptionGroup(title: "Which changes") var which: SelectionOptions
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Undo without asking.") var yes = false

  func run() async throws {
    let variables = try common.variables()
    let found = try await RunNames.find(run, in: Journal(path: common.journal(variables), for: .read))
    let session = try await RunSession(common, variables, of: found.started, isConfirmed: yes, isDry: false)
    let result = try await session.finish { environment in
      do {
        return try await undo(found.handle, environment, session.target)
      } catch let refusal as Refusal where environment.stop.isRequested {
        throw StoppedRefusal(explanation: refusal.explanation)
      }
    }
    if onConflict == .stop && result.preview.conflictCount > 0 {
      let count = result.preview.conflictCount
      Console.error(
        "\(count) \(count == 1 ? "item was" : "items were") changed since the run, so nothing was undone: see them with '\(Program.command("rollback-plan \(found.started.run)"))', then add --on-conflict skip or force"
      )
    }
    sayWhatStays(result)
    try await session.print(result.result)
  }

  private func undo(
    _ run: RunHandle, _ environment: RunEnvironment, _ target: Target
  ) async throws -> RollbackResult {
    let rollback = Rollback(
      environment, policy: onConflict,
      selection: try await which.selection(
        of: environment.journal.fold(run), in: environment.store),
      reason: reason.reason)
    let seen = try await confirm(run, rollback, environment, target)
    return try await rollback.run(run, seen: seen)
  }

  /// A part that was undone as asked is no failure, and what stays is said.
  private func sayWhatStays(_ result: RollbackResult) {
    let counts = result.result.counts
    let stay = counts.applied - counts.compensated - result.preview.foreign
    guard !which.typed.isEmpty, result.result.end == .done, stay > 0, !common.quiet else { return }
    Console.say(
      "rolled back but for \(Plural.count(stay, "change")), as asked: \(stay == 1 ? "it stays" : "they stay") in the tables"
    )
  }

  /// Shows what undoing would do, and asks: what was shown is what is done then.
  ///
  /// - Returns: what was shown; nil where nobody was asked.
  private func confirm(
    _ run: RunHandle, _ rollback: Rollback, _ environment: RunEnvironment, _ target: Target
  ) async throws -> RollbackPreview? {
    guard !yes, Console.canAsk else { return nil }
    let preview = try await rollback.look(run)
    let report = try await RunOutput.report(environment.journal.fold(run), environment.journal)
    Console.say(RollbackPlan(report, RollbackPlanFacts(preview), selection: which.typed).text)
    if onConflict == .stop && preview.conflictCount > 0 { return preview }
    let changes = Plural.count(preview.count(undoneBy: onConflict), "change")
    guard let answer = Question.ask("Undo \(changes) of run \(run.id) on \(target.name)?", environment.stop),
      answer
    else { throw Refusal("not undone; nothing was written") }
    return preview
  }
}

/// Somebody asked to stop before anything was written.
struct StoppedRefusal: ExplainedError {
  let explanation: Explanation
  var errorClass: ErrorClass { .validation }
  var exitStatus: ExitStatus { .interrupted }
}
