import DynamoJournalEvents
import TestSupport
import Testing

@Suite("Backups of runs that begin at one moment, on a server", .servers(.ministack, .roto), .serialized)
struct BackupTrialTests {
  private static let tables = [4, 223, 255].map { String(repeating: "t", count: $0) }

  private func withTrial(
    _ kind: Emulator.Kind, _ table: String, _ body: (BackupTrial) async throws -> Void
  ) async throws {
    try await withServerStore(at: Servers.server(kind).url) { store in
      try await withTemporaryFolder { try await body(BackupTrial(store, table: table, folder: $0)) }
    }
  }

  @Test("each run restores its own state", arguments: Emulator.Kind.allCases, tables)
  func own(_ server: Emulator.Kind, _ table: String) async throws {
    for kind in BackupKind.allCases { try await withTrial(server, table) { try await $0.run(kind) } }
  }

  @Test("a dead run finds its own again, and not another's", arguments: Emulator.Kind.allCases, tables)
  func dead(_ server: Emulator.Kind, _ table: String) async throws {
    for kind in BackupKind.allCases { try await withTrial(server, table) { try await $0.die(kind) } }
  }
}
