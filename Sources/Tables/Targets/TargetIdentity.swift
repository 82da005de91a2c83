/// Which store a run is bound to: what stays the same however the store is named and from wherever it is reached.
///
/// An embedded store is known by an id that is kept inside its file, a server by scheme, host, port, region and account.
/// A copy of an embedded store's file (`cp a.sqlite b.sqlite`) has the id of the original. Nobody can tell the two apart
/// by it, so an id alone never leads to a file: a run goes on in the file at the path that was recorded when it began,
/// or in one that somebody names explicitly and that has the same id.
package struct TargetIdentity: Hashable, Sendable {
  /// A server.
  package struct Server: Hashable, Sendable {
    /// Scheme, host and port.
    package let address: ServerAddress
    /// The region that requests are signed for.
    package let region: String
    /// The account's number; nil where the server doesn't tell.
    package let account: String?

    /// A server.
    package init(address: ServerAddress, region: String, account: String?) {
      self.address = address
      self.region = region
      self.account = account
    }
  }

  /// The two kinds of target.
  package enum Kind: Hashable, Sendable {
    /// An embedded store, by the 32 hexadecimal digits in its file.
    case embedded(id: String)
    /// DynamoDB, or a server like it.
    case server(Server)
  }

  /// What is known.
  package let kind: Kind

  /// An identity.
  package init(_ kind: Kind) { self.kind = kind }

  /// An embedded store.
  package static func embedded(id: String) -> TargetIdentity { TargetIdentity(.embedded(id: id)) }

  /// A server.
  package static func server(_ address: ServerAddress, region: String, account: String?) -> TargetIdentity {
    TargetIdentity(.server(Server(address: address, region: region, account: account)))
  }
}

// MARK: Comparing

extension TargetIdentity {
  /// What is different here from `expected`, in words such as `region eu-west-1 instead of eu-west-2`; nil when both may be
  /// the same store. An account that one of the two doesn't know is no difference.
  package func difference(from expected: TargetIdentity) -> String? {
    switch (kind, expected.kind) {
    case (.embedded(let id), .embedded(let other)):
      id == other ? nil : "another embedded store (id \(id) instead of \(other))"
    case (.embedded, .server): "an embedded store instead of \(expected)"
    case (.server, .embedded): "\(self) instead of an embedded store"
    case (.server(let here), .server(let other)): here.difference(from: other)
    }
  }
}

extension TargetIdentity.Server {
  fileprivate func difference(from expected: TargetIdentity.Server) -> String? {
    let parts: [(name: String, here: String, expected: String)] = [
      ("scheme", address.scheme, expected.address.scheme), ("host", address.host, expected.address.host),
      ("port", "\(address.port)", "\(expected.address.port)"), ("region", region, expected.region),
      ("account", account ?? expected.account ?? "", expected.account ?? account ?? ""),
    ]
    let different = parts.filter { $0.here != $0.expected }
    guard !different.isEmpty else { return nil }
    return different.map { "\($0.name) \($0.here) instead of \($0.expected)" }.joined(separator: ", ")
  }
}
