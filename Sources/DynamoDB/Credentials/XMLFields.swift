/// The texts of a small XML document, such as a reply of STS.
struct XMLFields {
  private let texts: [String: String]

  /// - Returns: nil when the document is not well-formed.
  init?(parsing bytes: [UInt8]) {
    guard let elements = XMLReader.elements(of: bytes) else { return nil }
    texts = Dictionary(
      elements.map { ("\($0.parent)/\($0.name)", $0.text.trimmingWhitespace) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The text of the first such element, at any depth; names as `parent/child`, without namespace prefixes.
  subscript(_ path: String) -> String? { texts[path] }
}
