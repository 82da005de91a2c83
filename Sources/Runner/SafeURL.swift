import Foundation

/// URLs as they may be journaled and shown: a password, a query or a fragment can hold a secret.
package enum SafeURL {
  /// The URL without user information, query and fragment; other text as it is.
  package static func text(_ url: String) -> String {
    guard let scheme = url.range(of: "://") else { return url }
    let rest = url[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return String(url[..<scheme.upperBound]) + rest }
    return String(url[..<scheme.upperBound]) + rest[rest.index(after: at)...]
  }
}
