import DynamoJournalClient
import DynamoJournalHTTP
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

/// Runs `body` with a store on the server at that URL, which is emptied first.
///
/// - Parameter account: ministack keeps the tables of each account of twelve digits apart.
func withServerStore(
  at url: String, account: String = "test", _ body: (DynamoDBStore) async throws -> Void
) async throws {
  let http = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
  let result: Result<Void, any Error>
  do {
    let client = DynamoDBClient(
      endpoint: try ServiceEndpoint(url, region: "us-east-1"),
      credentials: MadeUpCredentials(account: account), http: http, configuration: patient)
    let store = DynamoDBStore(client: client)
    for table in try await store.tables() { try await store.delete(table) }
    result = .success(try await body(store))
  } catch {
    result = .failure(error)
  }
  await http.shutdown()
  try result.get()
}

/// With time-outs that no load can reach.
private let patient = {
  var configuration = DynamoDBClient.Configuration()
  configuration.requestTimeout = .seconds(3_600)
  configuration.stallTimeout = .seconds(3_600)
  return configuration
}()

/// Keys that mean nothing.
private struct MadeUpCredentials: CredentialsSource {
  let account: String

  func credentials() async throws -> AWSCredentials {
    AWSCredentials(accessKeyID: account, secretAccessKey: "test")
  }
  func invalidate(_ refused: AWSCredentials) async {}
}

extension MigrationSpecimen {
  /// The tables before and after a run on the embedded store, which other tests have looked at attribute by attribute.
  func onEmbeddedStore() async throws -> (start: [String], end: [String]) {
    try await withTemporaryFolder { folder in
      let harness = try MigrationHarness(folder: folder)
      try await seed(harness)
      let start = try await harness.dump()
      let run = try await harness.run(migration, settings)
      #expect(run.end == .done)
      return (start, try await harness.dump())
    }
  }
}
