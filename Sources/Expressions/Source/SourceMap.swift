/// Where each character of an expression stands in a file whose own quoting, folding and indents are not part of the text.
package struct SourceMap: Hashable, Sendable {
  /// A place in the file.
  package struct Place: Hashable, Sendable {
    /// The line, counted from 1.
    package let line: Int
    /// The column, counted in Unicode scalars from 1.
    package let column: Int

    /// A place.
    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// The file's lines.
  package let lines: [String]
  /// The place of each Unicode scalar of the text, and of its end.
  package let places: [Place]

  /// A map.
  ///
  /// - Parameter places: one more than the text has Unicode scalars, none of them beyond the file's lines.
  package init(lines: [String], places: [Place]) {
    self.lines = lines
    self.places = places
  }

  /// The place of a range of Unicode scalars: a file shows its own line.
  func place(of range: Range<Int>, clause: String, file: String?) -> SourcePlace? {
    guard let first = place(at: range.lowerBound), lines.indices.contains(first.line - 1) else { return nil }
    let line = lines[first.line - 1]
    let last = place(at: max(range.lowerBound, range.upperBound - 1)) ?? first
    let width =
      last.line == first.line ? last.column - first.column + 1 : line.unicodeScalars.count - first.column + 1
    return SourcePlace(
      clause: clause, file: file, line: first.line, column: first.column,
      excerpt: Excerpt(line: line, indent: first.column - 1, width: width))
  }

  private func place(at index: Int) -> Place? {
    places.isEmpty ? nil : places[min(max(index, 0), places.count - 1)]
  }
}
