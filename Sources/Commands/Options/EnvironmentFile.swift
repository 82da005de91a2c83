import Foundation
import DynamoJournalRunner

/// Reads `.env` files as the Node.js package `dotenv` does, because that is what the users' files were written for:
/// `NAME=value # comment`, single, double and back quotes, `export NAME=value`.
///
/// Source of the rules: https://github.com/motdotla/dotenv#what-rules-does-the-parsing-engine-follow
/// (The configuration library of the Swift ecosystem reads no comment behind a value and no quotes.)
enum EnvironmentFile {
  /// The variables of the file, or a refusal that names the line.
  static func read(_ path: String) throws -> [String: String] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Refusal(
        "the environment file '\(path)' can't be read",
        remedy: "check the path given with --env-file")
    }
    var variables: [String: String] = [:]
    let lines = String(decoding: data, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }
    for (number, line) in lines.enumerated() {
      guard let (name, value) = try parse(line.trimmingCharacters(in: .whitespaces)) else {
        // The value is not repeated: it may be a secret.
        throw Refusal(
          "line \(number + 1) of '\(path)' is not NAME=value",
          remedy: "fix or remove it")
      }
      if !name.isEmpty { variables[name] = value }
    }
    return variables
  }

  /// Name and value; an empty name for a blank line or a comment; nil for what is neither.
  static func parse(_ line: String) throws -> (name: String, value: String)? {
    if line.isEmpty || line.hasPrefix("#") { return ("", "") }
    let assignment = line.hasPrefix("export ") ? String(line.dropFirst(7)) : line
    guard let equals = assignment.firstIndex(of: "=") else { return nil }
    let name = assignment[..<equals].trimmingCharacters(in: .whitespaces)
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "_.-".contains($0) }) else {
      return nil
    }
    let raw = assignment[assignment.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    return (name, value(raw))
  }

  private static func value(_ raw: String) -> String {
    guard let quote = raw.first, "\"'`".contains(quote), let content = quoted(raw.dropFirst(), quote) else {
      return raw.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
    }
    return quote == "\"" ? content.replacingOccurrences(of: "\\n", with: "\n") : content
  }

  /// What stands before the closing quote; one behind a backslash does not close, and the backslash stays.
  private static func quoted(_ text: Substring, _ quote: Character) -> String? {
    var isEscaped = false
    for index in text.indices {
      if text[index] == quote && !isEscaped { return String(text[..<index]) }
      isEscaped = text[index] == "\\" && !isEscaped
    }
    return nil
  }
}
