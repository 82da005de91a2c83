/// Gathers the whole body for `HTTPClient.send`.
///
/// `@unchecked Sendable`: the continuation is set before the transfer is posted, under the inbox's lock; from
/// then on only the driver's thread touches it.
final class CollectingSink: ReplySink, @unchecked Sendable {
  typealias Outcome = Result<(facts: ReplyFacts, body: [UInt8]), HTTPError>

  var continuation: CheckedContinuation<Outcome, Never>?
  private var body: [UInt8] = []

  func headArrived(_ facts: ReplyFacts) {}

  func accept(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    body.append(contentsOf: bytes)
    return true
  }

  func ended(_ result: Result<ReplyFacts, HTTPError>) {
    let body = body
    self.body = []
    continuation?.resume(returning: result.map { ($0, body) })
    continuation = nil
  }
}
