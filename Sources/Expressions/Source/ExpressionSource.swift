/// The text of an expression and where it was written, so that an error can show the place.
package struct ExpressionSource: Hashable, Sendable {
  /// The expression.
  package let text: String
  /// What the expression is, in the words of whoever wrote it: `where`, `set`, `--expect`.
  package var clause: String
  /// The file that the text stands in; nil for an option.
  package var file: String?
  /// The line of the file that the text begins in, counted from 1.
  package var line: Int
  /// The column that the text begins in, counted in Unicode scalars from 1.
  package var column: Int
  /// The column that each further line of the text begins in, as in a block of YAML.
  package var continuationColumn: Int
  /// Where each character stands in the file, where line and column of the beginning do not say it; nil where they do.
  package var map: SourceMap?

  /// A text and its place.
  package init(
    _ text: String, clause: String = "expression", file: String? = nil, line: Int = 1, column: Int = 1,
    continuationColumn: Int = 1, map: SourceMap? = nil
  ) {
    self.map = map
    self.text = text
    self.clause = clause
    self.file = file
    self.line = line
    self.column = column
    self.continuationColumn = continuationColumn
  }

  /// The place of the text's first character.
  package var beginning: SourcePlace { place(of: 0..<min(1, text.utf8.count)) }

  /// The place of a range of the text's UTF-8 bytes.
  func place(of range: Range<Int>) -> SourcePlace {
    let bytes = Array(text.utf8)
    let offset = min(range.lowerBound, bytes.count)
    if let place = mapped(offset..<max(offset, min(range.upperBound, bytes.count)), bytes) { return place }
    let newline = UInt8(ascii: "\n")
    let before = bytes[..<offset]
    let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    let end = bytes[offset...].firstIndex(of: newline) ?? bytes.count
    let number = before.reduce(0) { $0 + ($1 == newline ? 1 : 0) }
    let indent = scalars(bytes[start..<offset])
    let width = scalars(bytes[offset..<max(offset, min(range.upperBound, end))])
    return SourcePlace(
      clause: clause, file: file, line: line + number,
      column: (number == 0 ? column : continuationColumn) + indent,
      excerpt: Excerpt(
        line: String(decoding: bytes[start..<end], as: UTF8.self), indent: indent, width: width))
  }

  private func mapped(_ range: Range<Int>, _ bytes: [UInt8]) -> SourcePlace? {
    let first = scalars(bytes[..<range.lowerBound])
    return map?.place(of: first..<(first + scalars(bytes[range])), clause: clause, file: file)
  }

  private func scalars(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

extension ExpressionSource: ExpressibleByStringLiteral {
  /// A text without a place of its own.
  package init(stringLiteral value: String) { self.init(value) }
}
