import DynamoJournalProgram
import DynamoJournalClient
import Foundation
import DynamoJournalHTTP
import DynamoJournalJSON
import Logging
import DynamoJournalRunner
import DynamoJournalTables

/// What a connection over the wire is made of.
struct TargetWire {
  /// Where the region is when nobody names one.
  private static let defaultRegion = "eu-west-2"

  let options: ConnectionOptions
  let http: HTTPClient
  private(set) var surroundings: CredentialsSurroundings
  private let readServices: Result<AWSServiceSettings, any Error>
  /// The region that somebody named.
  let namedRegion: String?
  private let logger: Logger?
  let guardTable: String

  /// The region.
  var region: String { namedRegion ?? Self.defaultRegion }

  private let interruption = Interruption()
  private let control: WorkControl?

  /// - Parameter stop: ends every wait.
  init(_ common: CommonOptions, _ variables: Variables, _ stop: StopSignal? = nil) throws {
    options = common.connection
    control = stop?.control
    if let control {
      let known = control.pace
      control.setPace(
        WorkControl.Pace(
          writeUnits: options.maxWriteUnits ?? known.writeUnits,
          concurrency: options.concurrency ?? known.concurrency))
    }
    guardTable = common.guards.table(variables)
    logger = common.verbose ? Console.logger("dynamodb") : nil
    var configuration = HTTPClient.Configuration(environment: variables.values)
    // No fewer than usual: the pace may be raised later.
    configuration.maximumConnections = max(128, options.concurrency ?? 128)
    let home = variables["HOME"] ?? NSHomeDirectory()
    let (profile, place) = (options.profile, SettingsPlace(environment: variables.values, home: home))
    readServices = Result { try AWSServiceSettings(profile: profile, place) }
    if let file = try? readServices.get().certificateAuthorities ?? variables["AWS_CA_BUNDLE"] {
      configuration.certificateAuthorityFile = file
      configuration.certificateAuthorityFolder = nil
    }
    http = try HTTPClient(
      configuration: configuration, logger: common.verbose ? Console.logger("http") : nil)
    surroundings = CredentialsSurroundings(
      http: http, environment: variables.values, home: home,
      interruption: interruption)
    stop?.whenRequested(interruption.request)
    interruption.whenGraceIsOver(http.cancelAll)
    namedRegion = try AWSRegion.resolve(
      option: options.region, profile: options.profile, surroundings: surroundings)
    if let endpoints = try? services.credentialsEndpoints() { surroundings.endpoints = endpoints }
  }

  /// What AWS's variables and the profile say about where requests go; a server on this machine needs none of it.
  var services: AWSServiceSettings { get throws { try readServices.get() } }

  /// The endpoint of a DynamoDB-compatible server.
  func endpoint(_ url: String) throws(EndpointError) -> ServiceEndpoint {
    try ServiceEndpoint(url, region: region, insecureAllowed: options.insecureEndpoint)
  }

  /// Whether a server on this machine gets made-up keys: nobody's real credentials are looked for.
  func usesMadeUpKeys(_ endpoint: ServiceEndpoint) -> Bool {
    endpoint.isLoopback && options.profile == nil && surroundings.environment["AWS_ACCESS_KEY_ID"] == nil
  }

  /// The credentials for a server: on this machine the environment's keys or made-up ones.
  ///
  /// - Throws: what is wrong with AWS's settings, when they say where credentials come from.
  func credentials(for endpoint: ServiceEndpoint) throws -> DefaultCredentials {
    let explicit =
      usesMadeUpKeys(endpoint) ? AWSCredentials(accessKeyID: "local", secretAccessKey: "local") : nil
    let hasKeys = options.profile == nil && surroundings.environment["AWS_ACCESS_KEY_ID"] != nil
    if explicit == nil && !hasKeys { _ = try services.credentialsEndpoints() }
    return DefaultCredentials(
      explicit: explicit, profile: options.profile, region: endpoint.region, surroundings: surroundings)
  }

  /// A client that soon gives up: a run is patient, a mistyped port is better told at once.
  func impatientClient(_ endpoint: ServiceEndpoint, _ source: DefaultCredentials) -> DynamoDBClient {
    var configuration = DynamoDBClient.Configuration()
    configuration.retry = RetryPolicy(maximumAttempts: 3, budget: .seconds(5))
    configuration.requestTimeout = .seconds(30)
    return DynamoDBClient(
      endpoint: endpoint, credentials: source, http: http, configuration: configuration, logger: logger,
      interruption: interruption)
  }
}

// MARK: Opening

extension TargetWire {
  func open(endpoint url: String) async throws -> OpenTarget {
    let endpoint = try endpoint(url)
    let source = try credentials(for: endpoint)
    try await probe(impatientClient(endpoint, source))
    return OpenTarget(
      name: url, description: "\(url), region \(region)",
      store: store(endpoint, source, try await accounts(of: endpoint, source), place: "at \(url)"),
      caller: nil,
      awsOptions: "--endpoint-url \(ShellWord.text(url)) --region \(region)",
      isLoopback: endpoint.isLoopback)
  }

