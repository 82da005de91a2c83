import Foundation

/// Where a reply goes.
///
/// All of it is called on the driver's thread and must not wait.
protocol ReplySink: AnyObject, Sendable {
  /// The final head is there; the body follows.
  func headArrived(_ facts: ReplyFacts)
  /// A piece of the body, never empty. False: no room now, hand the same piece over again after a `resume`.
  func accept(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool
  /// The end, called exactly once.
  func ended(_ result: Result<ReplyFacts, HTTPError>)
}

/// What libcurl knows of a reply beside its body.
struct ReplyFacts: Sendable {
  var status = 0
  /// The lines of the final head as received; parsed by whoever asks, off the driver's thread.
  var head: [UInt8] = []
  var connectionsOpened = 0
  var timesSent = 0
  var elapsed = Duration.zero
}

/// One request under way.
///
/// `@unchecked Sendable`: the constants are set once; what varies is touched by the driver's thread alone,
/// which is also where libcurl calls back.
final class Transfer: @unchecked Sendable {
  /// Heads beyond this are refused; libcurl itself began to limit them only in 8.3.
  static let maximumHeadBytes = 256 << 10

  enum State {
    /// The driver has not heard of it yet.
    case new
    /// It waits for a connection.
    case waiting
    /// libcurl has it.
    case active(EasyHandle)
    /// Its sink has been told.
    case ended
  }

  let request: HTTPRequest
  let target: Target
  let sink: any ReplySink

  var state = State.new
  var isCancelled = false
  /// Counted when a connection is ready and the request is about to go out on it.
  var timesSent = 0
  /// Why a callback of ours stopped the transfer.
  private(set) var refusal: HTTPError.Kind?
  private(set) var head: [UInt8] = []
  private var headBytes = 0
  private var isHeadComplete = false
  private var bodyBytes = 0

  init(_ request: HTTPRequest, target: Target, sink: any ReplySink) {
    self.request = request
    self.target = target
    self.sink = sink
  }

  /// Whether any byte of a reply has come.
  var hasReplyBegun: Bool { headBytes > 0 }

  /// A line of the head, or of the trailers, which are passed over.
  ///
  /// False stops the transfer.
  func receiveHeadLine(_ line: UnsafeBufferPointer<UInt8>, facts: () -> ReplyFacts) -> Bool {
    headBytes += line.count
    guard headBytes <= Self.maximumHeadBytes else {
      refusal = .malformedReply
      return false
    }
    guard !isHeadComplete else { return true }
    // A 1xx reply has a head of its own, and another status line follows it.
    if line.starts(with: "HTTP/".utf8) { head.removeAll(keepingCapacity: true) }
    head.append(contentsOf: line)
    guard line.first == 13 || line.first == 10 else { return true }
    let facts = facts()
    guard facts.status >= 200 else { return true }
    isHeadComplete = true
    let headers = HTTPHeaders(parsing: head)
    guard Self.isCodedOnce(headers), Self.hasOneLength(headers) else {
      refusal = .malformedReply
      return false
    }
    sink.headArrived(facts)
    return true
  }

  /// A length, where there is one, is a number and always the same (RFC 9112, section 6.3); libcurl reads `3x` as 3, and one
  /// that is too large as none.
  private static func hasOneLength(_ headers: HTTPHeaders) -> Bool {
    let lengths = Set(
      headers.values("content-length").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        .map { $0.trimmingCharacters(in: .whitespaces) })
    return lengths.count <= 1
      && lengths.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } && Int64($0) != nil }
  }

  /// Compressed once at most: of what is compressed twice, a kilobyte can become gigabytes inside of libcurl, which are
  /// seen by nobody when they are thrown away again.
  private static func isCodedOnce(_ headers: HTTPHeaders) -> Bool {
    let codings = { (name: String) in
      headers.values(name).flatMap { $0.lowercased().split(separator: ",") }
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && $0 != "identity" }
    }
    return codings("content-encoding").count <= 1
      && codings("transfer-encoding").allSatisfy { $0 == "chunked" }
  }

  enum Receipt {
    case taken, full, refused
  }

  /// A compressed body may become so many times larger: JSON rarely becomes more than 50 times smaller, and a bomb is up
  /// to 1032 times (RFC 1951).
  static let largestRatio = 200
  /// Below this nobody is hurt.
  static let unjudgedBytes = 4 << 20
  /// What libcurl may have read and not counted yet.
  static let wireSlack = 16 << 10

  /// A piece of the body.
  ///
  /// - Parameter onTheWire: how many bytes came for the body so far.
  func receiveBody(_ bytes: UnsafeBufferPointer<UInt8>, onTheWire: () -> Int) -> Receipt {
    guard bytes.count > 0 else { return .taken }
    let total = bodyBytes + bytes.count
    if request.acceptsGzip, total > Self.unjudgedBytes,
      total > Self.largestRatio * (onTheWire() + Self.wireSlack)
    {
      refusal = .expandsTooMuch(ratio: Self.largestRatio)
      return .refused
    }
    guard bytes.count <= request.maximumBodyBytes - bodyBytes else {
      refusal = .bodyTooLarge(limit: request.maximumBodyBytes)
      return .refused
    }
    guard sink.accept(bytes) else { return .full }
    bodyBytes += bytes.count
    return .taken
  }
}
