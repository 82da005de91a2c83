/// An `http:`, `https:` or `file:` URL: what decides about an address and what is sent there come from this one reading.
///
/// What could be read in two ways is no address: other spellings than `scheme://`, a host that is neither a name nor an IP
/// address, an `@` behind the host, a fragment, characters that must be percent-encoded.
/// Source: RFC 3986, sections 2 and 3
package struct WebAddress: Hashable, Sendable {
  /// The schemes.
  package enum Scheme: String, Sendable {
    case http, https, file
  }

  /// The scheme.
  package let scheme: Scheme
  /// The server; nil for a file.
  package let server: ServerAddress?
  /// The path as it is sent, encoded, with a slash in front; for a file its encoded name.
  package let path: String
  /// What stands before the host, encoded.
  let userInformation: String?
  /// What stands behind the path, encoded.
  let query: String?

  /// Reads an address.
  ///
  /// - Throws: `AddressError`.
  package init(_ text: String) throws(AddressError) {
    guard let colon = text.firstIndex(of: ":") else { throw .form }
    guard let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
      throw text[colon...].hasPrefix("://") ? .scheme : .form
    }
    guard text[colon...].hasPrefix("://") else { throw .form }
    let rest = text[colon...].dropFirst(3)
    let authority = rest.prefix { !"/?#".contains($0) }
    let tail = rest[authority.endIndex...]
    self.scheme = scheme
    (userInformation, server) = try Self.authority(authority, scheme)
    (path, query) = try Self.tail(tail, scheme)
  }

  /// Whether somebody could read along who is not on this machine.
  package var isPlainTextToAnotherMachine: Bool { scheme == .http && server?.isLoopback == false }

  /// Whether a user's name or a password stands in it.
  package var hasUserInformation: Bool { userInformation != nil }

  /// The text that is sent: scheme and host in lower case, everything else as it was written.
  package var url: String {
    let user = userInformation.map { $0 + "@" } ?? ""
    return "\(scheme.rawValue)://\(user)\(server?.authority ?? "")\(path)\(query.map { "?" + $0 } ?? "")"
  }
}

// MARK: Reading

extension WebAddress {
  private static func authority(
    _ text: Substring, _ scheme: Scheme
  ) throws(AddressError) -> (String?, ServerAddress?) {
    guard scheme != .file else {
      guard text.isEmpty || text.lowercased() == "localhost" else { throw .host }
      return (nil, nil)
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count <= 2, let host = parts.last else { throw .userInformation }
    let user = parts.count == 2 ? parts[0] : nil
    if let user, !Characters.areAllowed(user, in: .userInformation) { throw .userInformation }
    guard let server = ServerAddress("\(scheme.rawValue)://\(host)"), !host.hasSuffix("/") else {
      throw Self.hasPort(host) ? .port : .host
    }
    return (user.map(String.init), server)
  }

  /// Whether a host could be read if what stands behind its colon were left out.
  private static func hasPort(_ host: Substring) -> Bool {
    guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return false }
    return ServerAddress("http://\(host[..<colon])") != nil
  }

  private static func tail(
    _ text: Substring, _ scheme: Scheme
  ) throws(AddressError) -> (path: String, query: String?) {
    if text.contains("#") { throw .fragment }
    if text.contains("@") { throw .userInformation }
    let path = text.prefix { $0 != "?" }
    let query = path.endIndex == text.endIndex ? nil : text[path.endIndex...].dropFirst()
    guard Characters.areAllowed(path, in: scheme == .file ? .file : .path),
      query.map({ Characters.areAllowed($0, in: .query) }) ?? true
    else { throw .character }
    guard scheme != .file || (query == nil && path.hasPrefix("/")) else { throw .character }
    return (path.isEmpty ? "/" : String(path), query.map(String.init))
  }
}

/// Which characters stand where without being encoded (RFC 3986, sections 2.2, 2.3 and 3).
private enum Characters {
  static let userInformation = set("!$&'()*+,;=:")
  static let path = set("!$&'()*+,;=:/")
  static let query = set("!$&'()*+,;=:/?")

  enum Part { case userInformation, path, query, file }

  static func areAllowed(_ text: Substring, in part: Part) -> Bool {
    let allowed: Set<UInt8> =
      switch part {
      case .userInformation: userInformation
      case .path, .file: path
      case .query: query
      }
    let bytes = Array(text.utf8)
    return bytes.indices.allSatisfy { index in
      if bytes[index] == UInt8(ascii: "%") { return isEscape(bytes[index...]) }
      // The names of local files are taken as they are.
      return allowed.contains(bytes[index]) || (part == .file && bytes[index] > 127)
    }
  }

  private static func isEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = bytes.dropFirst().prefix(2)
    guard digits.count == 2, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return false }
    // No control character, however it is written.
    return byte >= 32 && byte != 127
  }

  private static func set(_ special: String) -> Set<UInt8> {
    Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
    ).union(special.utf8)
  }
}
