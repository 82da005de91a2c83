import DynamoJournalProgram
import DynamoJournalHTTP
import DynamoJournalJSON

/// Calls a service that hands out credentials, and again when that may help.
struct ServiceCall {
  typealias Reason = CredentialsError.Reason

  /// The service's name in a sentence.
  let service: String
  let surroundings: CredentialsSurroundings
  var attempts = 4

  /// The body of a reply with status 200.
  ///
  /// - Parameter request: makes the request anew for each attempt, since a signature ages.
  /// - Throws: what the last attempt ended with.
  func body(_ request: () -> HTTPRequest) async throws(Reason) -> [UInt8] {
    var attempt = 1
    while true {
      let failure: Failure
      do throws(Failure) { return try await once(request()) } catch { failure = error }
      guard !failure.isStop else { throw .stopped }
      guard failure.isTransient, attempt < attempts else { throw .service(service, failure.reason) }
      do { try await surroundings.sleep(Self.delay(after: attempt)) } catch { throw .stopped }
      attempt += 1
    }
  }

  /// The fields of a reply's XML.
  func xml(_ request: () -> HTTPRequest) async throws(Reason) -> XMLFields {
    guard let fields = XMLFields(parsing: try await body(request)) else {
      throw .service(service, .unreadableReply(field: nil))
    }
    return fields
  }

  /// A reply's JSON.
  func json(_ request: () -> HTTPRequest) async throws(Reason) -> JSONValue {
    let body = try await body(request)
    do { return try JSONValue(parsing: body) } catch { throw .service(service, .unreadableReply(field: nil)) }
  }

  private func once(_ request: HTTPRequest) async throws(Failure) -> [UInt8] {
    var request = request
    request.maximumBodyBytes = 1 << 20
    let reply: HTTPReply
    do throws(HTTPError) { reply = try await surroundings.http.send(request) } catch {
      throw Failure(
        reason: .unreachable(error.description), isTransient: Self.isTransient(error.kind),
        isStop: error.kind == .cancelled)
    }
    guard reply.status != 200 else { return reply.body }
    let code = Self.code(of: reply)
    throw Failure(
      reason: .refused(status: reply.status, code: code),
      isTransient: Self.isTransient(status: reply.status, code: code))
  }

  private struct Failure: Error {
    let reason: CredentialsError.ServiceReason
    let isTransient: Bool
    var isStop = false
  }
}

// MARK: Decisions

extension ServiceCall {
  /// Codes that pass by themselves: of STS (`IDPCommunicationError` is its own word for that), and those common to
  /// AWS's services, https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
  private static let transientCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "PriorRequestNotComplete",
    "IDPCommunicationError", "RequestTimeout", "RequestTimeoutException", "InternalFailure",
    "ServiceUnavailable",
  ]

  static func isTransient(status: Int, code: String?) -> Bool {
    status == 429 || status >= 500 || code.map(transientCodes.contains) ?? false
  }

  static func isTransient(_ kind: HTTPError.Kind) -> Bool {
    switch kind {
    case .cannotConnect, .timedOut, .connectionLost, .malformedReply: true
    default: false
    }
  }

  /// Full jitter below 0.2 s, doubled each time
  /// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
  static func delay(after attempt: Int) -> Duration {
    .milliseconds(Int.random(in: 0...(200 << min(attempt - 1, 4))))
  }

  /// The error's code out of XML or JSON, if it looks like one: anything else of the reply is kept out of messages.
  static func code(of reply: HTTPReply) -> String? {
    guard let code = rawCode(of: reply.body), (1...64).contains(code.utf8.count),
      code.utf8.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: ".") })
    else { return nil }
    return code
  }

  private static func rawCode(of body: [UInt8]) -> String? {
    guard body.first == UInt8(ascii: "{") else { return XMLFields(parsing: body)?["Error/Code"] }
    guard let json = try? JSONValue(parsing: body) else { return nil }
    let text = (json["__type"] ?? json["code"] ?? json["Code"] ?? json["error"])?.stringValue
    return text?.split(separator: "#").last.map(String.init)
  }
}
