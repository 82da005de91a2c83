import DynamoJournalClient
import DynamoJournalHTTP
import DynamoJournalTables
import TestSupport
import Testing

/// Credentials that stay the same.
struct FixedCredentials: CredentialsSource {
  var value = AWSCredentials(accessKeyID: "test", secretAccessKey: "test")

  func credentials() async throws -> AWSCredentials { value }
  func invalidate(_ refused: AWSCredentials) async {}
}

/// A store on a server, and its client.
struct Connected: Sendable {
  let store: DynamoDBStore
  let client: DynamoDBClient
}

/// Runs `body` with a store on the server at `url`.
func withStore<Result>(
  at url: String, credentials: any CredentialsSource = FixedCredentials(),
  accounts: AccountCheck? = nil, connections: Int = 32,
  configuration: DynamoDBClient.Configuration = .patient,
  patience: DynamoDBStore.Patience = DynamoDBStore.Patience(), guardTable: String? = nil,
  interruption: Interruption? = nil, control: WorkControl? = nil, _ body: (Connected) async throws -> Result
) async throws -> Result {
  var limits = HTTPClient.Configuration(environment: [:])
  limits.maximumConnections = connections
  let http = try HTTPClient(configuration: limits)
  let client = DynamoDBClient(
    endpoint: try ServiceEndpoint(url, region: "us-east-1"), credentials: credentials, http: http,
    accounts: accounts, configuration: configuration, interruption: interruption, control: control)
  interruption?.whenGraceIsOver(http.cancelAll)
  var settings = DynamoDBStore.Configuration()
  settings.concurrency = connections
  settings.patience = patience
  if let guardTable { settings.guardTable = guardTable }
  let connected = Connected(store: DynamoDBStore(client: client, configuration: settings), client: client)
  do {
    let result = try await body(connected)
    await http.shutdown()
    return result
  } catch {
    await http.shutdown()
    throw error
  }
}

/// Starts the servers before the first test of a suite and ends them after its last.
struct EmulatorsTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      var servers: [Emulator.Kind: Emulator] = [:]
      do {
        for kind in Emulator.Kind.allCases {
          let place = "\(folder)/\(kind.rawValue)"
          try Folder.make(place)
          servers[kind] = try await Emulator.start(kind, in: place)
        }
        try await Emulators.$running.withValue(servers) { try await function() }
      } catch {
        for server in servers.values { await server.kill() }
        throw error
      }
      for server in servers.values { await server.kill() }
    }
  }
}

extension Trait where Self == EmulatorsTrait {
  /// Runs the suite beside both servers.
  static var emulators: EmulatorsTrait { EmulatorsTrait() }
}

enum Emulators {
  @TaskLocal static var running: [Emulator.Kind: Emulator] = [:]

  /// The running server of that kind.
  static func server(_ kind: Emulator.Kind) throws -> Emulator {
    try #require(running[kind], "the suite must have the trait .emulators")
  }
}
