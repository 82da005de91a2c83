import Foundation
import SpartaJournal

/// Where the Sparta API is, and how it is asked.
struct SpartaAPI: Sendable {
  static let defaultURL = "http://localhost:3000"

  /// The base, without a slash at its end.
  private let base: String
  private let key: String?
  private let isRemote: Bool

  /// - Throws: `Refusal` when `API_URL` is not a URL that can be read.
  init(_ settings: Settings) throws {
    let url = settings[Variable.apiURL] ?? Self.defaultURL
    let address: WebAddress
    do throws(AddressError) { address = try WebAddress(url) } catch {
      throw Refusal(
        "\(Variable.apiURL) is not a URL that can be read (\(error))",
        remedy: "write one such as '\(Self.defaultURL)'")
    }
    base = String(address.url.reversed().drop { $0 == "/" }.reversed())
    isRemote = address.scheme != .file
    key = settings[Variable.apiKey]
  }

  /// Refuses to ask a server without the key; a file needs none.
  ///
  /// A run that goes on does not ask for it: its reply may be in the journal already.
  func requireKey() throws {
    guard isRemote && key == nil else { return }
    throw Refusal(
      "\(Variable.apiKey) is not set, and the API at \(Variable.apiURL) needs it",
      remedy: "set it in the environment or in .env")
  }

  /// A request for what stands at that path.
  ///
  /// - Parameter pageToken: which page, as the page before says; nil for the first.
  func get(_ path: String, as name: String, pageToken: String? = nil) -> InputRequest {
    let headers = key.flatMap { isRemote ? [(name: "x-api-key", value: $0)] : nil } ?? []
    return InputRequest(
      name: name, url: base + path + suffix(pageToken), headers: headers,
      shownURL: isOwnPath ? base + path : nil,
      addressVariable: Variable.apiURL, keyVariable: Variable.apiKey)
  }

  /// Whether what stands behind the host is the API's own: what an operator has put there may be a key.
  private var isOwnPath: Bool { !isRemote || base.split(separator: "/").count <= 2 }

  private func suffix(_ pageToken: String?) -> String {
    guard let pageToken else { return "" }
    let query = "pageToken=" + PercentEncoding.encode(pageToken)
    // A file has no query: the question mark and the escapes are part of its name, and encoded themselves in its URL.
    return isRemote ? "?" + query : PercentEncoding.encode("?" + query, keeping: "=")
  }
}

/// Percent-encoding as RFC 3986 section 2 has it.
enum PercentEncoding {
  /// The text with everything but unreserved characters encoded.
  ///
  /// - Parameter keeping: reserved characters to leave as they are.
  static func encode(_ text: String, keeping: String = "") -> String {
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8).union(
      keeping.utf8)
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { encoded, byte in
      if kept.contains(byte) {
        encoded.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
