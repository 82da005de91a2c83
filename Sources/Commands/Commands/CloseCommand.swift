import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// `close`: end a run that will not go on.
struct CloseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "End a run that will not go on; nothing is written to a table.",
    discussion: """
      Allowed where nothing is in doubt and nothing is half done: a run that was only planned, or one that ended with \
      changes that failed or were left. Otherwise it says what to do first.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @Option(help: "Why, for the journal.") var reason: String

  func validate() throws {
    if reason.allSatisfy(\.isWhitespace) { throw ValidationError("say why with --reason TEXT") }
  }

  func run() async throws {
    let variables = try common.variables()
    let journal = try Journal(path: common.journal(variables), for: .append(Actors.current(variables)))
    let found = try await journal.run(named: run)
    let (fold, isNew) = try await Closing(journal).close(found.handle, reason: reason)
    if !isNew {
      Console.say(
        "run \(fold.started.run) has ended already (\(fold.position.state.rawValue)): there is nothing to close"
      )
    }
    let report = RunReport(
      fold, counts: try await RunCounts.read(journal, fold.number), head: await journal.head)
    try await RunOutput(common: common, journal: journal).print(report, fold)
  }
}
