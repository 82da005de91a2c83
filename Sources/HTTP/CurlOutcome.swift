import CDynamoJournalCurl

/// What a code of libcurl means for a transfer that got this far.
struct CurlOutcome {
  let code: CURLcode
  /// Set when a callback of ours stopped it.
  var refusal: HTTPError.Kind?
  let wasSent: Bool
  let hasReplyBegun: Bool
  let elapsed: Duration
  let totalTimeout: Duration?

  /// `CURLE_TOO_LARGE`
  private static let tooLarge: UInt32 = 100

  /// The kind of error, per `man libcurl-errors`.
  var kind: HTTPError.Kind {
    if let refusal { return refusal }
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .cannotResolve
    case CURLE_COULDNT_CONNECT: return .cannotConnect
    case CURLE_OPERATION_TIMEDOUT: return .timedOut(phase)
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
      return .tls
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
      return wasSent ? .connectionLost(inReply: hasReplyBegun) : .cannotConnect
    // The scheme was judged before: what libcurl means here is a reply without a status line (HTTP/0.9).
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2:
      return .malformedReply
    // What libcurl says of a line without end, and of what it can't unpack; its own name for the first came with 8.6.
    case CURLE_OUT_OF_MEMORY where hasReplyBegun, CURLE_BAD_FUNCTION_ARGUMENT where hasReplyBegun,
      CURLE_WRITE_ERROR where hasReplyBegun:
      return .malformedReply
    case _ where code.rawValue == Self.tooLarge && hasReplyBegun: return .malformedReply
    case CURLE_URL_MALFORMAT: return .malformedURL
    default: return .other(code: Int(code.rawValue))
    }
  }

  private var phase: HTTPError.Phase {
    guard wasSent else { return .connecting }
    // The two clocks of libcurl start a little apart; a stall is counted in whole seconds.
    guard let totalTimeout, elapsed + .milliseconds(50) >= totalTimeout else { return .stalled }
    return .total
  }
}
