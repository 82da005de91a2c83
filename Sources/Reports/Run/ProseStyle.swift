import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// How a report for people is laid out.
protocol ProseStyle {
  func title(_ text: String) -> String
  func heading(_ text: String) -> String
  /// Names with what they stand for.
  func facts(_ sheet: FactSheet) -> String
  func table(_ table: ReportTable) -> String
  /// Lines that keep their columns.
  func block(_ lines: String) -> String
  /// One entry of a list, with what belongs to it.
  func entry(_ text: String, _ more: [String]) -> String
  /// A line that belongs to the entry before.
  func nested(_ text: String) -> String
}

/// For a terminal.
struct TextStyle: ProseStyle {
  func title(_ text: String) -> String { "" }
  func heading(_ text: String) -> String { "\n" + text + "\n" }
  func facts(_ sheet: FactSheet) -> String { sheet.text }
  func nested(_ text: String) -> String { "    \(text)\n" }
  func block(_ lines: String) -> String { lines }
  func entry(_ text: String, _ more: [String]) -> String {
    "  \(text)\n" + more.map { "    \($0)\n" }.joined()
  }

  func table(_ table: ReportTable) -> String {
    if table.isList {
      var sheet = FactSheet()
      for row in table.rows { sheet.add(row[0], row[1]) }
      return sheet.text.indented("  ")
    }
    var lines = TextTable(
      table.columns.map(\.name), alignments: table.columns.map { $0.isNumber ? .right : .left })
    for row in table.rows { lines.add(row) }
    return lines.takeLines(indent: "  ")
  }
}

/// Markdown; what is data is escaped.
struct MarkdownStyle: ProseStyle {
  /// A cell that is longer is cut, so that a table stays one.
  private static let cellLength = 2_000

  func title(_ text: String) -> String { "# \(escaped(text))\n\n" }
  func heading(_ text: String) -> String { "\n## \(escaped(text))\n\n" }
  func block(_ lines: String) -> String { lines.indented("    ") }
  func nested(_ text: String) -> String { "  - \(escaped(text))\n" }
  func entry(_ text: String, _ more: [String]) -> String {
    "- \(escaped(text))\n" + more.map { "  - \(escaped($0))\n" }.joined()
  }

  func facts(_ sheet: FactSheet) -> String {
    "| | |\n|---|---|\n"
      + sheet.facts.map { "| \(cell($0.name)) | \($0.lines.map(cell).joined(separator: "<br>")) |\n" }
      .joined()
  }

  func table(_ table: ReportTable) -> String {
    let titles = table.columns.map { cell($0.name.lowercased()) }.joined(separator: " | ")
    let rules = table.columns.map { $0.isNumber ? "---:" : "---" }.joined(separator: "|")
    return "| \(titles) |\n|\(rules)|\n"
      + table.rows.map { "| " + $0.map(cell).joined(separator: " | ") + " |\n" }.joined()
  }

  private func cell(_ text: String) -> String { escaped(Printable.cut(text, Self.cellLength)) }

  /// The text with everything escaped that Markdown gives a meaning.
  ///
  /// Source: https://spec.commonmark.org/0.31.2/#backslash-escapes
  private func escaped(_ text: String) -> String {
    // All of them are ASCII, so bytes will do.
    guard text.utf8.contains(where: special.contains) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if special.contains(byte) { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private let special = Set("\\`*_[]<>#|&~@".utf8)
}
