/// One request: what is sent, how long it may take and how much may come back.
package struct HTTPRequest: Sendable {
  /// The method in capitals, such as `GET` or `POST`.
  package var method: String
  /// An `http:`, `https:` or `file:` URL (the last for `GET` only).
  package var url: String
  /// Sent in this order.
  ///
  /// `Content-Length` and `Transfer-Encoding` are the client's own and are refused here.
  package var headers: [(name: String, value: String)]
  /// Sent as it is; empty means no body.
  package var body: [UInt8]
  /// The most that name look-up, connection and TLS handshake may take together.
  package var connectTimeout: Duration
  /// The most that the whole exchange may take, counted from when a connection is free for it; nil for no
  /// limit.
  ///
  /// A stream's reader is part of the exchange.
  package var totalTimeout: Duration?
  /// How long nothing may arrive or leave, in whole seconds (rounded up); nil for no limit.
  package var stallTimeout: Duration?
  /// The largest body accepted, counted after decompression.
  package var maximumBodyBytes: Int
  /// Asks for gzip and unpacks it.
  ///
  /// The reply keeps its `Content-Encoding` header.
  package var acceptsGzip: Bool
  /// Whether the path is no secret and may stand in a log.
  package var isPathPublic = false

  /// A request with limits that suit a call of an API: 10 s to connect, 60 s in all, 30 s of silence, 64 MiB.
  package init(
    _ method: String = "GET", _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [],
    connectTimeout: Duration = .seconds(10), totalTimeout: Duration? = .seconds(60),
    stallTimeout: Duration? = .seconds(30), maximumBodyBytes: Int = 64 << 20, acceptsGzip: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.connectTimeout = connectTimeout
    self.totalTimeout = totalTimeout
    self.stallTimeout = stallTimeout
    self.maximumBodyBytes = maximumBodyBytes
    self.acceptsGzip = acceptsGzip
  }
}

extension HTTPRequest: CustomStringConvertible {
  /// Method, host and, where it is public, the path: neither the query nor headers nor the body, any of which may hold a
  /// secret.
  package var description: String {
    guard let target = try? Target(parsing: url) else { return "\(method) (malformed URL)" }
    return "\(method) \(target.host)\(isPathPublic ? target.path : "")"
  }
}

extension HTTPRequest {
  /// Refuses what could be read as something else on the wire (RFC 9110, sections 5.5, 5.6.2 and 9.1).
  func check(host: String) throws(HTTPError) {
    guard method.isToken else {
      throw HTTPError(.malformedRequest, host: host, detail: "the method is not a token")
    }
    for (name, value) in headers {
      guard name.isToken else {
        throw HTTPError(.malformedHeader, host: host, detail: "a header's name is not a token")
      }
      guard !value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
        throw HTTPError(.malformedHeader, host: host, detail: "\(name) has a line break or NUL in its value")
      }
      guard !["content-length", "transfer-encoding"].contains(name.lowercased()) else {
        throw HTTPError(.malformedHeader, host: host, detail: "\(name) is set by the client itself")
      }
    }
  }

  func has(header name: String) -> Bool {
    headers.contains { $0.name.lowercased() == name }
  }
}

extension String {
  /// RFC 9110, section 5.6.2.
  fileprivate var isToken: Bool {
    !isEmpty
      && utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains($0)
        }
      }
  }
}
