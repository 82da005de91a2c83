import DynamoJournalEvents
import DynamoJournalFiles
import DynamoJournalRunner
import DynamoJournalTables
import SpartaJournalTesting
import TestSupport
import Testing

/// A condition that a server understands is sent with the scan.
@Suite("Migrations in files on a server", .servers(.ministack, .roto), .serialized)
struct FilteredScanTests {
  private let users = TableSpec(name: "users", key: KeySchema(partition: KeyAttribute("id", .string)))

  private func file(_ condition: String) throws -> FileMigration {
    try FileMigration(
      CapturedDefinition(
        .file(
          path: "x.yaml", stem: "x",
          text: "table: users\nwhere: \(condition)\ndeleteItem: true\nguard: {maxDeleteShare: 0.2}\n")))
  }

  @Test(
    "what does not match stays there, is counted, and the plan is the same as without",
    arguments: Emulator.Kind.allCases)
  func filtered(_ kind: Emulator.Kind) async throws {
    try await withServerStore(at: Servers.server(kind).url) { store in
      try await withTemporaryFolder { folder in
        let harness = try MigrationHarness(folder: folder, store: store)
        try await harness.seed(
          users, (0..<60).map { ["id": .string("u\($0)"), "n": .number(Int64($0)), "text": .string("x")] })
        let filters = Count()
        let watched = WatchedStore(
          store,
          before: { call in
            if case .scan(let request) = call, request.filter != nil { _ = filters.next() }
          })
        // Twelve of sixty are a fifth: the guard has to count those that did not cross the wire.
        let native = try await harness.run(file("n < 12"), Settings(variables: [:]), .dry, on: watched)
        #expect(filters.next() > 1)
        #expect(harness.counters(of: native)["items"] == 60)
        #expect(harness.counters(of: native)["matched"] == 12)
        let own = try await harness.run(file("n < 12 AND lower(text) = 'x'"), Settings(variables: [:]), .dry)
        #expect(own.fold.plan?.digest == native.fold.plan?.digest)
        #expect(native.counts.planned == 12)
      }
    }
  }
}
