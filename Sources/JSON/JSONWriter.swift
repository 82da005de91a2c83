/// Writes JSON as UTF-8 bytes.
package enum JSONWriter {
  /// How a value is laid out.
  package struct Style: Hashable, Sendable {
    /// Whether members are written in the order of their names' bytes, instead of their own.
    package var sorted: Bool
    /// Whether each member and element stands on its own line, indented by two spaces a level.
    package var pretty: Bool

    /// A style.
    package init(sorted: Bool = false, pretty: Bool = false) {
      self.sorted = sorted
      self.pretty = pretty
    }
  }

  /// Appends a value.
  package static func append(_ value: JSONValue, style: Style = Style(), to bytes: inout [UInt8]) {
    append(value, style, level: 0, to: &bytes)
  }

  private static func append(_ value: JSONValue, _ style: Style, level: Int, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let text): bytes += text.utf8
    case .string(let text): appendString(text, to: &bytes)
    case .array(let elements):
      appendContainer("[", elements, "]", style, level, to: &bytes) { element, bytes in
        append(element, style, level: level + 1, to: &bytes)
      }
    case .object(let members):
      let ordered =
        style.sorted
        ? members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : members
      appendContainer("{", ordered, "}", style, level, to: &bytes) { member, bytes in
        appendString(member.name, to: &bytes)
        bytes += (style.pretty ? ": " : ":").utf8
        append(member.value, style, level: level + 1, to: &bytes)
      }
    }
  }

  private static func appendContainer<Element>(
    _ opening: Unicode.Scalar, _ elements: [Element], _ closing: Unicode.Scalar, _ style: Style,
    _ level: Int, to bytes: inout [UInt8], _ appendElement: (Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: opening))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if style.pretty { appendLineBreak(level + 1, to: &bytes) }
      appendElement(element, &bytes)
    }
    if style.pretty && !elements.isEmpty { appendLineBreak(level, to: &bytes) }
    bytes.append(UInt8(ascii: closing))
  }

  private static func appendLineBreak(_ level: Int, to bytes: inout [UInt8]) {
    bytes.append(0x0A)
    for _ in 0..<level { bytes += "  ".utf8 }
  }

  /// Appends a string in quotation marks.
  ///
  /// Only what RFC 8259 section 7 demands is escaped: quotation mark, backslash and the characters below U+0020, in
  /// the short form where there is one, else as `\u00` and two digits in lower case.
  package static func appendString(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    let done: Void? = string.utf8.withContiguousStorageIfAvailable { appendBody($0, to: &bytes) }
    if done == nil { Array(string.utf8).withUnsafeBufferPointer { appendBody($0, to: &bytes) } }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendBody(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var start = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      appendEscape(byte, to: &bytes)
      start = index + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0..<0x20:
      bytes += (byte < 0x10 ? "u000" : "u00").utf8
      bytes += String(byte, radix: 16).utf8
    default: bytes.append(byte)
    }
  }
}

extension JSONValue {
  /// The value as bytes, without white space; members in the order of their names' bytes when `sorted`.
  public func bytes(sorted: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    JSONWriter.append(self, style: JSONWriter.Style(sorted: sorted), to: &bytes)
    return bytes
  }

  /// The value as text, without white space; members in the order of their names' bytes when `sorted`.
  public func text(sorted: Bool = false) -> String { String(decoding: bytes(sorted: sorted), as: UTF8.self) }

  /// The value as text for people: a line for each member and element, two spaces a level, no line break at the end.
  public func prettyText(sorted: Bool = false) -> String {
    var bytes: [UInt8] = []
    JSONWriter.append(self, style: JSONWriter.Style(sorted: sorted, pretty: true), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
