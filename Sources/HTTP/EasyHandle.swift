import CDynamoJournalCurl

/// One easy handle of libcurl, for one transfer.
///
/// Lives on the driver's thread.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let message: UnsafeMutablePointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?

  init() throws(HTTPError) {
    guard let pointer = curl_easy_init() else {
      throw HTTPError(
        .other(code: Int(CURLE_FAILED_INIT.rawValue)), host: "", detail: "curl_easy_init failed")
    }
    self.pointer = pointer
    message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_easy_cleanup(pointer)
    curl_slist_free_all(headers)
    message.deallocate()
  }

  /// libcurl's message for the transfer, or its name for `code`.
  func message(for code: CURLcode) -> String {
    let text = String(cString: message)
    return text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
  }
}

// MARK: Setting up

extension EasyHandle {
  /// Sets everything that `transfer` needs.
  ///
  /// The handle must not outlive the transfer.
  func prepare(_ transfer: Transfer, _ configuration: HTTPClient.Configuration) throws(CurlFailure) {
    try setConnection(transfer.target, configuration)
    try setLimits(transfer.request)
    try setContent(transfer.request)
    try setCallbacks(transfer)
  }

  private func setConnection(
    _ target: Target, _ configuration: HTTPClient.Configuration
  ) throws(CurlFailure) {
    try set(CURLOPT_URL, target.url)
    try setProxy(target)
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    // A redirect could carry a header with a key to another host.
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try set(CURLOPT_NOSIGNAL, 1)
    // A look-up that nobody waits for any more must not hold up the driver's thread.
    try set(CURLOPT_QUICK_EXIT, 1)
    try set(CURLOPT_TCP_NODELAY, 1)
    try set(CURLOPT_TCP_KEEPALIVE, 1)
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    // The head of a proxy's answer to CONNECT is not the reply's.
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    if let file = configuration.certificateAuthorityFile { try set(CURLOPT_CAINFO, file) }
    if let folder = configuration.certificateAuthorityFolder { try set(CURLOPT_CAPATH, folder) }
  }

  /// Tells libcurl what was decided, so that it does not look at the environment itself.
  private func setProxy(_ target: Target) throws(CurlFailure) {
    try set(CURLOPT_PROXY, target.proxy?.url ?? "")
    try set(CURLOPT_NOPROXY, "")
  }

  private func setLimits(_ request: HTTPRequest) throws(CurlFailure) {
    try set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.curlMilliseconds)
    try set(CURLOPT_TIMEOUT_MS, request.totalTimeout?.curlMilliseconds ?? 0)
    if let stall = request.stallTimeout {
      try set(CURLOPT_LOW_SPEED_LIMIT, 1)
      try set(CURLOPT_LOW_SPEED_TIME, (stall.curlMilliseconds + 999) / 1000)
    }
  }

  private func setContent(_ request: HTTPRequest) throws(CurlFailure) {
    if request.acceptsGzip { try set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    switch (request.method, request.body.isEmpty) {
    case ("GET", true): try set(CURLOPT_HTTPGET, 1)
    case ("HEAD", true): try set(CURLOPT_NOBODY, 1)
    case ("POST", _): try setBody(request.body)
    case (let method, let isEmpty):
      if !isEmpty { try setBody(request.body) }
      try set(CURLOPT_CUSTOMREQUEST, method)
    }
    // libcurl takes `Name;` for an empty value, and `Name:` as "do not send your own".
    for (name, value) in request.headers {
      let isBlank = value.allSatisfy { $0 == " " || $0 == "\t" }
      try append(header: isBlank ? "\(name);" : "\(name): \(value)")
    }
    if !request.has(header: "content-type") { try append(header: "Content-Type:") }
    if !request.has(header: "expect") { try append(header: "Expect:") }
    try check(sj_easy_set_list(pointer, CURLOPT_HTTPHEADER, headers))
  }

  private func setBody(_ body: [UInt8]) throws(CurlFailure) {
    try set(CURLOPT_POST, 1)
    try check(sj_easy_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
    // Copied by libcurl, so that no pointer into the array stays behind.
    guard !body.isEmpty else { return try set(CURLOPT_COPYPOSTFIELDS, "") }
    try check(body.withUnsafeBytes { sj_easy_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) })
  }

  private func setCallbacks(_ transfer: Transfer) throws(CurlFailure) {
    let me = Unmanaged.passUnretained(transfer).toOpaque()
    try check(sj_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, message))
    try check(sj_easy_set_write(pointer, CURLOPT_WRITEFUNCTION, receiveBody))
    try check(sj_easy_set_pointer(pointer, CURLOPT_WRITEDATA, me))
    try check(sj_easy_set_write(pointer, CURLOPT_HEADERFUNCTION, receiveHeadLine))
    try check(sj_easy_set_pointer(pointer, CURLOPT_HEADERDATA, me))
    try check(sj_easy_set_prerequest(pointer, countSend))
    try check(sj_easy_set_pointer(pointer, CURLOPT_PREREQDATA, me))
  }

  private func append(header: String) throws(CurlFailure) {
    guard let longer = curl_slist_append(headers, header) else {
      throw CurlFailure(code: CURLE_OUT_OF_MEMORY)
    }
    headers = longer
  }

  private func set(_ option: CURLoption, _ value: String) throws(CurlFailure) {
    try check(sj_easy_set_string(pointer, option, value))
  }

  private func set(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
    try check(sj_easy_set_long(pointer, option, value))
  }

  private func check(_ code: CURLcode) throws(CurlFailure) {
    guard code == CURLE_OK else { throw CurlFailure(code: code) }
  }
}

