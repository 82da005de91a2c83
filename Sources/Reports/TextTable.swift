/// Rows of text in aligned columns, two spaces apart.
package struct TextTable: Sendable {
  /// How a column is aligned.
  package enum Alignment: Sendable {
    /// To the left, as words are.
    case left
    /// To the right, as numbers are.
    case right
  }

  private let alignments: [Alignment]
  private var widths: [Int]
  private var rows: [[String]]

  /// A table with these column titles; columns are aligned to the left where nothing else is said.
  package init(_ titles: [String], alignments: [Alignment] = []) {
    let missing = max(0, titles.count - alignments.count)
    self.alignments = alignments + Array(repeating: .left, count: missing)
    widths = titles.map(\.count)
    rows = [titles]
  }

  /// Adds a row, with a cell for every column.
  package mutating func add(_ cells: [String]) {
    for (index, cell) in cells.enumerated() where index < widths.count {
      widths[index] = max(widths[index], cell.count)
    }
    rows.append(cells)
  }

  /// The rows added since the last call, a line each; titles come first.
  ///
  /// A stream of rows is printed page by page:
  /// columns keep their width and grow where a later page needs it.
  package mutating func takeLines() -> String {
    defer { rows.removeAll(keepingCapacity: true) }
    return rows.map { line($0) + "\n" }.joined()
  }

  private func line(_ cells: [String]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() where index < widths.count {
      let padding = String(repeating: " ", count: widths[index] - cell.count)
      line += (index > 0 ? "  " : "") + (alignments[index] == .right ? padding + cell : cell + padding)
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}

/// Facts with their names, values aligned; a fact of several lines goes on under its first.
struct FactSheet {
  private var facts: [(name: String, lines: [String])] = []

  mutating func add(_ name: String, _ lines: [String]) {
    if !lines.isEmpty { facts.append((name, lines)) }
  }

  mutating func add(_ name: String, _ line: String?) { add(name, line.map { [$0] } ?? []) }

  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    var text = ""
    for fact in facts {
      for (index, line) in fact.lines.enumerated() {
        let name = index == 0 ? fact.name : ""
        text += name + String(repeating: " ", count: width - name.count + 2) + line + "\n"
      }
    }
    return text
  }
}
