import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The texts of a small XML document, such as a reply of STS.
struct XMLFields {
  private let texts: [String: String]

  /// - Returns: nil when the document is not well-formed.
  init?(parsing bytes: [UInt8]) {
    let parser = XMLParser(data: Data(bytes))
    let collector = Collector()
    parser.delegate = collector
    guard parser.parse() else { return nil }
    texts = collector.texts
  }

  /// The text of the first such element, at any depth; names as `parent/child`, without namespace prefixes.
  subscript(_ path: String) -> String? { texts[path] }

  private final class Collector: NSObject, XMLParserDelegate {
    var texts: [String: String] = [:]
    private var open: [(name: String, text: String)] = []

    func parser(
      _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
      qualifiedName qName: String?, attributes attributeDict: [String: String] = [:]
    ) {
      open.append((elementName.split(separator: ":").last.map(String.init) ?? elementName, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      guard !open.isEmpty else { return }
      open[open.count - 1].text += string
    }

    func parser(
      _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
      qualifiedName qName: String?
    ) {
      guard let (name, text) = open.popLast(), let parent = open.last?.name else { return }
      let path = "\(parent)/\(name)"
      guard texts[path] == nil else { return }
      texts[path] = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
