import Foundation

/// Reads the text of a `.env` file as the Node.js package `dotenv` does, because that is what the users' files were written for.
///
/// The expression is dotenv's own, so that no form is read differently; but a line that dotenv passes over in silence is named.
/// Source: https://github.com/motdotla/dotenv/blob/master/lib/main.js (version 16 and later)
enum DotEnv {
  /// Why a text can't be read. It never holds a value, which may be a secret.
  struct Flaw: Error, Hashable {
    /// From 1.
    let line: Int
    /// As a clause about the line.
    let reason: String
  }

  /// The variables by name; of two with one name, the last one's value.
  static func variables(_ text: String) throws -> [String: String] {
    let text = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    let expression = try NSRegularExpression(
      pattern: pattern, options: [.anchorsMatchLines, .useUnixLineSeparators])
    let whole = text as NSString
    var variables: [String: String] = [:]
    var end = 0
    var last: String?
    for match in expression.matches(in: text, range: NSRange(location: 0, length: whole.length)) {
      try checkGap(whole, end, match.range.location, after: last)
      let raw = match.range(at: 2).location == NSNotFound ? "" : whole.substring(with: match.range(at: 2))
      last = raw.trimmingCharacters(in: space)
      variables[whole.substring(with: match.range(at: 1))] = value(last ?? "")
      end = match.range.location + match.range.length
    }
    try checkGap(whole, end, whole.length, after: last)
    return variables
  }

  /// White space as JavaScript has it, the mark of a byte order included.
  private static let spaces =
    #"[\t\n\x0B\f\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}]"#
  private static let space = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "\u{FEFF}"))

  private static let pattern =
    #"^S*(?:export S+)?([A-Za-z0-9_.-]+)(?:S*=S*?|:S+?)"#.replacing(" ", with: "")
    .replacing("S", with: spaces)
    + #"(S*'(?:\\'|[^'])*'|S*"(?:\\"|[^"])*"|S*`(?:\\`|[^`])*`|[^#\n]+)?S*(?:#.*)?$"#
    .replacing("S", with: spaces)

  /// Without its quotation marks; `\n` and `\r` mean what they say in double ones only.
  private static func value(_ trimmed: String) -> String {
    guard let quote = trimmed.first, "\"'`".contains(quote) else { return trimmed }
    let isClosed = trimmed.count > 1 && trimmed.last == quote
    let inner = isClosed ? String(trimmed.dropFirst().dropLast()) : trimmed
    return quote == "\"" ? inner.replacing("\\n", with: "\n").replacing("\\r", with: "\r") : inner
  }

  // MARK: What is no variable

  /// Looks at what stands between two variables: nothing but blank lines and comments may.
  private static func checkGap(_ text: NSString, _ start: Int, _ end: Int, after last: String?) throws(Flaw) {
    guard end > start else { return }
    let gap = text.substring(with: NSRange(location: start, length: end - start))
    let before = text.substring(to: start)
    var number = before.count { $0 == "\n" } + 1
    for line in gap.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = line.trimmingCharacters(in: space)
      if !line.isEmpty && !line.hasPrefix("#") {
        throw Flaw(line: number, reason: isOpen(last) ? openReason(before) : reason(line))
      }
      number += 1
    }
  }

  /// Whether a value begins with a quotation mark that nothing closes.
  private static func isOpen(_ value: String?) -> Bool {
    guard let value, let quote = value.first, "\"'`".contains(quote) else { return false }
    return value.count == 1 || value.last != quote
  }

  private static func openReason(_ before: String) -> String {
    let line = before.count { $0 == "\n" } + 1 - (before.hasSuffix("\n") ? 1 : 0)
    return "is not NAME=value, and nothing closes the quotation mark of the value in line \(line)"
  }

  private static func reason(_ line: String) -> String {
    var line = line
    if line.hasPrefix("export"), line.dropFirst(6).first?.isWhitespace == true {
      line = line.dropFirst(6).trimmingCharacters(in: space)
    }
    guard let mark = line.firstIndex(of: "=") else { return "is not NAME=value: it has no '='" }
    let name = line[..<mark].trimmingCharacters(in: space)
    if name.isEmpty { return "is not NAME=value: it has no name before the '='" }
    return "is not NAME=value: a name has only letters of ASCII, digits, '_', '.' and '-'"
  }
}
