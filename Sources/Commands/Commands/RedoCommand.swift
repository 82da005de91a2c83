import DynamoJournalProgram
import ArgumentParser
import DynamoJournalEvents
import DynamoJournalRunner

/// `redo`: undo a rollback.
struct RedoCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "redo", abstract: "Undo a rollback: make again what it undid.",
    discussion: """
      What the rollback wrote over with --on-conflict force is put back. Each write has its condition: an item that was \
      changed since the rollback stays as it is and is reported.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Redo without asking.") var yes = false

  func run() async throws {
    let variables = try common.variables()
    let found = try await RunNames.find(run, in: Journal(path: common.journal(variables), for: .read))
    let session = try await RunSession(common, variables, of: found.started, isConfirmed: yes, isDry: false)
    let result = try await session.finish { environment in
      try await confirm(found, environment, session.target)
      return try await Redo(environment, reason: reason.reason).run(found.handle)
    }
    try await session.print(result)
  }

  private func confirm(_ fold: RunFold, _ environment: RunEnvironment, _ target: Target) async throws {
    guard !yes, Console.canAsk else { return }
    let count = try await environment.journal.changeStates(of: fold.number).toRedoCount
    guard
      let answer = Question.ask(
        "Make \(Plural.count(count, "change")) of run \(fold.started.run) again on \(target.name)?",
        environment.stop), answer
    else { throw Refusal("not redone; nothing was written") }
  }
}
