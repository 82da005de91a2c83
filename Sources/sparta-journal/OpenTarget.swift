import DynamoDB
import Foundation
import HTTP
import JSON
import Logging
import Runner
import Tables

/// A target that is ready to be read and written.
struct OpenTarget {
  /// Where the region is when nobody names one.
  private static let defaultRegion = "eu-west-2"

  /// As the journal names it; for AWS with account and region, so that a run is never resumed elsewhere.
  let name: String
  /// As people are told: for AWS with the caller.
  let description: String
  /// The tables.
  let store: any TableStore
  /// The AWS caller.
  let caller: String?

  /// Opens a target.
  ///
  /// - Parameter creating: whether an embedded store is made where there is none.
  static func open(
    _ target: Target, _ common: CommonOptions, _ variables: Variables, creating: Bool
  ) async throws -> OpenTarget {
    switch target {
    case .local(let path): return try local(path, target.name, creating: creating)
    case .endpoint(let url): return try await Wire(common, variables).endpoint(url)
    case .aws(let pinned): return try await Wire(common, variables).aws(pinned)
    }
  }

  private static func local(_ path: String, _ name: String, creating: Bool) throws -> OpenTarget {
    guard creating || FileManager.default.fileExists(atPath: path) else {
      throw Refusal(
        "there is no embedded store at '\(path)': load a table with 'sparta-journal tables import', or name another with --target"
      )
    }
    return OpenTarget(name: name, description: name, store: try EmbeddedStore(path: path), caller: nil)
  }

  /// What a connection over the wire is made of.
  private struct Wire {
    let options: ConnectionOptions
    let http: HTTPClient
    let surroundings: CredentialsSurroundings
    let region: String
    let logger: Logger?

    init(_ common: CommonOptions, _ variables: Variables) throws {
      options = common.connection
      logger = common.verbose ? Console.logger("dynamodb") : nil
      var configuration = HTTPClient.Configuration(environment: variables.values)
      configuration.maximumConnections = options.concurrency ?? 128
      http = try HTTPClient(
        configuration: configuration, logger: common.verbose ? Console.logger("http") : nil)
      surroundings = CredentialsSurroundings(
        http: http, environment: variables.values, home: variables["HOME"] ?? NSHomeDirectory())
      region =
        try AWSRegion.resolve(option: options.region, profile: options.profile, surroundings: surroundings)
        ?? OpenTarget.defaultRegion
    }

    /// A server on this machine gets the environment's keys or made-up ones: nobody's real credentials are looked for.
    func endpoint(_ url: String) async throws -> OpenTarget {
      let endpoint = try ServiceEndpoint(url, region: region, insecureAllowed: options.insecureEndpoint)
      let isBare = options.profile == nil && surroundings.environment["AWS_ACCESS_KEY_ID"] == nil
      let explicit =
        endpoint.isLoopback && isBare ? AWSCredentials(accessKeyID: "local", secretAccessKey: "local") : nil
      let source = DefaultCredentials(
        explicit: explicit, profile: options.profile, region: region, surroundings: surroundings)
      try await probe(endpoint, source)
      return OpenTarget(
        name: url, description: "\(url), region \(region)", store: store(endpoint, source), caller: nil)
    }

    /// Whether anybody answers, whatever the answer: a run is patient, a mistyped port is better told at once.
    private func probe(_ endpoint: ServiceEndpoint, _ source: DefaultCredentials) async throws {
      var configuration = DynamoDBClient.Configuration()
      configuration.retry = RetryPolicy(maximumAttempts: 3, budget: .seconds(5))
      configuration.requestTimeout = .seconds(10)
      let client = DynamoDBClient(
        endpoint: endpoint, credentials: source, http: http, configuration: configuration, logger: logger)
      do {
        _ = try await client.call("ListTables", ["Limit": 1])
      } catch .connection(let error) {
        throw Refusal("\(error)")
      } catch .credentials(let reason) {
        throw Refusal(reason)
      } catch {
        // An answer, if not the best: the command's own calls will tell what it means.
      }
    }

    func aws(_ pinned: Target.Account?) async throws -> OpenTarget {
      let region = options.region ?? pinned?.region ?? self.region
      let source = DefaultCredentials(profile: options.profile, region: region, surroundings: surroundings)
      let identity = try await CallerIdentity.ask(
        .aws(region: region, service: "sts"), credentials: source, http: http)
      let account = Target.Account(number: identity.account, region: region)
      if let pinned, pinned != account {
        throw Refusal(
          "the run was started in account \(pinned.number), region \(pinned.region), and these credentials are of account \(account.number), region \(account.region): use the credentials and the region of the run"
        )
      }
      return OpenTarget(
        name: Target.aws(account).name,
        description: "aws, account \(account.number), region \(region), caller \(identity.arn)",
        store: store(try .aws(region: region), source), caller: identity.arn)
    }

    private func store(_ endpoint: ServiceEndpoint, _ source: DefaultCredentials) -> DynamoDBStore {
      var client = DynamoDBClient.Configuration()
      client.maximumReadUnits = options.maxReadUnits
      client.maximumWriteUnits = options.maxWriteUnits
      var configuration = DynamoDBStore.Configuration()
      if let concurrency = options.concurrency { configuration.concurrency = concurrency }
      return DynamoDBStore(
        client: DynamoDBClient(
          endpoint: endpoint, credentials: source, http: http, configuration: client, logger: logger),
        configuration: configuration)
    }
  }
}
