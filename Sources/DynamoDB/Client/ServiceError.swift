import DynamoJournalHTTP
import DynamoJournalProgram
import DynamoJournalTables

/// What the service itself says is wrong: a reply that names its error.
package struct ServiceError: Error, Hashable, Sendable {
  /// Why one action of a transaction was not done; `None` for one that would have been.
  package struct CancellationReason: Hashable, Sendable {
    /// AWS's code without the ending `Exception` that some servers add, such as `ConditionalCheckFailed`.
    package let code: String
    /// The service's words.
    package let message: String
    /// The item that was found, where the server says.
    package let found: Item?

    init(code: String, message: String, found: Item?) {
      self.code = code.hasSuffix("Exception") ? String(code.dropLast("Exception".count)) : code
      self.message = message
      self.found = found
    }
  }

  /// AWS's name, without a namespace.
  package let code: String
  /// The service's words.
  package let message: String
  /// HTTP's status.
  package let status: Int
  /// What AWS's support asks for.
  package var requestID: String?
  /// One for each action of a cancelled transaction.
  package var cancellationReasons: [CancellationReason] = []
  /// Such as `TableWriteKeyRangeThroughputExceeded`.
  package var throttlingReasons: [String] = []
  /// How long the service wants to be left alone.
  package var retryAfter: Duration?
  /// The item that a failed condition found, where the server says.
  package var found: Item?
  /// By how many seconds the server's clock was ahead of the date that was signed.
  package var clockOffset: Int64?

  /// An error.
  package init(code: String, message: String, status: Int) {
    self.code = code
    self.message = message
    self.status = status
  }

  /// Whether what is throttled is a key and not the whole table.
  ///
  /// Source: `ThrottlingReason` in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing.html
  package var isHotKey: Bool {
    !throttlingReasons.isEmpty
      && throttlingReasons.allSatisfy { $0.hasSuffix("KeyRangeThroughputExceeded") }
  }
}

/// A reply that is not what the protocol promises: cut short, changed on the way, or from somebody else.
package struct UnreadableReply: Hashable, Sendable {
  /// What is wrong with it.
  package enum Problem: Hashable, Sendable {
    /// The checksum in `x-amz-crc32` is another.
    case checksum
    /// It is not JSON, or not of the shape that was expected.
    case shape
  }

  /// HTTP's status.
  package let status: Int
  /// What is wrong with it.
  package let problem: Problem
  /// The first 4 KB of what came. It may hold items, so it belongs in no log.
  package let body: [UInt8]
  /// The proxy that it came through, as people see it; empty if there was none.
  package let proxy: String

  /// An unreadable reply.
  package init(status: Int, problem: Problem, body: [UInt8], proxy: String = "") {
    self.proxy = proxy
    self.status = status
    self.problem = problem
    self.body = Array(body.prefix(4_096))
  }
}

extension UnreadableReply {
  /// ` through the proxy 10.0.0.1:3128 (https_proxy)`
  fileprivate var way: String { proxy.isEmpty ? "" : " through the proxy \(proxy)" }
}

/// Why a call has no result.
package enum CallFailure: Error, Hashable, Sendable {
  /// The service refused it by name.
  case service(ServiceError)
  /// What came back can't be read.
  case unreadable(UnreadableReply)
  /// Nothing came back.
  case connection(HTTPError)
  /// There are no credentials; the source's own words.
  case credentials(String)
  /// It was not sent, since it would have reached another store than the one that the client is bound to; what is different.
  case otherTarget(String)
  /// It was not sent, since nothing may be sent now.
  case held
  /// The task was cancelled.
  case cancelled

  /// Whether the call may have had its effect all the same.
  ///
  /// Source: "a 500 on a write is ambiguous" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  package var mayHaveHadEffect: Bool {
    switch self {
    case .service(let error): error.status >= 500 && !error.isThrottle
    case .unreadable(let reply): reply.status < 400 || reply.status >= 500
    case .connection(let error): error.mayHaveReachedServer
    case .credentials, .otherTarget, .held, .cancelled: false
    }
  }
}

extension CallFailure: ExplainedError {
  /// Without any of a reply's body.
  package var explanation: Explanation {
    switch self {
    case .service(let error):
      Explanation(
        error.message.isEmpty ? "the service answered \(error.code)" : "\(error.message) (\(error.code))",
        KeyRefusal.remedy(error.code))
    case .unreadable(let reply) where reply.problem == .checksum:
      Explanation(
        "the reply was changed on its way\(reply.way) (its checksum is wrong)",
        reply.proxy.isEmpty ? "try again" : "try again, or without the proxy")
    case .unreadable(let reply):
      Explanation(
        "the reply with status \(reply.status)\(reply.way) is not DynamoDB's",
        reply.proxy.isEmpty
          ? "check what stands at the endpoint"
          : "check what stands at the endpoint, and the proxy, which may have answered itself")
    case .connection(let error): error.explanation
    case .credentials(let words): Explanation(words)
    case .otherTarget(let difference): Explanation(StoreError.targetChanged(difference).message)
    case .held: Explanation("the call was not sent, since the run is paused or held")
    case .cancelled: Explanation("the call was cancelled")
    }
  }

  package var errorClass: ErrorClass { .database }

  package var exitStatus: ExitStatus {
    switch self {
    case .service, .credentials, .otherTarget: .refused
    case .unreadable, .connection, .held, .cancelled: .interrupted
    }
  }
}
