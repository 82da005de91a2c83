/// A whole reply.
///
/// Any status is a reply, 3xx (never followed), 4xx and 5xx included.
package struct HTTPReply: Sendable {
  /// The status code; 200 for a `file:` that was read.
  package let status: Int
  /// The header fields of the final reply.
  package let headers: HTTPHeaders
  /// The body, decompressed if gzip was asked for.
  package let body: [UInt8]
  /// How often libcurl connected for this request; 0 if it re-used a connection.
  package let connectionsOpened: Int
  /// How often libcurl began to send this request: 2 or more if it resent it on its own.
  package let timesSent: Int
  /// From start to the last byte.
  package let elapsed: Duration
  /// The proxy that it came through, host and port and the variable that names it; empty if there was none.
  package let proxy: String

  /// Whether a connection was opened for this request.
  ///
  /// If so libcurl may have sent it before: when a re-used connection dies before the first byte of the reply,
  /// libcurl connects anew and sends the request again, a POST too.
  package var openedNewConnection: Bool { connectionsOpened > 0 }

  /// A reply, as a client or a stand-in for one makes it.
  package init(
    status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], connectionsOpened: Int = 0,
    timesSent: Int = 1, elapsed: Duration = .zero, proxy: String = ""
  ) {
    self.proxy = proxy
    self.status = status
    self.headers = headers
    self.body = body
    self.connectionsOpened = connectionsOpened
    self.timesSent = timesSent
    self.elapsed = elapsed
  }
}

/// Header fields in the order received; names compare without regard to case (RFC 9110, section 5.1).
package struct HTTPHeaders: Sendable {
  /// All fields; a repeated one stands here each time.
  package let fields: [(name: String, value: String)]

  /// These fields.
  package init(_ fields: [(name: String, value: String)] = []) {
    self.fields = fields
  }

  /// The first value under `name`.
  package subscript(_ name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  /// Each value under `name`, in order.
  package func values(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
  }
}

extension HTTPHeaders {
  /// Reads the lines of a reply's head, status line first.
  ///
  /// Lines that are no field are passed over, since libcurl has judged the head already; a folded line
  /// continues the one before (RFC 9112, section 5.2).
  init(parsing head: [UInt8]) {
    var fields: [(name: String, value: String)] = []
    for line in head.split(whereSeparator: { $0 == 10 || $0 == 13 }).dropFirst() {
      if line.first == 32 || line.first == 9 {
        guard let last = fields.popLast() else { continue }
        fields.append((last.name, last.value + " " + Self.text(line)))
      } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
        fields.append((Self.text(line[..<colon]), Self.text(line[(colon + 1)...])))
      }
    }
    self.init(fields)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
    let front = bytes.drop(while: isBlank)
    let end = front.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? front.startIndex
    return String(decoding: front[..<end], as: UTF8.self)
  }
}