  /// Whether anybody answers, whatever the answer.
  private func probe(_ client: DynamoDBClient) async throws {
    do {
      _ = try await client.call("ListTables", ["Limit": 1])
    } catch .connection(let error) {
      throw Refusal(error.explanation.problem, remedy: error.explanation.remedy)
    } catch .credentials(let reason) {
      throw Refusal(reason)
    } catch {
      // An answer, if not the best: the command's own calls will tell what it means.
    }
  }

  func open(aws pinned: Target.Account?) async throws -> OpenTarget {
    let region = options.region ?? pinned?.region ?? self.region
    let sts = try services.tokenService(region: region)
    let endpoint = try services.dynamoDB(region: region)
    let source = try credentials(for: endpoint)
    guard let identity = try await caller(sts, source) else {
      return try await open(endpoint, source, pinned, withoutCallerAt: sts)
    }
    let account = Target.Account(number: identity.account, region: region)
    if let pinned, pinned != account { throw Self.foreign(account, pinned) }
    let keyID = try await source.credentials().accessKeyID
    return OpenTarget(
      name: Target.aws(account).name,
      description: "aws, account \(account.number), region \(region), caller \(identity.arn)",
      store: store(endpoint, source, .asking(sts, http: http), place: place(account)), caller: identity.arn,
      accessKeyID: keyID, awsOptions: "--region \(region)")
  }

  /// Whose the credentials are; nil when nobody can be asked, as in a subnet without a way to the service.
  private func caller(_ sts: ServiceEndpoint, _ source: DefaultCredentials) async throws -> CallerIdentity? {
    do {
      return try await CallerIdentity.ask(
        sts, credentials: source, http: http, retry: RetryPolicy(maximumAttempts: 3, budget: .seconds(10)),
        timing: .system.ending(with: interruption))
    } catch CallFailure.connection(let error) {
      // Who can't prove to be that service is another matter than a service that is not there.
      guard error.kind == .tls else { return nil }
      throw Refusal(error.explanation.problem, remedy: error.explanation.remedy)
    }
  }

  /// AWS with the account of the first table's ARN; each table's ARN is compared with it.
  private func open(
    _ endpoint: ServiceEndpoint, _ source: DefaultCredentials, _ pinned: Target.Account?,
    withoutCallerAt sts: ServiceEndpoint
  ) async throws -> OpenTarget {
    let unplaced = store(endpoint, source, nil, place: "in region \(endpoint.region)")
    guard case .server(let server) = try await unplaced.identity().kind, let number = server.account else {
      throw Refusal(
        "'\(sts.host)' can't be reached to ask whose the credentials are, and there is no table whose ARN tells the account; nothing was written",
        remedy: "give this machine a way to that host")
    }
    let account = Target.Account(number: number, region: endpoint.region)
    if let pinned, pinned != account { throw Self.foreign(account, pinned) }
    return OpenTarget(
      name: Target.aws(account).name,
      description:
        "aws, account \(number), region \(endpoint.region), caller unknown ('\(sts.host)' can't be reached)",
      store: store(endpoint, source, nil, place: place(account)), caller: nil,
      accessKeyID: try await source.credentials().accessKeyID,
      awsOptions: "--region \(endpoint.region)")
  }

  /// What is said of credentials that are not of the account and region that were named.
  static func foreign(_ found: Target.Account, _ pinned: Target.Account) -> Refusal {
    Refusal(
      "the run was started in account \(pinned.number), region \(pinned.region), and these credentials are of account \(found.number), region \(found.region)",
      remedy: "use the credentials and the region of the run")
  }

  /// AWS by a URL of its own is asked for the account like AWS by name; another server can't be.
  ///
  /// Nil also where nobody can be asked: then it is each table's ARN that tells the account.
  private func accounts(of endpoint: ServiceEndpoint, _ source: DefaultCredentials) async throws
    -> AccountCheck?
  {
    guard endpoint.isAmazons else { return nil }
    let sts = try services.tokenService(region: endpoint.region)
    return try await caller(sts, source) == nil ? nil : .asking(sts, http: http)
  }

  /// Where the tables of an account are, and by which profile they were come upon.
  private func place(_ account: Target.Account) -> String {
    let profile = options.profile ?? surroundings.environment["AWS_PROFILE"] ?? ""
    return "in account \(account.number), region \(account.region)"
      + (profile.isEmpty ? "" : ", profile '\(profile)'")
  }

  private func store(
    _ endpoint: ServiceEndpoint, _ source: DefaultCredentials, _ accounts: AccountCheck?, place: String
  ) -> DynamoDBStore {
    var configuration = DynamoDBStore.Configuration()
    configuration.place = StorePlace(place, isAWS: endpoint.isAmazons)
    configuration.guardTable = guardTable
    var client = options.client
    if let control { client.maximumWriteUnits = control.pace.writeUnits }
    // Where somebody may change the pace, the limit is the pace's.
    configuration.concurrency =
      control == nil ? options.concurrency ?? 128 : max(128, options.concurrency ?? 128)
    return DynamoDBStore(
      client: DynamoDBClient(
        endpoint: endpoint, credentials: source, http: http, accounts: accounts,
        configuration: client, logger: logger, interruption: interruption, control: control),
      configuration: configuration)
  }
}
