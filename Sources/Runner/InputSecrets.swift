import DynamoJournalAddresses
import Foundation

/// What a request holds that must not come back in a message, in each form in which a server could repeat it.
package struct InputSecrets: Sendable {
  private static let harmless: Set<String> = ["content-type", "accept", "user-agent"]

  private let values: Set<String>

  /// Those of a request: the values of its headers, and what in its URL may be a secret.
  package init(_ request: InputRequest) {
    let headers = request.headers.filter { Self.isSecret($0.name) }.map(\.value)
    // What is shown of the address is no secret.
    let shown = request.source
    let plain = headers + Self.parts(request.url).filter { !shown.contains($0) }
    let decoded = plain.compactMap(\.removingPercentEncoding)
    let encoded = (plain + decoded).map { Data($0.utf8).base64EncodedString() }
    values = Set(plain + decoded + encoded + Self.authorization(request.url)).filter { !$0.isEmpty }
  }

  /// Whether a header of that name may hold a key.
  package static func isSecret(_ name: String) -> Bool { !harmless.contains(name.lowercased()) }

  /// Whether one of them stands in a text.
  package func areIn(_ text: String) -> Bool { values.contains { text.contains($0) } }

  /// What in a URL may be a secret: each long word behind the scheme, but the host, and all that stands before it.
  private static func parts(_ url: String) -> [String] {
    guard let address = try? WebAddress(url), let host = address.server?.authority else { return [] }
    let words = address.url.split { "/:@?&=".contains($0) }.map(String.init)
    let user = userInformation(address)
    let route = Set(address.path.split { "/:@&=".contains($0) }.map(String.init).filter(isPlainWord))
    return words.filter { $0.count >= 8 && !host.contains($0) && !route.contains($0) } + [user ?? ""]
      + (user?.split(separator: ":").map(String.init) ?? []).filter { $0.count >= 4 }
  }

  /// Whether a word of a path reads like the name of something, such as `validators`, and not like a key.
  private static func isPlainWord(_ word: String) -> Bool {
    word.count < 20 && word.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "-") }
  }

  /// The value of the header that libcurl makes of a user's name and password (RFC 7617).
  private static func authorization(_ url: String) -> [String] {
    guard let address = try? WebAddress(url),
      let user = userInformation(address)?.removingPercentEncoding
    else { return [] }
    return [Data((user.contains(":") ? user : user + ":").utf8).base64EncodedString()]
  }

  private static func userInformation(_ address: WebAddress) -> String? {
    guard address.hasUserInformation, let end = address.url.firstIndex(of: "@"),
      let start = address.url.firstRange(of: "://")?.upperBound
    else { return nil }
    return String(address.url[start..<end])
  }
}
