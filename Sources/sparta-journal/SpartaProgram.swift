import SpartaJournal
import SpartaJournalCommands
import SpartaMigrations

/// Sparta's program.
@main struct SpartaProgram: MigrationProgram {
  static let name = "sparta-journal"
  static let migrations = SpartaMigrations.all
}
