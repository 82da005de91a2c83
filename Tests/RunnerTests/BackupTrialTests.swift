import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Backups of runs that begin at one moment")
struct BackupTrialTests {
  /// Longer names are cut: 222, 223 and 255 are those that had no room for a time beside them.
  static let tables = ["toys"] + [222, 223, 255].map { String(repeating: "t", count: $0) }

  private func withTrial(_ table: String, _ body: (BackupTrial) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let store = try EmbeddedStore(path: folder + "/tables.sqlite")
      try await body(BackupTrial(store, table: table, folder: folder))
    }
  }

  @Test(arguments: BackupKind.allCases, tables)
  func eachRunRestoresItsOwnState(kind: BackupKind, table: String) async throws {
    try await withTrial(table) { try await $0.run(kind) }
  }

  @Test(arguments: BackupKind.allCases, tables)
  func aDeadRunFindsItsOwnAgainAndNotAnothers(kind: BackupKind, table: String) async throws {
    try await withTrial(table) { try await $0.die(kind) }
  }
}
