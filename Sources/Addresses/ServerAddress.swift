/// Scheme, host and port of a server, read from a URL: two spellings of one address are equal.
///
/// The host's case, the scheme's own port, a slash or a dot at the end, and the names of this machine (`localhost` and
/// what is below it, 127.0.0.1, ::1, and the addresses that stand for "any" and lead there) make no difference.
/// What could be read in two ways, or could hold a secret, is not an address: user information, a path, a query, percent
/// signs, numbers as hosts that are no dotted quad.
/// Sources: RFC 3986 section 3.2, RFC 6761 section 6.3
package struct ServerAddress: Hashable, Sendable {
  /// `http` or `https`
  package let scheme: String
  /// In lower case, without brackets; `localhost` for this machine by its usual names.
  package let host: String
  /// The port.
  package let port: UInt16
  /// Host, and the port unless it is the scheme's own, as they were spelled but for case: what a request is sent to.
  package let authority: String
  /// Whether it is this machine: by a name of `localhost`, by 127.0.0.0/8 or by ::1.
  package let isLoopback: Bool

  /// The address in a URL such as `http://127.0.0.1:8000`, or nil when it is none.
  package init?(_ url: String) {
    guard let (scheme, rest) = ServerAddress.scheme(of: url) else { return nil }
    let spelled = rest.hasSuffix("/") ? rest.dropLast() : rest
    guard let (name, digits) = ServerAddress.split(spelled) else { return nil }
    let usual: UInt16 = scheme == "https" ? 443 : 80
    guard let port = digits.map(ServerAddress.port) ?? usual, let host = HostName(name.lowercased()) else {
      return nil
    }
    self.scheme = scheme
    self.host = host.name
    self.port = port
    authority = name.lowercased() + (port == usual ? "" : ":\(port)")
    isLoopback = host.isLoopback
  }

  private static func scheme(of url: String) -> (String, Substring)? {
    guard let end = url.firstIndex(of: ":"), url[end...].hasPrefix("://") else { return nil }
    let scheme = url[..<end].lowercased()
    guard ["http", "https"].contains(scheme) else { return nil }
    return (scheme, url[end...].dropFirst(3))
  }

  /// Host, and the port's digits where there is a colon; nothing else may be there.
  private static func split(_ authority: Substring) -> (Substring, Substring?)? {
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      let rest = authority[authority.index(after: end)...]
      if rest.isEmpty { return (authority, nil) }
      return rest.hasPrefix(":") ? (authority[...end], rest.dropFirst()) : nil
    }
    guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
    return (authority[..<colon], authority[authority.index(after: colon)...])
  }

  private static func port(_ digits: Substring) -> UInt16? {
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return UInt16(digits).flatMap { $0 == 0 ? nil : $0 }
  }
}

extension ServerAddress: CustomStringConvertible {
  /// Whether both lead to the same server, however they are spelled.
  package static func == (left: ServerAddress, right: ServerAddress) -> Bool {
    (left.scheme, left.host, left.port) == (right.scheme, right.host, right.port)
  }

  /// Takes in what `==` compares.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(scheme)
    hasher.combine(host)
    hasher.combine(port)
  }

  /// Scheme, host and port, such as `http://localhost:8000`; the port is always there.
  package var description: String {
    "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}
