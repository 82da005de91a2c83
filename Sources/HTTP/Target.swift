import CDynamoJournalCurl

/// Where a URL points, as libcurl itself reads it.
struct Target: Sendable {
  enum Scheme: String {
    case http, https, file
  }

  let scheme: Scheme
  /// With the port if the URL has one, never with a user's name or password.
  let host: String
  /// Without the query; percent-decoded for a file.
  let path: String

  init(parsing text: String) throws(HTTPError) {
    guard !text.unicodeScalars.contains(where: { $0 == " " || $0.properties.generalCategory == .control })
    else {
      throw HTTPError(.malformedURL, host: "", detail: "it has a space or a control character")
    }
    guard let url = curl_url() else {
      throw HTTPError(.other(code: Int(CURLE_OUT_OF_MEMORY.rawValue)), host: "")
    }
    defer { curl_url_cleanup(url) }
    let code = curl_url_set(url, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME))
    guard code == CURLUE_OK else {
      throw HTTPError(.malformedURL, host: "", detail: String(cString: curl_url_strerror(code)))
    }
    let part = { (part: CURLUPart, flags: Int32) in Self.part(part, of: url, flags: flags) }
    guard let scheme = part(CURLUPART_SCHEME, 0).flatMap({ Scheme(rawValue: $0.lowercased()) }) else {
      throw HTTPError(.unsupportedScheme, host: "")
    }
    guard let path = part(CURLUPART_PATH, scheme == .file ? CURLU_URLDECODE : 0) else {
      throw HTTPError(.malformedURL, host: "", detail: "its path can't be decoded")
    }
    let port = part(CURLUPART_PORT, 0).map { ":" + $0 } ?? ""
    self.scheme = scheme
    self.host = scheme == .file ? "" : (part(CURLUPART_HOST, 0) ?? "") + port
    self.path = path
  }

  private static func part(_ part: CURLUPart, of url: OpaquePointer, flags: Int32) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(url, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
