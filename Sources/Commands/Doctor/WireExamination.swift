import DynamoJournalClient
import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// Looks at DynamoDB or a server that speaks like it: region, answer, clock, credentials, caller.
struct WireExamination {
  private let target: Target
  private let name: String
  private let wire: TargetWire
  private let endpoint: ServiceEndpoint
  private let source: DefaultCredentials

  /// - Parameter name: the target as it may be shown.
  init(_ target: Target, _ name: String, _ wire: TargetWire) throws {
    self.target = target
    self.name = name
    self.wire = wire
    switch target {
    case .endpoint(let url):
      endpoint = try wire.endpoint(url)
      source = try wire.credentials(for: endpoint)
    case .aws(let pinned):
      endpoint = try wire.services.dynamoDB(region: wire.options.region ?? pinned?.region ?? wire.region)
      source = try wire.credentials(for: endpoint)
    case .local:
      throw Refusal(
        "an embedded store has no endpoint, which should not happen",
        remedy: "please report it")
    }
  }

  func examine() async -> TargetFindings {
    let (answer, reached) = await probe()
    let credentials = await lookForCredentials()
    let hasCredentials = credentials.mark == .ok
    var checks = answer + [region, credentials]
    guard reached && hasCredentials else {
      let reason = reached ? "there are no credentials" : "the target can't be reached"
      checks.append(.skipped(.caller, since: reason))
      return TargetFindings(checks: checks, access: .none(since: reason))
    }
    let client = wire.impatientClient(endpoint, source)
    let (refusal, isFatal) = await callOnce(client)
    if let refusal { checks.append(refusal) }
    let (caller, check) = await askCaller()
    checks.append(check)
    guard !isFatal else {
      return TargetFindings(checks: checks, access: .none(since: "the server does not accept a call"))
    }
    var configuration = DynamoDBStore.Configuration()
    configuration.guardTable = wire.guardTable
    return TargetFindings(
      checks: checks, access: .store(DynamoDBStore(client: client, configuration: configuration)),
      wire: TargetFindings.Wire(client: client, caller: caller))
  }

  private var region: Check {
    var isNamed = wire.namedRegion != nil
    if case .aws(.some) = target { isNamed = true }
    return Check(.region, .ok, endpoint.region + (isNamed ? "" : ", the default, since none is named"))
  }

  // MARK: Answer and clock

  private func probe() async -> (checks: [Check], isReached: Bool) {
    do throws(HTTPError) {
      let answer = try await ServerProbe.ask(endpoint, http: wire.http)
      let proxy = wire.http.proxy(for: endpoint.url).map { " through the proxy \($0)" } ?? ""
      return ([Check(.target, of: name, .ok, "answers\(proxy)"), .clock(offset: answer.clockOffset)], true)
    } catch {
      let reason = "the target can't be reached"
      return ([Check(.target, of: name, saying: error.explanation), .skipped(.clock, since: reason)], false)
    }
  }

  // MARK: Credentials

  private func lookForCredentials() async -> Check {
    if wire.usesMadeUpKeys(endpoint), case .endpoint = target {
      return Check(.credentials, .ok, "made up, since the server is on this machine")
    }
    do {
      _ = try await source.credentials()
      return Check(.credentials, .ok, "from \(await source.foundIn.map { "\($0)" } ?? "a source of AWS's")")
    } catch {
      return CredentialsRules.check(error)
    }
  }

  /// One signed call, which shows whether the server accepts the credentials.
  private func callOnce(_ client: DynamoDBClient) async -> (check: Check?, isFatal: Bool) {
    do throws(CallFailure) {
      _ = try await client.call("ListTables", ["Limit": 1])
      return (nil, false)
    } catch {
      return CredentialsRules.check(ofFirstCall: error)
    }
  }

  // MARK: Caller

  private func askCaller() async -> (CallerIdentity?, Check) {
    do {
      let service = try stsEndpoint
      let caller = try await CallerIdentity.ask(
        service, credentials: source, http: wire.http,
        retry: RetryPolicy(maximumAttempts: 3, budget: .seconds(5)))
      if case .aws(.some(let pinned)) = target {
        let found = Target.Account(number: caller.account, region: endpoint.region)
        if pinned != found {
          return (caller, Check(.caller, saying: TargetWire.foreign(found, pinned).explanation))
        }
      }
      return (caller, Check(.caller, .ok, "\(caller.arn), account \(caller.account)"))
    } catch {
      if case .endpoint = target {
        return (nil, Check(.caller, .skip, "the server does not tell: the journal names user and host"))
      }
      return (nil, Check(.caller, saying: Ending.explanation(error)))
    }
  }

  private var stsEndpoint: ServiceEndpoint {
    get throws {
      guard case .endpoint = target else { return try wire.services.tokenService(region: endpoint.region) }
      return try ServiceEndpoint(
        endpoint.url, region: endpoint.region, service: "sts",
        insecureAllowed: wire.options.insecureEndpoint)
    }
  }
}
