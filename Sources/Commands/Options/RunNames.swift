import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// Words that name a run.
enum RunNames {
  static let help = ArgumentHelp(
    "The run: its id, a unique prefix of it, 'latest', or a migration's name for its last run that changed tables."
  )

  /// The run that a name means for a command that undoes, redoes, restores or verifies; which one was taken is said where it is not
  /// the newest.
  static func find(_ name: String, in journal: Journal) async throws -> RunFold {
    let found: FoundRun
    do { found = try await journal.find(name, .changedTables) } catch JournalError.noRunChangedTables {
      // Whoever acts on it says why it can't, once the journal is theirs.
      return try await journal.run(named: name)
    }
    if let newer = found.passedOver {
      Console.say(
        "'\(name)' is run \(found.fold.started.run), the last one that changed tables; run \(newer.started.run) is newer and changed none"
      )
    }
    return found.fold
  }
}

/// Why, in the words of whoever types the command.
struct ReasonOptions: ParsableArguments {
  @Option(help: "Why, for the journal.") var reason: String?

  func validate() throws {
    if let reason, reason.allSatisfy(\.isWhitespace) {
      throw ValidationError("--reason is empty: say why, or leave it out")
    }
  }
}
