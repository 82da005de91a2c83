import DynamoJournalExpressions
import Yams

/// Finds where each character of a scalar stands in the file, whatever its quoting and folding.
///
/// It walks through the file and the scalar's text side by side. Where they part, which no file that was tried has made them do,
/// there is no map, and an error is shown at the scalar's beginning.
struct ScalarPlaces {
  private let lines: [[Unicode.Scalar]]
  private let style: Node.Scalar.Style
  private var line: Int
  private var column: Int
  private var indent = 0
  private var places: [SourceMap.Place] = []

  /// The map of a scalar; nil where it can't be found out.
  static func map(_ scalar: Node.Scalar, in file: FileText) -> SourceMap? {
    guard let mark = scalar.mark else { return nil }
    var walk = ScalarPlaces(scalar.style, mark, file)
    guard walk.begin(), walk.walk(Array(scalar.string.unicodeScalars)) else { return nil }
    return SourceMap(lines: file.lines, places: walk.places)
  }

  private init(_ style: Node.Scalar.Style, _ mark: Mark, _ file: FileText) {
    lines = file.lines.map { Array($0.unicodeScalars) }
    self.style = style
    line = mark.line - 1
    column = mark.column - 1
  }

  private var isBlock: Bool { style == .literal || style == .folded }
  private var rest: ArraySlice<Unicode.Scalar> {
    lines.indices.contains(line) ? lines[line].dropFirst(column) : []
  }

  /// Goes to the first character.
  private mutating func begin() -> Bool {
    guard lines.indices.contains(line) else { return false }
    switch style {
    case .singleQuoted, .doubleQuoted: column += 1
    case .literal, .folded:
      let digit = rest.prefix { $0 != "#" && $0 != " " }.first { ("1"..."9").contains($0) }
      line += 1
      indent = lines[min(line, lines.count)...].first { !Self.isBlank($0) }.map { Self.indent(of: $0) } ?? 0
      // An explicit indent counts from the parent's, which is not known here.
      if digit != nil { return false }
      column = indent
    default: break
    }
    return true
  }

  private static func isBlank(_ line: some Sequence<Unicode.Scalar>) -> Bool {
    line.allSatisfy { $0 == " " || $0 == "\t" }
  }

  private static func indent(of line: [Unicode.Scalar]) -> Int { line.prefix { $0 == " " }.count }

  private mutating func walk(_ text: [Unicode.Scalar]) -> Bool {
    var index = 0
    while index < text.count {
      if isAtFold(text[index]) {
        guard let taken = fold(text[index...]) else { return false }
        index += taken
      } else {
        guard step(text[index]) else { return false }
        index += 1
      }
    }
    places.append(place)
    return true
  }

  private var place: SourceMap.Place { SourceMap.Place(line: line + 1, column: column + 1) }

  /// Whether the line ends here and the text goes on with what stands for its end.
  private func isAtFold(_ next: Unicode.Scalar) -> Bool {
    guard next == " " || next == "\n" else { return false }
    return isBlock ? rest.isEmpty : Self.isBlank(rest) || style == .plain && rest.isComment
  }

  /// Takes the end of a line and the blank lines behind it; how many characters of the text they are.
  private mutating func fold(_ text: ArraySlice<Unicode.Scalar>) -> Int? {
    let here = place
    var next = line + 1
    while next < lines.count, Self.isBlank(lines[next]) { next += 1 }
    let most = text.first == " " ? 1 : next - line
    let taken = text.prefix(most).prefix { $0 == text.first }.count
    places += Array(repeating: here, count: taken)
    line = next
    guard lines.indices.contains(line) else {
      column = 0
      line = lines.count - 1
      return taken
    }
    column = isBlock ? indent : Self.indent(of: lines[line])
    return taken
  }

  /// Takes one character.
  private mutating func step(_ scalar: Unicode.Scalar) -> Bool {
    guard let first = rest.first else { return false }
    places.append(place)
    if style == .singleQuoted, first == "'" {
      column += 2
      return scalar == "'"
    }
    if style == .doubleQuoted, first == "\\" {
      let length = Self.escapeLength(rest.dropFirst().first)
      column += length
      return true
    }
    column += 1
    return first == scalar
  }

  private static func escapeLength(_ letter: Unicode.Scalar?) -> Int {
    switch letter {
    case "x": 4
    case "u": 6
    case "U": 10
    default: 2
    }
  }
}

extension ArraySlice<Unicode.Scalar> {
  /// Whether nothing but a comment stands here.
  fileprivate var isComment: Bool {
    let rest = drop { $0 == " " || $0 == "\t" }
    return rest.first == "#" && rest.startIndex > startIndex
  }
}
