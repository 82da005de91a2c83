import DynamoJournalHTTP
import DynamoJournalJSON
import Logging
import DynamoJournalTables

/// Makes signed calls of DynamoDB's API, paced, and again where that helps.
///
/// The log says operation, table, status, milliseconds and units at the level debug; never a body or a header.
package final class DynamoDBClient: Sendable {
  /// What a client keeps to.
  package struct Configuration: Sendable {
    /// Which calls are made again, and how long.
    package var retry = RetryPolicy()
    /// The most read capacity units a second; nil for as many as the tables take.
    package var maximumReadUnits: Double?
    /// The most write capacity units a second; nil for as many as the tables take.
    package var maximumWriteUnits: Double?
    /// The most that one request may take, from when a connection is free for it.
    package var requestTimeout: Duration = .seconds(60)
    /// How long a request may be silent, in whole seconds.
    package var stallTimeout: Duration = .seconds(20)
    /// Clocks and sleep.
    package var timing: Timing = .system

    /// The defaults.
    package init() {}
  }

  /// Where the service is.
  package let endpoint: ServiceEndpoint
  let configuration: Configuration
  /// Which account credentials belong to; nil for a server that can't be asked.
  let accounts: AccountCheck?
  private let http: HTTPClient
  private let source: any CredentialsSource
  private let logger: Logger?
  private let pacer: Pacer
  private let interruption: Interruption?
  /// Says whether anything may be sent, and how fast.
  let control: WorkControl?
  /// Whether calls are made after a wish to stop, too: what has to be put in order at the end.
  private let outlastsInterruption: Bool
  private let clock = ServerClock()

  /// A client. How many requests are under way at once is the HTTP client's limit.
  ///
  /// - Parameters:
  ///   - accounts: asks for the account of credentials, where the service can be asked.
  ///   - interruption: ends every wait; calls that were not sent by then end with `.cancelled`.
  ///   - control: says whether anything may be sent, and how fast.
  package convenience init(
    endpoint: ServiceEndpoint, credentials: any CredentialsSource, http: HTTPClient,
    accounts: AccountCheck? = nil, configuration: Configuration = Configuration(), logger: Logger? = nil,
    interruption: Interruption? = nil, control: WorkControl? = nil
  ) {
    var configuration = configuration
    configuration.timing = configuration.timing.ending(with: interruption)
    self.init(
      endpoint, credentials, http, accounts, configuration, logger, interruption, control,
      outlastsInterruption: false)
  }

  private init(
    _ endpoint: ServiceEndpoint, _ credentials: any CredentialsSource, _ http: HTTPClient,
    _ accounts: AccountCheck?, _ configuration: Configuration, _ logger: Logger?,
    _ interruption: Interruption?, _ control: WorkControl?, outlastsInterruption: Bool
  ) {
    self.control = control
    self.endpoint = endpoint
    self.accounts = accounts
    self.configuration = configuration
    self.interruption = interruption
    self.outlastsInterruption = outlastsInterruption
    self.http = http
    self.logger = logger
    source = credentials
    let controller = PaceController(
      maximumReadUnits: configuration.maximumReadUnits, maximumWriteUnits: configuration.maximumWriteUnits)
    pacer = Pacer(
      controller, timing: configuration.timing, control: control, writeUnits: configuration.maximumWriteUnits)
    control?.whenChanged { [pacer] in Task { await pacer.lookAgain() } }
  }

  /// A client for a few calls beside this one's, which must not wait behind them: without its limits and its pace, also while
  /// nothing else may be sent, and with a patience of its own.
  func besides(retry: RetryPolicy, requestTimeout: Duration) -> DynamoDBClient {
    var configuration = configuration
    configuration.requestTimeout = min(configuration.requestTimeout, requestTimeout)
    configuration.stallTimeout = min(configuration.stallTimeout, requestTimeout)
    configuration.maximumReadUnits = nil
    configuration.maximumWriteUnits = nil
    configuration.retry = retry
    return DynamoDBClient(
      endpoint, source, http, accounts, configuration, logger, interruption, nil, outlastsInterruption: true)
  }

  /// Whether somebody has asked to stop.
  var isInterrupted: Bool { interruption?.isRequested ?? false }

  /// What was done so far.
  package var statistics: ClientStatistics {
    get async { await pacer.statistics }
  }

  /// Makes any call by its name, for what no function here is made for.
  ///
  /// - Throws: `CallFailure`.
  package func call(_ operation: String, _ body: JSONValue) async throws(CallFailure) -> JSONValue {
    let reply = try await perform(Call(operation: Operation(operation), body: body.bytes())).result.get()
    do {
      return try reply.fields.all()
    } catch {
      throw .unreadable(UnreadableReply(status: 200, problem: .shape, body: []))
    }
  }
}

