import Foundation

/// The address of a service, in the parts that a signature needs.
struct ServiceAddress {
  /// With a slash at its end.
  let url: String
  /// With the port if the URL has one.
  let host: String
  /// With a slash at both ends.
  let path: String

  /// - Parameter base: scheme, host, and perhaps port and path, without a slash at the end.
  init(_ base: String) {
    let rest = base.range(of: "://").map { base[$0.upperBound...] } ?? base[...]
    url = base + "/"
    host = String(rest.prefix { $0 != "/" })
    path = rest.drop { $0 != "/" } + "/"
  }

  /// Whether secrets may go there: over https, or in the clear to this machine or to one of `others`.
  ///
  /// User information and backslashes are refused, since URL parsers differ on where the host begins behind them.
  static func isPrivate(_ url: String, or others: [String] = []) -> Bool {
    guard !url.contains("@"), !url.contains("\\"), let parts = URLComponents(string: url),
      let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased(), !host.isEmpty
    else { return false }
    let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    return scheme == "https" || (scheme == "http" && (others.contains(bare) || isLoopback(bare)))
  }

  private static func isLoopback(_ host: String) -> Bool {
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    let isAddress =
      octets.count == 4 && octets[0] == "127"
      && octets.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } && UInt8($0) != nil }
    return isAddress || host == "localhost" || host == "::1"
  }
}
