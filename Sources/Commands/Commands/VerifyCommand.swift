import DynamoJournalProgram
import ArgumentParser
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `verify`: whether the tables still are as a run left them.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every item that a run changed, and compare it with what the run left.",
    discussion: """
      What the run did not achieve (changes that failed, were not sent or are in doubt) is told apart from what was \
      changed since. Exit code 1 when an item was changed since. Nothing is written.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    _ = try await journal.verify()
    let fold = try await RunNames.find(run, in: journal)
    let store = try await RunTarget(common, variables).open(fold.started)
    let found = try await RollbackPreview.make(
      journal, store, fold, .undoing, stop: StopSignal())
    print(found, fold, try await RunCounts.read(journal, fold.number))
    if found.conflictCount + found.alreadySo > 0 { try ExitStatus.incomplete.end() }
  }

  private func print(_ found: RollbackPreview, _ fold: RunFold, _ counts: RunCounts) {
    let missed = counts.planned - counts.applied
    switch common.format {
    case .json:
      let answer: JSONValue = [
        "run": .string(fold.started.run), "asLeft": .number(found.changeCount),
        "notAchieved": [
          "failed": .number(counts.failed), "pending": .number(counts.pending),
          "inDoubt": .number(counts.inDoubt),
        ],
        "changedBack": .number(found.alreadySo), "changedSince": .number(found.conflictCount),
        "changed": .array(
          found.conflicts.map {
            ["table": .string($0.change.intended.table), "key": .string(VerifyCommand.key($0))]
          }),
      ]
      Console.answer(answer.prettyText())
    case .text:
      Console.answer(
        "\(Plural.count(found.changeCount, "change is", "changes are")) as the run left \(found.changeCount == 1 ? "it" : "them")"
      )
      if missed > 0 {
        Console.answer(
          "\(Plural.count(missed, "was", "were")) not achieved by the run: \(counts.failed) failed, \(counts.pending) not sent, \(counts.inDoubt) in doubt"
        )
      }
      if found.alreadySo > 0 {
        Console.answer("\(Plural.count(found.alreadySo, "was", "were")) changed back since")
      }
      if found.conflictCount > 0 {
        Console.answer("\(Plural.count(found.conflictCount, "was", "were")) changed since:")
      }
      for conflict in found.conflicts {
        Console.answer("  \(conflict.change.intended.table) \(VerifyCommand.key(conflict))")
      }
    }
  }

  private static func key(_ conflict: RollbackPreview.Conflict) -> String {
    if case .item(let change) = conflict.change.intended { "\(change.key)" } else { "(the table)" }
  }
}
