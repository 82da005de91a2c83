import DynamoJournalHTTP

/// Whether a call that failed is made again, and when: a pure function.
///
/// The delay is chosen at random between zero and a bound that doubles with each attempt ("full jitter").
/// Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
package struct RetryPolicy: Hashable, Sendable {
  /// The most attempts of one call, the first included.
  package var maximumAttempts: Int
  /// The most time that a call may take with all its attempts; none begins after it.
  package var budget: Duration
  /// The bound of the first delay after a throttle; after anything else it is half of it.
  package var firstDelay: Duration
  /// What the bound doesn't grow over.
  package var longestDelay: Duration

  /// A policy; by default 40 attempts in 2 minutes, with delays of up to 0.1 s at first and 5 s in the end.
  package init(
    maximumAttempts: Int = 40, budget: Duration = .seconds(120), firstDelay: Duration = .milliseconds(100),
    longestDelay: Duration = .seconds(5)
  ) {
    self.maximumAttempts = maximumAttempts
    self.budget = budget
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
  }

  /// What must be put right before a call is made again.
  enum Correction: Hashable, Sendable {
    /// Credentials that are not the ones refused.
    case credentials
    /// The server's clock.
    case clock
  }

  /// What to do.
  enum Decision: Hashable, Sendable {
    case retry(after: Duration, correcting: Correction? = nil)
    case giveUp
  }

  /// What is known when an attempt has failed.
  struct Attempt: Sendable {
    /// 1 for the first.
    var number = 1
    /// Since the call began.
    var elapsed = Duration.zero
    /// What was put right already; nothing is twice.
    var corrected: Set<Correction> = []
    /// From 0 to below 1.
    var random = 0.0
  }

  /// The decision.
  func decide(_ failure: CallFailure, _ attempt: Attempt) -> Decision {
    guard attempt.number < maximumAttempts, attempt.elapsed < budget else { return .giveUp }
    switch failure.remedy {
    case .none: return .giveUp
    case .correct(let correction):
      guard !attempt.corrected.contains(correction) else { return .giveUp }
      return .retry(after: .zero, correcting: correction)
    case .wait(let reason):
      let first = reason == .throttle ? firstDelay : firstDelay / 2
      let bound = min(longestDelay.inSeconds, first.inSeconds * Double(1 << min(attempt.number - 1, 30)))
      let delay = max(Duration.seconds(bound * attempt.random), failure.retryAfter ?? .zero)
      return attempt.elapsed + delay > budget ? .giveUp : .retry(after: delay)
    }
  }
}

extension CallFailure {
  /// What may help against a failure.
  enum Remedy: Hashable, Sendable {
    /// Nothing: the same call fails again.
    case none
    /// Time.
    case wait(Reason)
    /// Another attempt once something is put right.
    case correct(RetryPolicy.Correction)
  }

  /// Why time helps.
  enum Reason: Hashable, Sendable {
    /// The table or the account is used beyond its capacity.
    case throttle
    /// A fault of the server or of what lies between.
    case fault
    /// Another writer has the item in hand.
    case contention
  }

  var remedy: Remedy {
    switch self {
    case .service(let error): error.remedy
    // Whatever it said was changed on the way; a page of somebody else's has no checksum.
    case .unreadable(let reply) where reply.problem == .checksum: .wait(.fault)
    case .unreadable(let reply):
      reply.status < 300 || reply.status >= 500 || [408, 429].contains(reply.status) ? .wait(.fault) : .none
    case .connection(let error): error.kind.isTransient ? .wait(.fault) : .none
    case .credentials, .otherTarget, .held, .cancelled: .none
    }
  }

  fileprivate var retryAfter: Duration? {
    if case .service(let error) = self { error.retryAfter } else { nil }
  }
}

extension ServiceError {
  private static let throttles: Set<String> = [
    "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
    "TooManyRequestsException", "LimitExceededException",
  ]
  private static let contentions: Set<String> = [
    "TransactionInProgressException", "TransactionConflictException", "ReplicatedWriteConflictException",
    "ContinuousBackupsUnavailableException", "TableInUseException", "BackupInUseException",
  ]
  static let credentialRefusals: Set<String> = [
    "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId",
  ]
  /// The codes under which a wrong clock is refused.
  static let dateRefusals: Set<String> = [
    "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired",
  ]
  private static let reasonsThatPass: Set<String> = [
    "TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError",
  ]
  /// AWS allows five minutes.
  private static let skewAllowed = 240

  /// Whether the table or the account is used beyond its capacity.
  var isThrottle: Bool {
    Self.throttles.contains(code) || failedReasons.contains("ThrottlingError")
      || failedReasons.contains("ProvisionedThroughputExceeded")
  }

  /// The codes of the reasons that kept a transaction from being written.
  var failedReasons: [String] { cancellationReasons.map(\.code).filter { $0 != "None" } }

  var remedy: CallFailure.Remedy {
    if code == "TransactionCanceledException" {
      guard !failedReasons.isEmpty, Set(failedReasons).isSubset(of: Self.reasonsThatPass) else {
        return .none
      }
      return .wait(isThrottle ? .throttle : .contention)
    }
    if Self.throttles.contains(code) { return .wait(.throttle) }
    if Self.contentions.contains(code) { return .wait(.contention) }
    if Self.credentialRefusals.contains(code) { return .correct(.credentials) }
    if Self.dateRefusals.contains(code), let clockOffset, clockOffset.magnitude > Self.skewAllowed {
      return .correct(.clock)
    }
    // 501 says that the server does not know the call.
    return status >= 500 && status != 501 ? .wait(.fault) : .none
  }
}

extension HTTPError.Kind {
  fileprivate var isTransient: Bool {
    switch self {
    case .cannotResolve, .cannotConnect, .timedOut, .connectionLost, .malformedReply, .other: true
    case .tls, .bodyTooLarge, .expandsTooMuch, .fileMissing, .fileUnreadable, .unsupportedScheme,
      .malformedURL,
      .malformedProxy, .malformedHeader, .malformedRequest, .cancelled, .shutDown:
      false
    }
  }
}
