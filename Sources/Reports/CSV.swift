/// Comma-separated values as RFC 4180 has them, harmless in a spreadsheet.
package enum CSV {
  /// A line with its end.
  ///
  /// - Parameter fields: nil for an empty field.
  package static func line(_ fields: [String?]) -> String {
    fields.map { field($0 ?? "") }.joined(separator: ",") + "\r\n"
  }

  /// A field: what a spreadsheet would take for a formula has an apostrophe before it, and characters that do something to a
  /// terminal or hide in a text are written as JSON's escapes.
  ///
  /// Sources: https://www.rfc-editor.org/rfc/rfc4180#section-2, https://owasp.org/www-community/attacks/CSV_Injection
  package static func field(_ text: String) -> String {
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
    let safe = Printable.escaped((isFormula ? "'" : "") + text)
    guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
