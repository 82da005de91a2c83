/// Reads a small XML document of a stranger: elements and their texts, and nothing that could lead elsewhere or grow.
///
/// Foundation's parser ends the process at names that are not UTF-8, and follows entities. Here a document type, a processing
/// instruction or anything that is not well formed makes it no document.
/// Source: https://www.w3.org/TR/xml/, sections 2 to 4
struct XMLReader {
  /// What is open at once.
  private static let deepest = 100

  /// Called at the end of each element: the names of its parent and of itself, without prefixes, and its text.
  typealias Element = (parent: String, name: String, text: String)

  private let bytes: [UInt8]
  private var index = 0
  private var open: [(tag: ArraySlice<UInt8>, text: [UInt8])] = []
  private var elements: [Element] = []

  private struct Malformed: Error {}

  /// The elements below the outermost, in the order of their ends; nil when it is no document.
  static func elements(of bytes: [UInt8]) -> [Element]? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var reader = XMLReader(bytes: bytes)
    do { try reader.read() } catch { return nil }
    return reader.elements
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func read() throws(Malformed) {
    if starts("\u{FEFF}") { index += 3 }
    if starts("<?xml ") { try skip(behind: "?>") }
    var hasRoot = false
    while index < bytes.count {
      if open.isEmpty {
        if Self.isBlank(bytes[index]) {
          index += 1
        } else if starts("<!--") {
          try skip(behind: "-->")
        } else {
          guard !hasRoot, bytes[index] == UInt8(ascii: "<") else { throw Malformed() }
          hasRoot = true
          try markup()
        }
      } else if bytes[index] == UInt8(ascii: "<") {
        try markup()
      } else {
        try text()
      }
    }
    guard hasRoot, open.isEmpty else { throw Malformed() }
  }

  // MARK: Markup

  private mutating func markup() throws(Malformed) {
    if starts("<!--") { return try skip(behind: "-->") }
    if starts("</") { return try end() }
    if starts("<![CDATA[") {
      let start = index + 9
      try skip(behind: "]]>")
      open[open.count - 1].text += bytes[start..<index - 3]
      return
    }
    index += 1
    guard open.count < Self.deepest else { throw Malformed() }
    open.append((try name(), []))
    try attributes()
    let isEmpty = starts("/")
    if isEmpty { index += 1 }
    try expect(">")
    if isEmpty { close() }
  }

  private mutating func attributes() throws(Malformed) {
    while true {
      let before = index
      skipBlanks()
      guard index < bytes.count else { throw Malformed() }
      if starts("/") || starts(">") { return }
      guard index > before else { throw Malformed() }
      _ = try name()
      skipBlanks()
      try expect("=")
      skipBlanks()
      guard index < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[index]),
        let end = bytes[(index + 1)...].firstIndex(of: bytes[index]),
        !bytes[index..<end].contains(UInt8(ascii: "<"))
      else { throw Malformed() }
      index = end + 1
    }
  }

  private mutating func end() throws(Malformed) {
    index += 2
    guard try name() == open.last?.tag else { throw Malformed() }
    skipBlanks()
    try expect(">")
    close()
  }

  private mutating func close() {
    guard let (tag, text) = open.popLast(), let parent = open.last?.tag else { return }
    elements.append((Self.local(parent), Self.local(tag), String(decoding: text, as: UTF8.self)))
  }

  private mutating func name() throws(Malformed) -> ArraySlice<UInt8> {
    let rest = bytes[index...]
    let name = rest.prefix { !Self.isBlank($0) && !"/>=<&\"'!?".utf8.contains($0) }
    guard !name.isEmpty else { throw Malformed() }
    index = name.endIndex
    return name
  }

  private static func local(_ tag: ArraySlice<UInt8>) -> String {
    String(decoding: tag.split(separator: UInt8(ascii: ":")).last ?? tag, as: UTF8.self)
  }

  // MARK: Texts

  private mutating func text() throws(Malformed) {
    let text = bytes[index...].prefix { $0 != UInt8(ascii: "<") }
    index = text.endIndex
    var rest = text
    while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
      guard let end = rest[ampersand...].firstIndex(of: UInt8(ascii: ";")) else { throw Malformed() }
      open[open.count - 1].text += rest[..<ampersand]
      open[open.count - 1].text += try Self.character(rest[(ampersand + 1)..<end])
      rest = rest[(end + 1)...]
    }
    open[open.count - 1].text += rest
  }

  /// What a reference stands for: one of the five names, or a character's number.
  private static func character(_ reference: ArraySlice<UInt8>) throws(Malformed) -> [UInt8] {
    let name = String(decoding: reference, as: UTF8.self)
    let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
    if let text = named[name] { return Array(text.utf8) }
    let isHexadecimal = name.hasPrefix("#x")
    guard name.hasPrefix("#"),
      let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10), number > 0,
      let scalar = Unicode.Scalar(number)
    else { throw Malformed() }
    return Array(String(Character(scalar)).utf8)
  }

  // MARK: Bytes

  private func starts(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13
  }

  private mutating func skipBlanks() {
    while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
  }

  private mutating func skip(behind mark: String) throws(Malformed) {
    while index < bytes.count {
      if starts(mark) {
        index += mark.utf8.count
        return
      }
      index += 1
    }
    throw Malformed()
  }

  private mutating func expect(_ text: String) throws(Malformed) {
    guard starts(text) else { throw Malformed() }
    index += text.utf8.count
  }
}
