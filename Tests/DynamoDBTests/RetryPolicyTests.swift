import DynamoJournalHTTP
import DynamoJournalTables
import Testing

@testable import DynamoJournalClient

@Suite("Whether a call is made again")
struct RetryPolicyTests {
  private func failure(_ code: String, status: Int = 400) -> CallFailure {
    .service(ServiceError(code: code, message: "", status: status))
  }

  private func cancelled(_ reasons: String...) -> CallFailure {
    var error = ServiceError(code: "TransactionCanceledException", message: "", status: 400)
    error.cancellationReasons = reasons.map { .init(code: $0, message: "", found: nil) }
    return .service(error)
  }

  @Test(
    "throttles are waited out",
    arguments: [
      "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
      "LimitExceededException",
    ])
  func throttles(_ code: String) { #expect(failure(code).remedy == .wait(.throttle)) }

  @Test(
    "faults of the server are waited out",
    arguments: [("InternalServerError", 500), ("ServiceUnavailable", 503), ("Anything", 502)])
  func faults(_ code: String, _ status: Int) {
    #expect(failure(code, status: status).remedy == .wait(.fault))
  }

  @Test(
    "another writer at the same item is waited out",
    arguments: [
      "TransactionInProgressException", "TransactionConflictException", "ReplicatedWriteConflictException",
    ])
  func contention(_ code: String) { #expect(failure(code).remedy == .wait(.contention)) }

  @Test(
    "what is wrong with the request stays wrong",
    arguments: [
      "ConditionalCheckFailedException", "ValidationException", "ResourceNotFoundException",
      "ResourceInUseException", "AccessDeniedException", "IncompleteSignatureException",
      "MissingAuthenticationTokenException", "DuplicateItemException", "IdempotentParameterMismatchException",
      "ItemCollectionSizeLimitExceededException", "UnknownOperationException",
    ])
  func refusals(_ code: String) { #expect(failure(code).remedy == .none) }

  @Test("a call that the server does not know is not repeated, though that is a 501")
  func notImplemented() { #expect(failure("NotImplemented", status: 501).remedy == .none) }

  @Test("a cancelled transaction is repeated when every reason passes by itself")
  func transactions() {
    #expect(cancelled("None", "TransactionConflict").remedy == .wait(.contention))
    #expect(cancelled("ProvisionedThroughputExceeded", "TransactionConflict").remedy == .wait(.throttle))
    #expect(cancelled("ThrottlingError").remedy == .wait(.throttle))
    #expect(cancelled("TransactionConflict", "ConditionalCheckFailed").remedy == .none)
    #expect(cancelled("TransactionConflictException", "ConditionalCheckFailedException").remedy == .none)
    #expect(cancelled("ValidationError").remedy == .none)
    #expect(cancelled("ItemCollectionSizeLimitExceeded").remedy == .none)
    #expect(cancelled("None", "None").remedy == .none)
    #expect(cancelled().remedy == .none)
  }

  @Test("credentials are renewed once")
  func credentials() {
    let policy = RetryPolicy()
    for code in ["ExpiredTokenException", "UnrecognizedClientException"] {
      var attempt = RetryPolicy.Attempt()
      #expect(policy.decide(failure(code), attempt) == .retry(after: .zero, correcting: .credentials))
      attempt.corrected = [.credentials]
      #expect(policy.decide(failure(code), attempt) == .giveUp)
    }
  }

  @Test("a wrong clock is corrected once, and a wrong signature is not taken for one")
  func clock() {
    var error = ServiceError(code: "InvalidSignatureException", message: "", status: 400)
    error.clockOffset = -1_200
    var attempt = RetryPolicy.Attempt()
    #expect(RetryPolicy().decide(.service(error), attempt) == .retry(after: .zero, correcting: .clock))
    attempt.corrected = [.clock]
    #expect(RetryPolicy().decide(.service(error), attempt) == .giveUp)
    error.clockOffset = 2
    #expect(RetryPolicy().decide(.service(error), RetryPolicy.Attempt()) == .giveUp)
  }

  @Test("the delay is drawn below a bound that doubles up to a limit")
  func delays() {
    let policy = RetryPolicy(
      maximumAttempts: 100, budget: .seconds(3_600), firstDelay: .milliseconds(100), longestDelay: .seconds(3)
    )
    let throttle = failure("ThrottlingException")
    let bounds = [0.1, 0.2, 0.4, 0.8, 1.6, 3, 3]
    for (index, bound) in bounds.enumerated() {
      for random in [0.0, 0.25, 0.999] {
        let attempt = RetryPolicy.Attempt(number: index + 1, random: random)
        #expect(policy.decide(throttle, attempt) == .retry(after: .seconds(bound * random)))
      }
    }
    let late = RetryPolicy.Attempt(number: 99, random: 0.5)
    #expect(policy.decide(throttle, late) == .retry(after: .seconds(1.5)))
  }

  @Test("the server's own wish is the least delay")
  func retryAfter() {
    var error = ServiceError(code: "ThrottlingException", message: "", status: 400)
    error.retryAfter = .seconds(7)
    let attempt = RetryPolicy.Attempt(random: 0.9)
    #expect(RetryPolicy().decide(.service(error), attempt) == .retry(after: .seconds(7)))
    error.retryAfter = .seconds(700)
    #expect(RetryPolicy().decide(.service(error), attempt) == .giveUp)
  }

  @Test("attempts and time are limited")
  func budgets() {
    let policy = RetryPolicy(maximumAttempts: 3, budget: .seconds(10))
    let throttle = failure("ThrottlingException")
    #expect(policy.decide(throttle, .init(number: 2)) == .retry(after: .zero))
    #expect(policy.decide(throttle, .init(number: 3)) == .giveUp)
    #expect(policy.decide(throttle, .init(number: 1, elapsed: .seconds(10))) == .giveUp)
    let nearEnd = RetryPolicy.Attempt(number: 2, elapsed: .milliseconds(9_950), random: 0.9)
    #expect(policy.decide(throttle, nearEnd) == .giveUp)
  }

  @Test("connections that fail are tried again, certificates that fail are not")
  func connections() {
    func remedy(_ kind: HTTPError.Kind) -> CallFailure.Remedy {
      CallFailure.connection(HTTPError(kind, host: "h")).remedy
    }
    for kind: HTTPError.Kind in [
      .cannotConnect, .cannotResolve, .connectionLost(inReply: true), .connectionLost(inReply: false),
      .timedOut(.total), .timedOut(.connecting), .malformedReply,
    ] {
      #expect(remedy(kind) == .wait(.fault))
    }
    for kind: HTTPError.Kind in [.tls, .shutDown, .bodyTooLarge(limit: 1), .malformedURL] {
      #expect(remedy(kind) == .none)
    }
  }

  @Test("a reply that can't be read is asked for again, unless it is a refusal of somebody in between")
  func unreadable() {
    func remedy(_ status: Int) -> CallFailure.Remedy {
      CallFailure.unreadable(UnreadableReply(status: status, problem: .shape, body: [])).remedy
    }
    for status in [200, 500, 502, 429] { #expect(remedy(status) == .wait(.fault)) }
    for status in [301, 403, 404, 407] { #expect(remedy(status) == .none) }
  }

  @Test("only what says that nothing happened is taken to mean it")
  func effects() {
    #expect(!failure("ThrottlingException").mayHaveHadEffect)
    #expect(!failure("RequestLimitExceeded", status: 503).mayHaveHadEffect)
    #expect(failure("InternalServerError", status: 500).mayHaveHadEffect)
    #expect(
      CallFailure.unreadable(UnreadableReply(status: 200, problem: .checksum, body: [])).mayHaveHadEffect)
    // A refusal whose words were broken on the way is asked for again.
    for status in [200, 400, 404, 503] {
      let broken = UnreadableReply(status: status, problem: .checksum, body: [])
      #expect(CallFailure.unreadable(broken).remedy == .wait(.fault))
    }
    for reached in [true, false] {
      let error = HTTPError(.timedOut(.total), host: "h", mayHaveReachedServer: reached)
      #expect(CallFailure.connection(error).mayHaveHadEffect == reached)
    }
  }

  @Test("what concerns every request alike stops a run instead of judging a change")
  func kinds() throws {
    func kind(_ failure: CallFailure) throws -> StoreError.Kind {
      try #require(failure.thrown(.putItem, on: "t") as? StoreError).kind
    }
    for code in ["ThrottlingException", "ExpiredTokenException", "InvalidSignatureException"] {
      #expect(try kind(failure(code)) == .unavailable)
    }
    #expect(try kind(failure("InternalServerError", status: 500)) == .unavailable)
    #expect(try kind(.credentials("none found")) == .unavailable)
    #expect(try kind(.connection(HTTPError(.cannotConnect, host: "h"))) == .unavailable)
    for code in ["ValidationException", "AccessDeniedException", "LimitExceededException"] {
      #expect(try kind(failure(code)) == .refused)
    }
    #expect(CallFailure.cancelled.thrown(.putItem, on: "t") is CancellationError)
  }
}
