import Crypto

/// What may be kept and shown of an address.
extension WebAddress {
  /// Scheme, host and port, and a digest of what else there is: a password, a path and a query can each be a secret.
  ///
  /// Eight digits tell two addresses apart, and are too few to be sure of a password that somebody guesses.
  /// A file's name is shown whole.
  /// - Parameter path: whether whoever made the address says that its path is no secret.
  package func shown(path isShown: Bool = false) -> String {
    guard let server else { return "file://\(path)" }
    let hasPath = path != "/"
    let place = "\(scheme.rawValue)://\(server.authority)\(isShown && hasPath ? path : "")"
    let user = userInformation.map { $0 + "@" } ?? ""
    let secret = user + (isShown || !hasPath ? "" : path) + (query.map { "?" + $0 } ?? "")
    return secret.isEmpty ? place : "\(place) [secret part \(Self.digest(secret))]"
  }

  /// Whether a text that a journal has, of this version or of an earlier one, was made of this address.
  package func isShown(as text: String) -> Bool {
    if text == shown() || text == shown(path: true) { return true }
    // Earlier versions kept the path, and nothing of a password or a query.
    return text == "\(scheme.rawValue)://\(server?.authority ?? "")\(path)"
      || (path == "/" && text == "\(scheme.rawValue)://\(server?.authority ?? "")")
  }

  /// The text of an address that is shown: the address, or what is said in place of one that can't be read.
  package static func shown(_ text: String, path: Bool = false) -> String {
    do throws(AddressError) { return try WebAddress(text).shown(path: path) } catch {
      return "(an address that can't be read)"
    }
  }

  /// Whether a text seems to be meant for an address, rightly spelled or not.
  package static func isMeant(by text: String) -> Bool {
    let scheme = text.prefix { $0 != ":" }
    let isScheme =
      ["http", "https", "file"].contains(scheme.lowercased()) && scheme.endIndex != text.endIndex
    return isScheme || text.contains("://") || text.contains("@")
  }

  private static func digest(_ text: String) -> String {
    let digits = Array("0123456789abcdef")
    return SHA256.hash(data: Array(text.utf8)).prefix(4).reduce(into: "") {
      $0 += "\(digits[Int($1 >> 4)])\(digits[Int($1 & 15)])"
    }
  }
}

extension WebAddress: CustomStringConvertible {
  /// As it is shown, without its path.
  package var description: String { shown() }
}