/// A code of libcurl that is not CURLE_OK.
struct CurlFailure: Error {
  let code: CURLcode
}

extension Duration {
  /// At least 1, since 0 is libcurl's "no limit", and rounded up.
  var curlMilliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
    return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
  }
}

// MARK: Reading out

extension EasyHandle {
  func facts(of transfer: Transfer) -> ReplyFacts {
    ReplyFacts(
      status: long(CURLINFO_RESPONSE_CODE), head: transfer.head,
      connectionsOpened: long(CURLINFO_NUM_CONNECTS),
      timesSent: transfer.timesSent, elapsed: .microseconds(offset(CURLINFO_TOTAL_TIME_T)))
  }

  /// How many bytes of the body came, before they were uncompressed.
  var bytesOnTheWire: Int { offset(CURLINFO_SIZE_DOWNLOAD_T) }

  // Neither can fail: the options exist since before the oldest libcurl that the shim accepts.
  private func long(_ info: CURLINFO) -> Int {
    var value = 0
    sj_easy_get_long(pointer, info, &value)
    return value
  }

  private func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    sj_easy_get_offset(pointer, info, &value)
    return Int(value)
  }
}

// MARK: Callbacks

/// libcurl hands back the transfer set in `setCallbacks`; the driver keeps it alive while libcurl has it.
private func transfer(_ data: UnsafeMutableRawPointer) -> Transfer {
  Unmanaged<Transfer>.fromOpaque(data).takeUnretainedValue()
}

private func bytes(_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
  UnsafeRawBufferPointer(start: start, count: count).assumingMemoryBound(to: UInt8.self)
}

private let receiveBody: curl_write_callback = { start, size, count, data in
  guard let data else { return 0 }
  let transfer = transfer(data)
  let receipt = transfer.receiveBody(bytes(start, size * count)) {
    if case .active(let easy) = transfer.state { easy.bytesOnTheWire } else { 0 }
  }
  switch receipt {
  case .taken: return size * count
  case .full: return Int(CURL_WRITEFUNC_PAUSE)
  // Any other number than was offered makes libcurl stop; 0 would do unless nothing was offered.
  case .refused: return size * count == 0 ? 1 : 0
  }
}

private let receiveHeadLine: curl_write_callback = { start, size, count, data in
  guard let data else { return 0 }
  let transfer = transfer(data)
  guard case .active(let easy) = transfer.state else { return 0 }
  let isTaken = transfer.receiveHeadLine(bytes(start, size * count)) { easy.facts(of: transfer) }
  return isTaken ? size * count : 0
}

private let countSend: curl_prereq_callback = { data, _, _, _, _ in
  guard let data else { return CURL_PREREQFUNC_ABORT }
  transfer(data).timesSent += 1
  return CURL_PREREQFUNC_OK
}
