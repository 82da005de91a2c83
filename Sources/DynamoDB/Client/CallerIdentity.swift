import DynamoJournalHTTP

/// Whose credentials these are.
package struct CallerIdentity: Hashable, Sendable {
  /// The account's number.
  package let account: String
  /// The user's or role's ARN.
  package let arn: String

  /// Asks the Security Token Service; nothing has to be permitted for that.
  ///
  /// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  /// - Parameter endpoint: of the service `sts`.
  /// - Throws: `CallFailure`.
  package static func ask(
    _ endpoint: ServiceEndpoint, credentials source: any CredentialsSource, http: HTTPClient,
    retry: RetryPolicy = RetryPolicy(maximumAttempts: 5, budget: .seconds(30)), timing: Timing = .system
  ) async throws(CallFailure) -> CallerIdentity {
    let start = timing.elapsed()
    var attempt = RetryPolicy.Attempt()
    var clockOffset: Int64 = 0
    while true {
      let credentials = try await credentials(source)
      let date = timing.date() + clockOffset
      let failure: CallFailure
      switch await send(endpoint, credentials, http, at: date) {
      case .success(let identity): return identity
      case .failure(let found): failure = found
      }
      attempt.elapsed = timing.elapsed() - start
      attempt.random = timing.random()
      guard case .retry(let delay, let correction) = retry.decide(failure, attempt) else { throw failure }
      if let correction { attempt.corrected.insert(correction) }
      if correction == .credentials { await source.invalidate(credentials) }
      if correction == .clock, case .service(let error) = failure { clockOffset += error.clockOffset ?? 0 }
      do { try await timing.sleep(delay) } catch { throw .cancelled }
      attempt.number += 1
    }
  }

  private static func credentials(
    _ source: any CredentialsSource
  ) async throws(CallFailure) -> AWSCredentials {
    do {
      return try await source.credentials()
    } catch is CancellationError {
      throw .cancelled
    } catch {
      throw .credentials("\(error)")
    }
  }

  private static func send(
    _ endpoint: ServiceEndpoint, _ credentials: AWSCredentials, _ http: HTTPClient, at date: Int64
  ) async -> Result<CallerIdentity, CallFailure> {
    let body = Array("Action=GetCallerIdentity&Version=2011-06-15".utf8)
    let headers = SigV4.signedHeaders(
      method: "POST", path: "/",
      headers: [
        ("Host", endpoint.host), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
      ],
      body: body, credentials: credentials, region: endpoint.region, service: "sts", at: date)
    let request = HTTPRequest(
      "POST", endpoint.url, headers: headers, body: body, totalTimeout: .seconds(20),
      maximumBodyBytes: 1 << 20)
    do throws(HTTPError) {
      return read(try await http.send(request), signedAt: date)
    } catch {
      return .failure(error.kind == .cancelled ? .cancelled : .connection(error))
    }
  }

  /// Reads a reply.
  static func read(_ reply: HTTPReply, signedAt: Int64) -> Result<CallerIdentity, CallFailure> {
    let fields = XMLFields(parsing: reply.body)
    if reply.status == 200, let account = fields?["GetCallerIdentityResult/Account"],
      let arn = fields?["GetCallerIdentityResult/Arn"]
    {
      return .success(CallerIdentity(account: account, arn: arn))
    }
    guard reply.status != 200, let code = fields?["Error/Code"] else {
      let unreadable = UnreadableReply(
        status: reply.status, problem: .shape, body: reply.body, proxy: reply.proxy)
      return .failure(.unreadable(unreadable))
    }
    var error = ServiceError(code: code, message: fields?["Error/Message"] ?? "", status: reply.status)
    error.clockOffset = reply.headers["date"].flatMap(HTTPDate.seconds).map { $0 - signedAt }
    return .failure(.service(error))
  }
}