/// What came of a call with all its attempts.
struct CallResult: Sendable {
  let result: Result<ServiceReply, CallFailure>
  /// Whether the service may have received the call before the attempt that gave the result; for a call that was cut off,
  /// in that attempt, too.
  let maybeSentBefore: Bool
}

// MARK: Attempts

extension DynamoDBClient {
  /// Makes a call, again where the policy says so.
  ///
  /// - Parameter budget: less time than the policy's.
  func perform(_ call: Call, budget: Duration? = nil) async -> CallResult {
    var policy = configuration.retry
    if let budget { policy.budget = min(policy.budget, budget) }
    var start = configuration.timing.elapsed()
    var attempt = RetryPolicy.Attempt()
    var maybeSentBefore = false
    while true {
      guard !isInterrupted || outlastsInterruption else {
        return CallResult(result: .failure(.cancelled), maybeSentBefore: maybeSentBefore)
      }
      if let control, control.isShut {
        guard !WorkControl.givesBack else {
          return CallResult(result: .failure(.held), maybeSentBefore: maybeSentBefore)
        }
        // The time is nobody's: it does not count as an attempt's.
        let began = configuration.timing.elapsed()
        do { try await control.pass() } catch {
          return CallResult(result: .failure(.cancelled), maybeSentBefore: maybeSentBefore)
        }
        start += configuration.timing.elapsed() - began
        continue
      }
      let exchange = await exchange(call)
      if case .failure(.held) = exchange.result { continue }
      if exchange.timesSent > 1 || exchange.wasCutOff { maybeSentBefore = true }
      guard case .failure(let failure) = exchange.result else {
        return CallResult(result: exchange.result, maybeSentBefore: maybeSentBefore)
      }
      attempt.elapsed = configuration.timing.elapsed() - start
      attempt.random = configuration.timing.random()
      guard case .retry(let delay, let correction) = policy.decide(failure, attempt) else {
        return CallResult(result: exchange.result, maybeSentBefore: maybeSentBefore)
      }
      if failure.mayHaveHadEffect { maybeSentBefore = true }
      if let correction {
        attempt.corrected.insert(correction)
        await put(right: correction, failure, exchange)
      }
      do {
        try await pacer.pause(delay, isThrottled: failure.remedy == .wait(.throttle))
      } catch {
        return CallResult(result: .failure(.cancelled), maybeSentBefore: maybeSentBefore)
      }
      attempt.number += 1
    }
  }

  /// Says that a batch came back in part, and waits as after a throttle.
  ///
  /// - Throws: `CallFailure.cancelled`.
  func pauseForUnprocessed(_ call: Call, round: Int) async throws(CallFailure) {
    await pacer.recordUnprocessed(call)
    let retry = configuration.retry
    let bound = min(
      retry.longestDelay.inSeconds, retry.firstDelay.inSeconds * Double(1 << min(round, 30)))
    do {
      try await pacer.pause(.seconds(bound * configuration.timing.random()), isThrottled: true)
    } catch {
      throw .cancelled
    }
  }

  private func put(
    right correction: RetryPolicy.Correction, _ failure: CallFailure, _ exchange: Exchange
  ) async {
    switch correction {
    case .credentials: if let refused = exchange.credentials { await source.invalidate(refused) }
    case .clock:
      guard case .service(let error) = failure, let difference = error.clockOffset else { return }
      await clock.set(exchange.clockOffset + difference)
      logger?.debug("clock corrected", metadata: ["seconds": "\(exchange.clockOffset + difference)"])
    }
  }
}

