import DynamoJournalExpressions
import Foundation

/// The text of a migration's file, with its lines, so that an error can show its place.
package struct FileText: Sendable {
  /// More than anybody writes by hand; what a run keeps of its file is bounded with it.
  package static let largest = 256 << 10

  /// The path as it was given.
  package let path: String
  /// The text, without a byte order mark.
  package let text: String
  /// The text as YAML reads it: of a file in JSON, with each pair of surrogates as YAML writes such a character.
  let yaml: String
  /// The lines of `yaml`, without their ends.
  let lines: [String]

  /// A text that is at hand.
  ///
  /// - Throws: `DefinitionError` for a character that no text has.
  package init(path: String, text: String) throws(DefinitionError) {
    self.path = path
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
    self.text = String(scalars)
    yaml = SurrogatePairs.joined(self.text)
    lines = Self.lines(yaml.unicodeScalars[...])
    try checkCharacters()
  }

  /// Reads a file.
  ///
  /// - Throws: `DefinitionError` when there is none, when it is no file, too large, or no UTF-8.
  package static func read(_ path: String) throws(DefinitionError) -> FileText {
    let bytes = try bytes(of: path)
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      let (line, column) = placeOfFirstFault(in: bytes)
      throw DefinitionError("\(path):\(line):\(column): this is not UTF-8: save the file as UTF-8")
    }
    return try FileText(path: path, text: text)
  }

  private static func bytes(of path: String) throws(DefinitionError) -> [UInt8] {
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let facts = try? FileManager.default.attributesOfItem(atPath: resolved) else {
      throw DefinitionError("there is no file '\(path)': name the file of a migration")
    }
    switch facts[.type] as? FileAttributeType {
    case .typeRegular?: break
    case .typeDirectory?: throw DefinitionError("'\(path)' is a folder: name a file in it")
    default: throw DefinitionError("'\(path)' is not a file but a pipe, a socket or a device: name a file")
    }
    guard let handle = FileHandle(forReadingAtPath: resolved),
      let data = try? handle.read(upToCount: largest + 1)
    else {
      // An empty file has no data.
      if (facts[.size] as? NSNumber)?.intValue == 0 { return [] }
      throw DefinitionError("'\(path)' can't be read: check the file's permissions")
    }
    guard data.count <= largest else {
      throw DefinitionError(
        "'\(path)' is larger than \(largest >> 10) KB: a migration's file is far smaller, so check that this is one"
      )
    }
    return Array(data)
  }

  private static func placeOfFirstFault(in bytes: [UInt8]) -> (line: Int, column: Int) {
    // What precedes the fault is the longest prefix that is UTF-8.
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var (line, column) = (1, 1)
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    return (line, column)
  }

  /// The breaks are YAML's.
  private static func lines(_ scalars: String.UnicodeScalarView.SubSequence) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    for scalar in scalars {
      switch scalar {
      case "\n" where last == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(scalar)
      }
      last = scalar
    }
    return lines + [String(line)]
  }

  private func checkCharacters() throws(DefinitionError) {
    for (number, line) in lines.enumerated() {
      for (column, scalar) in line.unicodeScalars.enumerated() where Self.isForbidden(scalar) {
        let name = "U+" + String(repeating: "0", count: max(0, 4 - Self.hex(scalar).count)) + Self.hex(scalar)
        throw error(
          line: number + 1, column: column + 1, "the character \(name) has no place in a text: remove it")
      }
    }
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    String(scalar.value, radix: 16, uppercase: true)
  }

  /// Source: https://yaml.org/spec/1.1/#c-printable
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case ..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}

extension FileText {
  /// An error at a place.
  func error(line: Int, column: Int, width: Int = 1, _ problem: String) -> DefinitionError {
    let shown = lines.indices.contains(line - 1) ? lines[line - 1] : ""
    let excerpt = Excerpt(line: shown, indent: column - 1, width: width)
    return DefinitionError("\(path):\(line):\(column): \(problem)", excerpt: excerpt.text)
  }

  /// An error about the whole file.
  func error(_ problem: String) -> DefinitionError { DefinitionError("\(path): \(problem)") }

  /// The character there; nil at the end of a line.
  func scalar(line: Int, column: Int) -> Unicode.Scalar? {
    guard lines.indices.contains(line - 1) else { return nil }
    return lines[line - 1].unicodeScalars.dropFirst(column - 1).first
  }
}
