import DynamoJournalProgram
import DynamoJournalHTTP
import DynamoJournalRunner

/// Why an attempt to fetch a reply failed: facts, and their words.
enum FetchFailure: Error {
  /// Another status than a success.
  case status(Int, InputReason?, retryAfter: Duration?)
  /// No reply, or not a whole one.
  case transport(HTTPError)
  /// A key would go to this host in the clear.
  case plainText(String)
  /// Whoever took the bytes did not want them.
  case reader(any Error)

  /// What is thrown for it.
  ///
  /// - Parameter way: what stands between, and may have answered in the server's place.
  func thrown(_ request: InputRequest, way: String? = nil) -> any Error {
    switch self {
    case .status(let status, let reason, _):
      InputError(
        source: request.source, reason: Self.words(status, reason) + (way.map { " (it came \($0))" } ?? ""),
        remedy: Self.remedy(status, request))
    case .transport(let error): Self.told(error, request)
    case .plainText(let host):
      InputError(
        source: request.source,
        reason:
          "a key would go to '\(host)' without encryption, and nothing was sent",
        remedy: "use https, or --insecure-endpoint if that is meant"
      )
    case .reader(let error): error
    }
  }

  private static func told(_ error: HTTPError, _ request: InputRequest) -> InputError {
    switch error.kind {
    case .bodyTooLarge: .tooLarge(request)
    case .timedOut:
      InputError(
        source: request.source,
        reason: "\(error.explanation.problem), and nothing of it was kept",
        remedy: "try again, or allow more with --input-timeout SECONDS")
    default:
      InputError(
        source: request.source, reason: error.explanation.problem, remedy: error.explanation.remedy)
    }
  }

  private static func words(_ status: Int, _ reason: InputReason?) -> String {
    let what = "HTTP status \(status)" + (reason.map { ", \($0.words)" } ?? "")
    return (300..<400).contains(status) ? "\(what), a redirection, which is not followed" : what
  }

  private static func remedy(_ status: Int, _ request: InputRequest) -> String {
    let address = request.addressVariable ?? "its address"
    let whatLetsIn =
      request.keyVariable.map { "\($0) and what it may read" } ?? "what the endpoint at \(address) wants"
    return switch status {
    case 401, 403: "check \(whatLetsIn)"
    case 404: "check \(address)"
    case 300..<400: "put the final address into the URL"
    default: "check that the server is well, and try again"
    }
  }
}

/// Whether and when a reply is asked for again: a pure function.
enum InputRetry {
  /// The most attempts.
  static let attempts = 5

  /// How long to wait; nil to give up.
  ///
  /// - Parameters:
  ///   - number: of the attempt that failed, from 1.
  ///   - left: of the budget.
  ///   - random: from 0 to below 1.
  static func delay(
    after failure: FetchFailure, _ number: Int, left: Duration, random: Double = .random(in: 0..<1)
  ) -> Duration? {
    guard let least = least(failure) else { return nil }
    // Doubled each time, with jitter, so that many who failed together do not come back together.
    let delay = max(least, .milliseconds(Int(Double(250 << min(number - 1, 5)) * (0.5 + random / 2))))
    return delay < left ? delay : nil
  }

  /// How long to wait at least; nil when another attempt would end in the same way.
  private static func least(_ failure: FetchFailure) -> Duration? {
    switch failure {
    // A server of JSON-RPC that names its error has understood the request.
    case .status(_, let reason?, _) where reason.isOfRPC: nil
    case .status(let status, _, let retryAfter):
      [408, 429, 500, 502, 503, 504].contains(status) ? retryAfter ?? .zero : nil
    case .transport(let error): isTransient(error.kind) ? .zero : nil
    case .plainText, .reader: nil
    }
  }

  private static func isTransient(_ kind: HTTPError.Kind) -> Bool {
    switch kind {
    case .cannotResolve, .cannotConnect, .timedOut(.connecting), .timedOut(.stalled), .connectionLost,
      .malformedReply:
      true
    default: false
    }
  }
}
