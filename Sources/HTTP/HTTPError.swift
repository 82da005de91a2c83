import DynamoJournalProgram

/// Why there is no (whole) reply.
///
/// Holds the host and libcurl's message, never a query, a header or a body.
package struct HTTPError: Error, Hashable, Sendable {
  /// What happened.
  package enum Kind: Hashable, Sendable {
    /// The name of the host, or of the proxy, has no address.
    case cannotResolve
    /// Nobody answers there.
    case cannotConnect
    /// The handshake failed or the certificate was not accepted.
    case tls
    /// A limit of the request was reached.
    case timedOut(Phase)
    /// The connection ended, before the first byte of the reply or after it.
    case connectionLost(inReply: Bool)
    /// The body is larger than the request allows, in bytes.
    case bodyTooLarge(limit: Int)
    /// The body became so many times larger when it was uncompressed.
    case expandsTooMuch(ratio: Int)
    /// What came is not HTTP, or its compression is broken.
    case malformedReply
    /// There is no such file.
    case fileMissing
    /// The file can't be opened or read, or is no regular file.
    case fileUnreadable
    /// Neither `http:`, `https:` nor `file:`.
    case unsupportedScheme
    /// Not a URL, or one with a space or a control character.
    case malformedURL
    /// The variable that names the proxy can't be read.
    case malformedProxy(variable: String)
    /// A header's name or value could be read as something else on the wire.
    case malformedHeader
    /// The method can't be sent, or not to a file.
    case malformedRequest
    /// The task was cancelled.
    case cancelled
    /// The client was shut down.
    case shutDown
    /// libcurl's code for anything else (`man libcurl-errors`).
    case other(code: Int)
  }

  /// Which limit of time was reached.
  package enum Phase: Hashable, Sendable {
    /// The connection was not ready in time; nothing was sent.
    case connecting
    /// Nothing arrived or left for the request's `stallTimeout`.
    case stalled
    /// The request's `totalTimeout`.
    case total
  }

  /// What happened.
  package let kind: Kind
  /// Host and, if the URL has one, port; empty if there is none.
  package let host: String
  /// The proxy on the way, host and port and the variable that names it; empty if there is none.
  package let proxy: String
  /// libcurl's message, or what it was that was refused.
  package let detail: String
  /// Whether the server may have received the request, and acted on it: false if no connection was made for it.
  package let mayHaveReachedServer: Bool

  /// An error.
  package init(
    _ kind: Kind, host: String, detail: String = "", mayHaveReachedServer: Bool = false, proxy: String = ""
  ) {
    self.proxy = proxy
    self.kind = kind
    self.host = host
    self.detail = String(detail.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
    self.mayHaveReachedServer = mayHaveReachedServer
  }
}

extension HTTPError: ExplainedError {
  /// The problem has libcurl's message in brackets.
  package var explanation: Explanation {
    let words = words
    return detail.isEmpty ? words : Explanation("\(words.problem) (\(detail))", words.remedy)
  }

  package var errorClass: ErrorClass { .api }

  private var words: Explanation {
    switch kind {
    case .cannotResolve:
      Explanation("the host name of \(place) has no address", "check its spelling and the network")
    case .cannotConnect:
      Explanation("nobody answers at \(place)", "check the address and that the server is running")
    case .tls: Explanation("no trusted TLS connection to \(place)", "check its certificate and SSL_CERT_FILE")
    case .timedOut(.connecting):
      Explanation("no connection to \(place) in time", "check the network or allow more time")
    case .timedOut(.stalled): Explanation("\(place) fell silent", "try again or allow more time")
    case .timedOut(.total): Explanation("\(place) took too long", "try again or allow more time")
    case .connectionLost(inReply: false):
      Explanation("the connection to \(place) was lost before a reply", "try again")
    case .connectionLost(inReply: true): Explanation("the reply of \(place) broke off", "try again")
    case .bodyTooLarge(let limit):
      Explanation("the reply of \(place) is larger than \(limit) bytes", "ask for less or allow more")
    case .expandsTooMuch(let ratio):
      Explanation(
        "the reply of \(place) becomes more than \(ratio) times larger when it is uncompressed, and was given up",
        "check that the right server answers")
    case .malformedReply:
      Explanation("the reply of \(place) can't be read", "check that an HTTP server is there")
    case .fileMissing: Explanation("there is no such file: check the path of the file", "URL")
    case .fileUnreadable:
      Explanation("the file can't be read", "check that it is a file and that you may read it")
    case .unsupportedScheme: Explanation("the URL's scheme is not supported: use http:, https", "or file:")
    case .malformedURL: Explanation("the URL can't be used", "write it as scheme://host:port/path")
    case .malformedProxy(let variable):
      Explanation("the proxy in \(variable) can't be read", "write it as http://host:port, or unset it")
    case .malformedHeader: Explanation("a header for \(place) can't be sent", "correct it")
    case .malformedRequest: Explanation("the request to \(place) can't be sent", "correct its method")
    case .cancelled: Explanation("the request to \(place) was cancelled")
    case .shutDown: Explanation("the request to \(place) ended because its client was shut down")
    case .other(let code):
      Explanation("the request to \(place) failed with libcurl's code \(code)", "see man libcurl-errors")
    }
  }

  private var place: String {
    let server = host.isEmpty ? "the host" : "'\(host)'"
    return proxy.isEmpty ? server : "\(server) through the proxy \(proxy)"
  }
}
