import DynamoJournalEvents
import DynamoJournalFiles
import DynamoJournalProgram
import DynamoJournalPrograms
import DynamoJournalRunner

/// The migration of a run that goes on: the program's own, or what the run has kept of a file, whatever has become of that.
enum RunMigration {
  /// - Throws: `Refusal` when the program has none of that name, or can't read what the run has kept.
  static func find(_ fold: RunFold, _ journal: Journal) async throws -> any Migration {
    let run = fold.started.run
    guard let kept = try await journal.definition(of: fold.number) else {
      if let own = CommandCatalog.current.migration(named: fold.started.migration) { return own }
      if fold.started.migration == ImagesMigration.name { return ImagesMigration(path: nil) }
      if let load = ImportMigration(goingOn: fold.started.migration) { return load }
      throw Refusal(
        "this program has no migration '\(fold.started.migration)': resume run \(run) with the program that has it"
      )
    }
    guard !kept.isEmpty else {
      throw Refusal(
        "the text that run \(run) was planned from was erased: start a new run, or undo it with '\(Program.command("rollback \(run)"))'"
      )
    }
    guard let captured = CapturedDefinition(captured: kept) else {
      throw Refusal(
        "run \(run) keeps its migration in a form that this program can't read: resume it with the program that began it"
      )
    }
    return try ProgramFileMigration.migration(FileMigration(captured))
  }
}
