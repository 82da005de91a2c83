import Migrations
import SpartaJournal
import SpartaJournalCommands

@main struct AcmeMigrate: MigrationProgram {
  static let name = "acme-migrate"
  static let version = "1.0.0"
  static let migrations: [any Migration] = [
    BackfillTotals(),
    RekeyParcels(),
    // `new` adds the next migration above this line.
  ]
}
