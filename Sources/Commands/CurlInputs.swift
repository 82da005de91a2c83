import DynamoJournalAddresses
import DynamoJournalClient
import DynamoJournalHTTP
import DynamoJournalRunner

/// Inputs over libcurl: `http:`, `https:` and `file:`.
struct CurlInputs: InputSource {
  let client: HTTPClient
  /// How long a reply may take with all its attempts.
  let budget: Duration
  /// Whether a key may go to another machine in the clear.
  let allowsPlainText: Bool
  let maximumAttempts: Int
  private let interruption = Interruption()

  init(client: HTTPClient, budget: Duration, allowsPlainText: Bool, maximumAttempts: Int) {
    self.client = client
    self.budget = budget
    self.allowsPlainText = allowsPlainText
    self.maximumAttempts = maximumAttempts
  }

  /// - Parameter stop: ends the wait between two attempts.
  init(client: HTTPClient, _ options: ConnectionOptions, stop: StopSignal) {
    self.init(
      client: client, budget: .seconds(options.inputTimeout ?? 300),
      allowsPlainText: options.insecureEndpoint, maximumAttempts: InputRetry.attempts)
    stop.whenRequested(interruption.request)
  }

  func way(to request: InputRequest) -> String? {
    client.proxy(for: request.url).map { "through the proxy \($0)" }
  }

  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    do throws(FetchFailure) {
      try await attempt(request, within: budget, piece)
    } catch { throw error.thrown(request, way: way(to: request)) }
  }

  func fetch(
    _ request: InputRequest, again: () async throws -> Void, piece: ([UInt8]) async throws -> Void
  ) async throws {
    let start = ContinuousClock.now
    for number in 1... {
      let failure: FetchFailure
      do throws(FetchFailure) {
        return try await attempt(request, within: budget - start.duration(to: .now), piece)
      } catch { failure = error }
      let left = budget - start.duration(to: .now)
      guard number < maximumAttempts, let delay = InputRetry.delay(after: failure, number, left: left) else {
        throw failure.thrown(request, way: way(to: request))
      }
      try await wait(delay)
      try await again()
    }
  }

  private func wait(_ delay: Duration) async throws {
    try await interruption.sleep(delay) { try await Task.sleep(for: $0) }
  }

  // MARK: One attempt

  private func attempt(
    _ request: InputRequest, within limit: Duration, _ piece: ([UInt8]) async throws -> Void
  ) async throws(FetchFailure) {
    try checkPrivacy(request)
    do {
      let reply = try await client.stream(call(request, within: limit))
      guard (200..<300).contains(reply.status) else { throw await refusal(reply, request) }
      for try await bytes in reply { try await piece(bytes) }
    } catch let failure as FetchFailure {
      throw failure
    } catch let error as HTTPError {
      throw .transport(error)
    } catch {
      throw .reader(error)
    }
  }

  private func call(_ request: InputRequest, within limit: Duration) -> HTTPRequest {
    let limit = max(limit, .milliseconds(1))
    var call = HTTPRequest(
      request.method, request.url, headers: request.headers, body: request.body,
      connectTimeout: min(.seconds(10), limit), totalTimeout: limit, stallTimeout: min(.seconds(60), limit),
      maximumBodyBytes: request.maximumBytes, acceptsGzip: true)
    call.isPathPublic = request.isPathPublic
    return call
  }

  /// A key, or a password in the URL, goes to another machine in the clear only when that is asked for.
  private func checkPrivacy(_ request: InputRequest) throws(FetchFailure) {
    guard let address = try? WebAddress(request.url), address.isPlainTextToAnotherMachine, !allowsPlainText,
      address.hasUserInformation || request.headers.contains(where: { InputSecrets.isSecret($0.name) })
    else { return }
    throw .plainText(address.server?.authority ?? "")
  }

  private func refusal(_ reply: HTTPStream, _ request: InputRequest) async -> FetchFailure {
    var body: [UInt8] = []
    do {
      for try await bytes in reply where body.count < InputReason.longestBody { body += bytes }
    } catch {
      // The status is known, and says enough without a reason that broke off.
      body = []
    }
    let reason = InputReason(body).flatMap { InputSecrets(request).areIn($0.words) ? nil : $0 }
    let seconds = reply.headers["retry-after"].flatMap { Int64($0) }.map { min(max(0, $0), 86_400) }
    return .status(reply.status, reason, retryAfter: seconds.map { .seconds($0) })
  }
}
