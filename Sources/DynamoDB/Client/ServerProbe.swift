import Foundation
import DynamoJournalHTTP

/// Whether anybody answers at an endpoint, and what time it is there: one request without a signature.
///
/// DynamoDB answers a plain GET of `/` with a word on its health; any answer will do, since each has a date
/// (RFC 9110, section 6.6.1).
package struct ServerProbe: Hashable, Sendable {
  /// HTTP's status.
  package let status: Int
  /// By how many seconds the server's clock is ahead of ours; nil when the reply has no date.
  package let clockOffset: Int64?

  /// Asks.
  ///
  /// - Throws: `HTTPError` when nobody answers.
  package static func ask(
    _ endpoint: ServiceEndpoint, http: HTTPClient, timing: Timing = .system
  ) async throws(HTTPError) -> ServerProbe {
    let request = HTTPRequest(
      "GET", endpoint.url, totalTimeout: .seconds(30), maximumBodyBytes: 1 << 20)
    let before = timing.date()
    let reply = try await http.send(request)
    let after = timing.date()
    return ServerProbe(status: reply.status, clockOffset: offset(reply.headers["date"], before...after))
  }

  /// How far a date lies outside of the time in which it was written; zero within it.
  static func offset(_ date: String?, _ ours: ClosedRange<Int64>) -> Int64? {
    guard let theirs = date.flatMap(HTTPDate.seconds) else { return nil }
    if ours.contains(theirs) { return 0 }
    return theirs < ours.lowerBound ? theirs - ours.lowerBound : theirs - ours.upperBound
  }
}
