import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalTables

/// Text on its way to a terminal.
package enum Printable {
  /// The text with control characters shown as escapes, so that an item's data can't steer the terminal or forge lines.
  ///
  /// Escaped are Unicode's categories Cc and Cf (direction marks are among the latter) and the two line separators.
  package static func text(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same for a text of several lines, which stay lines.
  package static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { Printable.text(String($0)) }
      .joined(separator: "\n")
  }

  /// Text or JSON with the same characters as JSON's escapes, line ends apart: in a document such characters stand in strings only,
  /// so that it says the same as before.
  ///
  /// Source: https://www.rfc-editor.org/rfc/rfc8259#section-7
  package static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0 != "\n" && isUnsafe($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" || !isUnsafe(scalar) {
        result.append(scalar)
      } else {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          let digits = String(unit, radix: 16)
          result.append(
            contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
        }
      }
    }
    return String(result)
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  /// An item's key, or what stands for the table itself.
  static func key(_ key: [UInt8]?) -> String {
    guard let key else { return "(table)" }
    guard let attributes = try? DynamoDBJSON.item(from: key) else {
      return text(String(decoding: key, as: UTF8.self))
    }
    return text(Key(attributes).description)
  }

  /// A value as short as it can be said: strings in quotation marks, numbers and truth values bare, else DynamoDB JSON.
  static func value(_ value: AttributeValue, limit: Int = 60) -> String {
    let whole =
      switch value {
      case .string(let text): JSONValue.string(text.string).text()
      case .number(let number): number.text
      case .bool(let value): value ? "true" : "false"
      case .null: "null"
      default: DynamoDBJSON.text(value)
      }
    return cut(text(whole), limit)
  }

  /// The text, or its beginning and an ellipsis when it is longer.
  static func cut(_ text: String, _ limit: Int) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }

  /// A number with its noun: `1 change`, `2 changes`.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    Plural.count(number, singular, plural)
  }

  /// A word as a POSIX shell takes it: bare where nothing in it is special, else in single quotation marks.
  static func shellWord(_ word: String) -> String { ShellWord.text(word) }
}
