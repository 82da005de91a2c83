import ArgumentParser
import Journal
import Reports
import Runner
import Tables

extension ConflictPolicy: ExpressibleByArgument {}

/// `rollback`: undo a run, conflict by conflict.
struct RollbackCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Undo a run, the last change first.",
    discussion: """
      An item that was changed since the run is a conflict. By default every item is looked at first, and with one \
      conflict nothing is undone: 'skip' undoes the rest, 'force' overwrites, and the journal keeps what was \
      overwritten.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "The run: its id, a unique prefix of it, or 'latest'.") var run: String
  @Option(help: "What to do on a conflict: stop, skip or force.") var onConflict: ConflictPolicy = .stop
  @Option(help: "Undo the changes of this table only.") var table: String?
  @Option(help: "Undo the changes of this item only; with --table.") var key: String?
  @Flag(help: "Undo without asking.") var yes = false

  func validate() throws {
    if key != nil && table == nil {
      throw ValidationError("--key needs --table, so that the key's type is known")
    }
  }

  func run() async throws {
    let variables = try common.variables()
    let found = try await Journal(path: common.journal(variables), for: .read).run(named: run)
    let session = try await RunSession(
      common, variables, target: found.started.target, isConfirmed: yes, isDry: false)
    let result = try await session.finish { environment in
      do {
        return try await undo(found, environment, session.target)
      } catch let refusal as Refusal where environment.stop.isRequested {
        Console.error(refusal.message)
        throw ExitCode(ExitStatus.interrupted.rawValue)
      }
    }
    if onConflict == .stop && result.preview.conflictCount > 0 {
      let count = result.preview.conflictCount
      Console.error(
        "\(count) \(count == 1 ? "item was" : "items were") changed since the run, so nothing was undone: see them with 'sparta-journal rollback-plan \(found.started.run)', then add --on-conflict skip or force"
      )
    }
    try await session.print(result.result)
  }

  private func undo(
    _ fold: RunFold, _ environment: RunEnvironment, _ target: Target
  ) async throws -> RollbackResult {
    let selection = try await selection(environment)
    try await confirm(fold, selection, environment, target)
    return try await Rollback(environment, policy: onConflict, selection: selection).run(fold)
  }

  private func selection(_ environment: RunEnvironment) async throws -> RollbackSelection {
    guard let table, let key else { return RollbackSelection(table: table) }
    let text = try await KeyFinder.text(key, table: table, in: environment.store)
    return RollbackSelection(table: table, key: text)
  }

  /// Shows what undoing would do, and asks.
  private func confirm(
    _ fold: RunFold, _ selection: RollbackSelection, _ environment: RunEnvironment, _ target: Target
  ) async throws {
    guard !yes, Console.canAsk else { return }
    let preview = try await RollbackPreview.make(
      environment.journal, environment.store, fold, selection, stop: environment.stop)
    let report = try await RunOutput.report(fold, environment.journal)
    Console.say(RollbackPlan(report, RollbackPlanFacts(preview), table: table, key: key).text)
    guard let answer = Question.ask("Undo run \(fold.started.run) on \(target.name)?", environment.stop),
      answer
    else { throw Refusal("not undone; nothing was written") }
  }
}
