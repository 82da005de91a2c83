import Foundation
import Runner

/// Where the Sparta API is, and how it is asked.
struct SpartaAPI: Sendable {
  static let defaultURL = "http://localhost:3000"

  /// The base, without a slash at its end.
  private let base: String
  private let key: String?
  private let isRemote: Bool

  /// - Throws: `Refusal` when `API_URL` is no URL that can be read.
  init(_ settings: Settings) throws {
    let url = settings[Variable.apiURL] ?? Self.defaultURL
    let scheme = url.prefix { $0 != ":" }.lowercased()
    guard url.contains(":"), ["http", "https", "file"].contains(scheme) else {
      throw Refusal(
        "\(Variable.apiURL) is no URL that can be read: it must begin with 'http:', 'https:' or 'file:', as '\(Self.defaultURL)' does"
      )
    }
    base = String(url.reversed().drop { $0 == "/" }.reversed())
    isRemote = scheme != "file"
    key = settings[Variable.apiKey]
  }

  /// Refuses to ask a server without the key; a file needs none.
  ///
  /// A run that goes on does not ask for it: its reply may be in the journal already.
  func requireKey() throws {
    guard isRemote && key == nil else { return }
    throw Refusal(
      "\(Variable.apiKey) is not set: the API at \(Variable.apiURL) needs it; set it in the environment or in .env"
    )
  }

  /// A request for what stands at that path.
  func get(_ path: String, as name: String) -> InputRequest {
    let headers = key.flatMap { isRemote ? [(name: "x-api-key", value: $0)] : nil } ?? []
    return InputRequest(name: name, url: base + path, headers: headers)
  }
}
