import ArgumentParser
import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `runs`: all runs, and archiving those that are over.
struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List all runs, the newest last, or archive old ones.",
    subcommands: [RunsListCommand.self, ArchiveCommand.self], defaultSubcommand: RunsListCommand.self)
}

/// `runs archive`, `journal archive`
struct ArchiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Take the runs that ended before a time out of the journal, into a file of their own.",
    discussion: """
      The file is a journal, too: --journal FILE reads it. All events up to a place leave, so a run that has not ended \
      keeps those behind it in the journal; dry runs count as ended. The chain goes on: an event tells where it was cut, \
      and the file's head. Keep the file: backups, exports and heads of before lead to it.
      """)
  @OptionGroup var common: CommonOptions
  @Option(help: "A time, such as 2026-11-23, 2026-11, or 90d for ninety days ago.") var before: String
  @Option(name: .customLong("to"), help: ArgumentHelp("The file, which must not exist.", valueName: "file"))
  var file: String
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Archive without asking.") var yes = false

  func run() async throws {
    let variables = try common.variables()
    let file = try LocalPath.resolve(file, "the archive", home: variables.environment["HOME"])
    let archive = JournalArchive(
      path: common.journal(variables), as: Actors.current(variables),
      before: try TimeFilter.microseconds(before), to: file, reason: reason.reason)
    let look = try await archive.look()
    sayBlock(look)
    try JournalConfirmation.ask(
      "Move \(Plural.count(look.runs.count, "run")) (\(Plural.count(Int(look.events), "event"))) to '\(Printable.text(file))'?",
      yes: yes)
    let result = try await archive.run()
    switch common.format {
    case .json: Console.answer(json(result).prettyText())
    case .text:
      Console.answer(
        "archived  \(Plural.count(result.runs.count, "run")), \(Plural.count(Int(result.events), "event"))")
      Console.answer("file      \(Printable.text(file)), head \(result.archive?.description ?? "")")
      Console.answer("journal   \(result.head?.description ?? "")")
    }
  }

  private func sayBlock(_ look: JournalArchive.Result) {
    guard let run = look.blockedBy, !common.quiet else { return }
    let id = run.started.run
    Console.say(
      "run \(id) is \(run.position.state.rawValue): it stays, and so do the runs behind it; end it first ('\(Program.command("show \(id)"))' tells how) to archive them, too"
    )
  }

  private func json(_ result: JournalArchive.Result) -> JSONValue {
    let text = { (word: String?) -> JSONValue in word.map { .string($0) } ?? .null }
    return [
      "runs": .array(result.runs.map { .string($0.run) }), "events": .number(result.events),
      "file": .string(file), "fileHead": text(result.archive?.description),
      "head": text(result.head?.description), "blockedBy": text(result.blockedBy?.started.run),
    ]
  }
}
