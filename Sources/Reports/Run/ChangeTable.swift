import DynamoJournalEvents

/// The changes of a run as comma-separated values, a line each: what a spreadsheet or a script reads.
///
/// Source: RFC 4180. A field that a spreadsheet would take for a formula gets an apostrophe before it.
/// Source: https://owasp.org/www-community/attacks/CSV_Injection
package struct ChangeTable: Sendable {
  private static let columns = [
    "run", "change", "unit", "stage", "kind", "table", "key", "before", "after", "state", "at", "by", "code",
    "message", "found",
  ]
  private let run: String
  private let changes: ReportedChanges
  private let showValues: Bool

  /// The changes of a run.
  ///
  /// - Parameter showValues: whether the items that were found in conflicts are shown.
  package init(run: String, _ changes: ReportedChanges, showValues: Bool) {
    self.run = run
    self.showValues = showValues
    self.changes = changes
  }

  /// The line of the columns' names.
  static var head: String { line(columns) }

  /// Writes all of them; `emit` gets a line at a time, ended by CR and LF.
  ///
  /// - Throws: `JournalError`, and what `emit` throws.
  package func write(_ emit: (String) throws -> Void) async throws {
    try emit(Self.head)
    try await changes.forEach { try emit(Self.line(fields($0))) }
  }

  /// Images as they stand in the journal; characters that steer a terminal are JSON's escapes, which mean the same.
  private func fields(_ change: ReportedChange) -> [String] {
    func image(_ bytes: [UInt8]?) -> String {
      bytes.map { Printable.escaped(String(decoding: $0, as: UTF8.self)) } ?? ""
    }
    let row = change.row
    return [
      run, String(row.ordinal), String(row.unit), String(row.stage), ChangeFilter.kind(of: row).rawValue,
      row.table, image(row.key), image(row.before), image(row.after), change.fate.rawValue,
      change.outcome.map { Timestamp.text($0.at) } ?? "", change.outcome?.by.name ?? "",
      change.outcome?.detail.code ?? "", change.outcome?.detail.message ?? "",
      showValues ? Printable.escaped(change.outcome?.detail.found ?? "") : "",
    ]
  }

  /// A line of fields.
  package static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static let formulas = Set("=+-@\t\r")

  private static func field(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, formulas.contains(Character(first)) { text = "'" + text }
    text = Printable.text(text)
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
