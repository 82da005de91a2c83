import DynamoJournalProgram
import SpartaJournal
import SpartaJournalCommands
import SpartaMigrations

/// Sparta's program.
@main struct SpartaProgram: MigrationProgram {
  static let name = "\(Program.name)"
  static let migrations = SpartaMigrations.all
}
