/// Rows of text in aligned columns, two spaces apart.
package struct TextTable: Sendable {
  /// How a column is aligned.
  package enum Alignment: Sendable {
    /// To the left, as words are.
    case left
    /// To the right, as numbers are.
    case right
  }

  private let titles: [String]
  private let alignments: [Alignment]
  private var widths: [Int]
  private var rows: [[String]]

  /// A table with these column titles; columns are aligned to the left where nothing else is said.
  package init(_ titles: [String], alignments: [Alignment] = []) {
    let missing = max(0, titles.count - alignments.count)
    self.titles = titles
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
  /// columns keep their width and grow where a later page needs it. Where a terminal has no room for all of them, those that
  /// fit stand in columns, and the others follow below, each with its title.
  package mutating func takeLines(indent: String = "") -> String {
    defer { rows.removeAll(keepingCapacity: true) }
    guard let room = TextLayout.width.map({ $0 - indent.count }), room >= TextLayout.narrowest,
      widths.reduce(-2, { $0 + $1 + 2 }) > room
    else { return rows.map { indent + line($0, columns: widths.count) + "\n" }.joined() }
    let columns = columns(in: room)
    return rows.map { row in
      let first = TextLayout.lines(line(row, columns: columns), width: room)
      return (first + below(row, from: columns, room)).map { indent + $0 + "\n" }.joined()
    }.joined()
  }

  /// How many columns fit; one at least.
  private func columns(in room: Int) -> Int {
    var (count, used) = (0, -2)
    for width in widths {
      used += width + 2
      if used > room { break }
      count += 1
    }
    return max(1, count)
  }

  /// The cells for which there is no column: their titles in lower case, one after the other.
  private func below(_ row: [String], from first: Int, _ room: Int) -> [String] {
    guard row != titles else { return [] }
    let rest = zip(titles, row).dropFirst(first).filter { !$0.1.isEmpty && $0.1 != "-" }
    var lines: [String] = []
    for (title, cell) in rest {
      let part = "  \(title.lowercased()) \(cell)"
      if let last = lines.last, last.count + part.count <= room {
        lines[lines.count - 1] = last + part
      } else {
        lines.append(part)
      }
    }
    return lines.flatMap { TextLayout.lines($0, width: room, hanging: 4) }
  }

  private func line(_ cells: [String], columns: Int) -> String {
    var line = ""
    for (index, cell) in cells.prefix(columns).enumerated() where index < widths.count {
      let padding = String(repeating: " ", count: widths[index] - cell.count)
      line += (index > 0 ? "  " : "") + (alignments[index] == .right ? padding + cell : cell + padding)
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}
