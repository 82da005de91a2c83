import DynamoJournalProgram
import DynamoJournalPrograms
import DynamoJournalReports
import DynamoJournalRunner

/// Looks at the program of a migration's file: that it can be started, by nobody else's leave, and ends as the protocol says.
struct ProgramExamination {
  let file: ProgramFileMigration
  let settings: Settings
  /// Whether this migration alone is meant; else its program is not started.
  let isNamed: Bool

  init(_ file: ProgramFileMigration, _ settings: Settings, isNamed: Bool) {
    (self.file, self.settings, self.isNamed) = (file, settings, isNamed)
  }

  func examine() async -> [Check] {
    let found: [Check]
    do {
      let path = try file.program.executable(settings)
      try file.requireOwnFile()
      if let flaw = OwnedFile.flaw(path) {
        throw Refusal("'\(path)' \(flaw), and it would be started", remedy: "chmod go-w '\(path)'")
      }
      found = [await trial(path)]
    } catch { found = [Check(.program, of: file.name, saying: Ending.explanation(error))] }
    return found + variables
  }

  /// What it does without an item: it must read `start` and `end`, say nothing and exit with status 0.
  private func trial(_ path: String) async -> Check {
    guard isNamed else {
      return Check(
        .program, of: file.name, .ok,
        "'\(path)' can be started; '\(Program.command("doctor \(file.name)"))' also starts it")
    }
    guard file.program.inputs.isEmpty else {
      return Check(
        .program, of: file.name, .ok,
        "'\(path)' can be started; it was not, since it works with inputs, which a run captures first")
    }
    do {
      try await file.program.tryOut(settings) { Console.say($0) }
      return Check(
        .program, of: file.name, .ok,
        "'\(path)' was started without an item, and ended as it must")
    } catch {
      return Check(.program, of: file.name, saying: Ending.explanation(error))
    }
  }

  private var variables: [Check] {
    file.program.environment(settings).map { name, isSet in
      isSet
        ? Check(.program, of: "\(file.name) \(name)", .ok, "is set, and the program gets it")
        : Check(
          .program, of: "\(file.name) \(name)", .warn, "'env' names it, and it is not set",
          remedy: "set \(name) in the environment, or leave it out of 'env'")
    }
  }
}
