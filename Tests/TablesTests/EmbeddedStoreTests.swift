import DynamoJournalTables
import TestSupport
import Testing

@Suite("The embedded store behaves as DynamoDB")
struct EmbeddedStoreSuiteTests {
  @Test("the suite of all stores", arguments: StoreSuite.cases)
  func passes(_ behaviour: StoreSuite.Case) async throws {
    try await withTemporaryFolder { folder in
      try await behaviour.run(StoreSuite(store: try EmbeddedStore(path: "\(folder)/tables.sqlite")))
    }
  }
}
