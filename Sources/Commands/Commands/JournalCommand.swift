import DynamoJournalProgram
import ArgumentParser
import Foundation
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `journal`: look after the journal's file.
struct JournalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal", abstract: "Recover a damaged journal, erase values from it, or archive runs.",
    subcommands: [JournalRecoverCommand.self, JournalEraseCommand.self, ArchiveCommand.self])
}

/// `journal recover`
struct JournalRecoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Keep what can be verified of a damaged journal, and put the rest aside as evidence.",
    discussion: """
      The whole old file stays beside the journal. Runs in what is kept can be resumed and undone: each write has its \
      condition, so what the lost events told of is found out again at the tables.
      """)
  @OptionGroup var common: CommonOptions
  @Option(help: "Why, for the journal.") var reason: String
  @Flag(help: "Recover without asking.") var yes = false

  func run() async throws {
    let variables = try common.variables()
    let recovery = JournalRecovery(
      path: common.journal(variables), as: Actors.current(variables), reason: reason)
    if let flaw = try recovery.flaw() { Console.say("\(flaw)") }
    try JournalConfirmation.ask("Keep what can be verified, and put the rest aside?", yes: yes)
    let result = try recovery.run()
    switch common.format {
    case .json: Console.answer(json(result).prettyText())
    case .text:
      Console.answer("kept      \(Plural.count(Int(result.kept), "event"))")
      if let bad = result.firstBad {
        Console.answer("first bad event \(bad.seq): \(Printable.text(bad.why))")
      }
      Console.answer("evidence  \(Printable.text(result.evidence))")
      Console.answer("journal   \(result.head.description)")
    }
  }

  private func json(_ result: JournalRecovery.Result) -> JSONValue {
    [
      "kept": .number(result.kept), "evidence": .string(result.evidence),
      "firstBad": result.firstBad.map { ["seq": .number($0.seq), "why": .string($0.why)] } ?? .null,
      "head": .string(result.head.description),
    ]
  }
}

/// `journal erase`
struct JournalEraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Take values out of the journal for good; its chain still verifies.",
    discussion: """
      An item's values with --table and --key, an attribute's with --attribute (of one table with --table), or those of \
      the runs that ended before a time with --before. Changes whose values are erased can't be undone any more. \
      What the journal was before an upgrade from format 1 is deleted, too, since it holds the same values. Backups, exports, \
      evidence of a recovery and copies of the journal are other files and stay as they are.
      """)
  @OptionGroup var common: CommonOptions
  @Option(help: "The table's name.") var table: String?
  @Option(help: "The item's key: discordId=9046…, or DynamoDB JSON; with --table.") var key: String?
  @Option(help: "The attribute's name.") var attribute: String?
  @Option(help: "A time, such as 2026-11-23 or 2026-11-23T05:14:02Z.") var before: String?
  @Option(help: "Why, for the journal.") var reason: String
  @Flag(help: "Erase without asking.") var yes = false

  func validate() throws {
    let given = [key != nil, attribute != nil, before != nil].filter { $0 }.count
    guard given == 1 else {
      throw ValidationError("say what to erase: --table with --key, --attribute, or --before")
    }
    if key != nil && table == nil {
      throw ValidationError("--key needs --table, so that the key's type is known")
    }
    if before != nil && table != nil {
      throw ValidationError("--before is for whole runs: leave out --table")
    }
  }

  func run() async throws {
    let variables = try common.variables()
    let erasure = JournalErasure(
      path: common.journal(variables), as: Actors.current(variables), try await scope(variables),
      reason: reason)
    let (events, runs) = try await erasure.look()
    if events == 0 { throw JournalError.nothingToErase }
    let count = Printable.count(events, "event")
    try JournalConfirmation.ask(
      "Erase values of \(count) of \(runs.joined(separator: ", ")) for good?", yes: yes)
    let result = try await erasure.run()
    sayWhatStays(result)
    switch common.format {
    case .json: Console.answer(json(result).prettyText())
    case .text:
      Console.answer("erased    values of \(count)")
      Console.answer("runs      \(result.runs.joined(separator: ", "))")
      for file in result.deleted { Console.answer("deleted   \(Printable.text(file))") }
      Console.answer("journal   \(result.head.description)")
      if !result.runsWithInputs.isEmpty {
        Console.say(
          "the replies that were captured for \(result.runsWithInputs.joined(separator: ", ")) were kept and may hold the same values: --before erases them, too"
        )
      }
    }
  }

  private func sayWhatStays(_ result: JournalErasure.Result) {
    for file in result.kept {
      Console.say(
        "'\(Printable.text(file))' was kept and may hold the same values: delete it, too, if they must go")
    }
  }

  private func scope(_ variables: Variables) async throws -> ErasureScope {
    if let table, let key {
      return .item(table: table, key: try await KeyFinder.bytes(key, table, common, variables))
    }
    if let attribute { return .attribute(attribute, table: table) }
    return .before(try TimeFilter.microseconds(before ?? ""))
  }

  private func json(_ result: JournalErasure.Result) -> JSONValue {
    let strings = { (texts: [String]) in JSONValue.array(texts.map { .string($0) }) }
    return [
      "events": .number(result.events), "runs": strings(result.runs),
      "runsWithInputs": strings(result.runsWithInputs), "deleted": strings(result.deleted),
      "kept": strings(result.kept), "head": .string(result.head.description),
    ]
  }
}

/// The last word before the journal's file is replaced.
enum JournalConfirmation {
  static func ask(_ question: String, yes: Bool) throws {
    if yes { return }
    guard Console.canAsk else {
      throw Refusal(
        "the journal is rewritten only when somebody says so, and nothing was changed",
        remedy: "add --yes")
    }
    guard Question.ask(question, StopSignal()) == true else { throw Refusal("nothing was changed") }
  }
}
