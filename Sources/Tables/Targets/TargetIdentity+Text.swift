extension TargetIdentity: CustomStringConvertible {
  /// For people: `embedded store 0f3c29ab…`, or `http://localhost:8000, region eu-west-2, account 123456789012`.
  package var description: String {
    switch kind {
    case .embedded(let id): "embedded store \(id.prefix(8))…"
    case .server(let server):
      "\(server.address), region \(server.region)" + (server.account.map { ", account \($0)" } ?? "")
    }
  }

  /// One line for a journal, the same for the same identity: `embedded:` and the id, or address, region and account (`-`
  /// where it is not known) with a space in between.
  package var text: String {
    switch kind {
    case .embedded(let id): "embedded:\(id)"
    case .server(let server): "\(server.address) \(server.region) \(server.account ?? "-")"
    }
  }

  /// Reads what `text` wrote; nil for anything else.
  package init?(text: String) {
    if text.hasPrefix("embedded:") {
      let id = String(text.dropFirst(9))
      guard TargetIdentity.isID(id) else { return nil }
      self = .embedded(id: id)
      return
    }
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 3, !words[1].isEmpty, !words[2].isEmpty, let address = ServerAddress(words[0])
    else { return nil }
    self = .server(address, region: words[1], account: words[2] == "-" ? nil : words[2])
    guard self.text == text else { return nil }
  }

  /// Whether it is the form of an embedded store's id: 32 hexadecimal digits in lower case.
  static func isID(_ text: String) -> Bool {
    text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}

extension TargetIdentity: Codable {
  /// Reads the text.
  ///
  /// - Throws: `DecodingError`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let identity = TargetIdentity(text: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not the identity of a target")
    }
    self = identity
  }

  /// Writes the text.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension StoreError {
  /// The code of `targetChanged`.
  package static let targetChangedCode = "TargetChanged"

  /// Whether it says something of the whole target and nothing of the one request that met it.
  package var isOfTarget: Bool { code == Self.targetChangedCode || code == Self.guardLostCode }

  /// The target is not, or no longer, the one that a run is bound to.
  package static func targetChanged(_ difference: String) -> StoreError {
    StoreError(
      code: targetChangedCode,
      "the tables are not those of this run any more (\(difference)); nothing more was written: go back to the target of the run, then resume it"
    )
  }
}