// MARK: One exchange

extension DynamoDBClient {
  private struct Exchange {
    var result: Result<ServiceReply, CallFailure>
    var timesSent = 0
    /// Whether it was cancelled when the server may have had it.
    var wasCutOff = false
    var credentials: AWSCredentials?
    /// What was added to our clock for the signature.
    var clockOffset: Int64 = 0
  }

  /// Credentials that are valid now.
  func credentials() async throws(CallFailure) -> AWSCredentials {
    do {
      return try await source.credentials()
    } catch is CancellationError {
      throw .cancelled
    } catch {
      throw .credentials("\(error)")
    }
  }

  private func exchange(_ call: Call) async -> Exchange {
    let credentials: AWSCredentials
    do throws(CallFailure) {
      credentials = try await self.credentials()
    } catch { return Exchange(result: .failure(error)) }
    do throws(CallFailure) {
      try await accounts?.check(credentials)
      try await admit(call)
    } catch {
      return Exchange(result: .failure(error), credentials: credentials)
    }
    let offset = await clock.offset
    var exchange = await send(call, credentials, at: configuration.timing.date() + offset)
    exchange.credentials = credentials
    exchange.clockOffset = offset
    await pacer.record(call, exchange.result)
    return exchange
  }

  private func admit(_ call: Call) async throws(CallFailure) {
    do { try await pacer.admit(call) } catch is Pacer.Shut { throw .held } catch { throw .cancelled }
  }

  private func send(_ call: Call, _ credentials: AWSCredentials, at date: Int64) async -> Exchange {
    var request = HTTPRequest(
      "POST", endpoint.url, headers: headers(of: call, credentials, at: date), body: call.body,
      totalTimeout: configuration.requestTimeout, stallTimeout: configuration.stallTimeout)
    if isInterrupted { request.hurry(to: Interruption.timeoutAfterwards) }
    request.acceptsGzip = call.operation.lane == .read
    do throws(HTTPError) {
      let reply = try await http.send(request)
      let result = ReplyReader(reply: reply, signedAt: date).read()
      log(call, result, status: "\(reply.status)", reply.elapsed)
      return Exchange(result: result, timesSent: reply.timesSent)
    } catch {
      let failure: CallFailure = error.kind == .cancelled ? .cancelled : .connection(error)
      log(call, .failure(failure), status: "none", nil)
      let wasCutOff = failure == .cancelled && error.mayHaveReachedServer
      return Exchange(result: .failure(failure), wasCutOff: wasCutOff)
    }
  }

  private func headers(
    of call: Call, _ credentials: AWSCredentials, at date: Int64
  ) -> [(name: String, value: String)] {
    SigV4.signedHeaders(
      method: "POST", path: "/", query: "",
      headers: [
        ("Host", endpoint.host), ("Content-Type", "application/x-amz-json-1.0"),
        ("X-Amz-Target", "DynamoDB_20120810.\(call.operation.name)"),
      ],
      body: call.body, credentials: credentials, region: endpoint.region, service: endpoint.service, at: date)
  }

  private func log(
    _ call: Call, _ result: Result<ServiceReply, CallFailure>, status: String, _ elapsed: Duration?
  ) {
    guard let logger, logger.logLevel <= .debug else { return }
    var metadata: Logger.Metadata = ["operation": "\(call.operation.name)", "status": "\(status)"]
    if let table = call.table { metadata["table"] = "\(table)" }
    if let elapsed { metadata["ms"] = "\(Int(elapsed.inSeconds * 1_000))" }
    switch result {
    case .success(let reply): metadata["units"] = "\(reply.units)"
    case .failure(.service(let error)): metadata["code"] = "\(error.code)"
    case .failure(let failure): metadata["error"] = "\(failure)"
    }
    logger.debug("dynamodb call", metadata: metadata)
  }
}
