import ArgumentParser
import DynamoJournalFiles
import DynamoJournalProgram
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// Looks at migrations in files: whether each can be read, and what becomes of the first items of its table.
struct FileExamination {
  /// Those that can be read, with values for all that they leave open.
  let migrations: [any Migration]
  /// What is to be said of the others.
  let checks: [Check]

  /// No files.
  static let none = FileExamination(migrations: [], checks: [])

  private init(migrations: [any Migration], checks: [Check]) {
    self.migrations = migrations
    self.checks = checks
  }

  /// Reads every file of the folder.
  init(_ finder: MigrationFinder, _ variables: Variables) {
    var (migrations, checks): ([any Migration], [Check]) = ([], [])
    for entry in finder.folder.entries {
      do {
        guard case .file(let file) = try finder.find(entry.name) else { continue }
        let names = Set(file.definition.variables)
        migrations.append(
          try ProgramFileMigration.migration(
            file.migration(variables: variables.values(of: names), parameters: [:])))
      } catch let error as DefinitionError where error.isUsage {
        // Its file is well; what it needs is given when it is run.
        checks.append(Check(.migration, of: entry.name, .skip, error.sentence))
      } catch {
        checks.append(Check(.migration, of: entry.path, saying: Ending.explanation(error)))
      }
    }
    self.init(migrations: migrations, checks: checks)
  }

  /// A migration that is as it should be, tried on the first items of its table.
  static func trial(_ migration: FileMigration, _ tables: TableReader) async -> Check {
    do {
      let found = try await migration.trial(tables)
      let items =
        "of the first \(Plural.count(found.items, "item")), \(found.changed) would change"
      guard found.left > 0 else {
        return Check(.migration, of: migration.name, .ok, "has what it needs; \(items)")
      }
      return Check(
        .migration, of: migration.name, .warn, "\(items), and \(found.left) would be left with a note",
        remedy: "look at the notes of a dry run: '\(Program.command("run \(migration.name) --dry-run"))'")
    } catch {
      return Check(.migration, of: migration.name, saying: Ending.explanation(error))
    }
  }
}
