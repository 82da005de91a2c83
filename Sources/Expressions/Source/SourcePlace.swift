/// A place in an expression, for people.
package struct SourcePlace: Hashable, Sendable {
  /// What the expression is: `where`, `set`.
  package let clause: String
  /// The file; nil for an option.
  package let file: String?
  /// The line, counted from 1.
  package let line: Int
  /// The column, counted in Unicode scalars from 1.
  package let column: Int
  /// The line's text and what of it is meant.
  package let excerpt: Excerpt

  /// `users.yaml:4:12` or `'where', line 1, column 12`.
  package var position: String {
    if let file { "\(file):\(line):\(column)" } else { "'\(clause)', line \(line), column \(column)" }
  }
}

/// A line of an expression with a caret under the place that is meant.
package struct Excerpt: Hashable, Sendable {
  /// What is shown of a line at most, in Unicode scalars.
  private static let widest = 100

  /// The line, or a part of it when it is long; control characters are shown as spaces.
  package let line: String
  /// How many characters stand before the place.
  package let indent: Int
  /// How many characters are meant, at least one.
  package let width: Int

  /// A line and the place in it.
  package init(line: String, indent: Int, width: Int) {
    let scalars = Array(line.unicodeScalars)
    let indent = max(0, min(indent, scalars.count))
    let first = max(0, min(indent - Excerpt.widest / 2, scalars.count - Excerpt.widest))
    let last = min(scalars.count, first + Excerpt.widest)
    var shown = ""
    for scalar in scalars[first..<last] {
      shown.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    self.line = shown
    self.indent = indent - first
    self.width = max(1, min(width, last - first - self.indent))
  }

  /// Two lines: the text, and the caret under it.
  package var text: String {
    line + "\n" + String(repeating: " ", count: indent) + String(repeating: "^", count: width)
  }
}
