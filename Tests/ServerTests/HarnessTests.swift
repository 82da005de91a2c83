import DynamoDB
import HTTP
import Migrations
import Runner
import Tables
import TestSupport
import Testing

/// What every migration passes on a server: plan, apply, compare with what the embedded store came to, undo, compare with
/// the start, apply again, find nothing more to do. Deaths are tried on the embedded store, where they can be copied.
@Suite("Every migration on a server", .servers(.ministack, .roto), .serialized)
struct HarnessTests {
  /// What a server can't do, by migration, with the reason. Both can do it all.
  static let lacking: [Emulator.Kind: [String: String]] = [:]

  @Test("no server is let off a migration that does not exist")
  func lackingNames() {
    let names = Set(Catalog.all.map(\.name))
    for reasons in Self.lacking.values { #expect(names.isSuperset(of: reasons.keys)) }
  }

  @Test(
    "plan, apply, undo, apply again, find nothing more", arguments: Emulator.Kind.allCases,
    MigrationSpecimen.all)
  func cycle(_ kind: Emulator.Kind, _ specimen: MigrationSpecimen) async throws {
    guard Self.lacking[kind]?[specimen.description] == nil else { return }
    let expected = try await embedded(specimen)
    try await withServerStore(kind) { store in
      try await withTemporaryFolder { folder in
        let harness = try MigrationHarness(folder: folder, store: store)
        try await specimen.seed(harness)
        #expect(try await harness.dump() == expected.start)
        try await harness.cycle(
          specimen.migration, specimen.settings, planned: specimen.planned,
          plannedAgain: specimen.plannedAgain
        ) {
          let end = try await harness.dump()
          #expect(end == expected.end)
        }
      }
    }
  }

  @Test(
    "a target that is lost at any write is gone on with, forward and backward",
    arguments: Emulator.Kind.allCases, MigrationSpecimen.all)
  func lostTarget(_ kind: Emulator.Kind, _ specimen: MigrationSpecimen) async throws {
    guard Self.lacking[kind]?[specimen.description] == nil else { return }
    try await withServerStore(kind) { store in
      try await withTemporaryFolder { folder in
        let harness = try MigrationHarness(folder: folder, store: store)
        try await specimen.seed(harness)
        try await harness.loseEachWrite(specimen.migration, specimen.settings, writes: specimen.writes)
      }
    }
  }

  // MARK: Parts

  /// The tables before and after a run on the embedded store, which other tests have looked at attribute by attribute.
  private func embedded(_ specimen: MigrationSpecimen) async throws -> (start: [String], end: [String]) {
    try await withTemporaryFolder { folder in
      let harness = try MigrationHarness(folder: folder)
      try await specimen.seed(harness)
      let start = try await harness.dump()
      let run = try await harness.run(specimen.migration, specimen.settings)
      #expect(run.end == .done)
      return (start, try await harness.dump())
    }
  }

  /// Runs `body` with a store on the server, which is emptied first.
  private func withServerStore(_ kind: Emulator.Kind, _ body: (DynamoDBStore) async throws -> Void)
    async throws
  {
    let http = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
    let result: Result<Void, any Error>
    do {
      let client = DynamoDBClient(
        endpoint: try ServiceEndpoint(try Servers.server(kind).url, region: "us-east-1"),
        credentials: MadeUpCredentials(), http: http)
      let store = DynamoDBStore(client: client)
      for table in try await store.tables() { try await store.delete(table) }
      result = .success(try await body(store))
    } catch {
      result = .failure(error)
    }
    await http.shutdown()
    try result.get()
  }
}

/// Keys that mean nothing.
private struct MadeUpCredentials: CredentialsSource {
  func credentials() async throws -> AWSCredentials {
    AWSCredentials(accessKeyID: "test", secretAccessKey: "test")
  }
  func invalidate(_ refused: AWSCredentials) async {}
}
