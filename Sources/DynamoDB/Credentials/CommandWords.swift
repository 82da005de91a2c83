import Foundation

/// The words of a `credential_process` setting, split as AWS's tools split it: by the rules of a POSIX shell for blanks,
/// quotes and backslashes, and nothing else. No shell runs it, so nothing in it is expanded or substituted.
enum CommandWords {
  /// - Returns: nil when a quote is left open, a backslash stands at the end, or there is no word.
  static func words(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = text[...]
    while let character = rest.popFirst() {
      switch (quote, character) {
      case (nil, " "), (nil, "\t"):
        words += [word].compactMap(\.self)
        word = nil
      case (nil, "'"), (nil, "\""):
        quote = character
        word = word ?? ""
      case (nil, "\\"):
        guard let next = rest.popFirst() else { return nil }
        word = (word ?? "") + String(next)
      case ("\"", "\\"):
        guard let next = rest.popFirst() else { return nil }
        word = (word ?? "") + (next == "\"" || next == "\\" ? "" : "\\") + String(next)
      case (let open?, character) where open == character: quote = nil
      default: word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { return nil }
    words += [word].compactMap(\.self)
    return words.isEmpty ? nil : words
  }

  /// The program's path: as it is with a slash, else the first executable of that name in `PATH`.
  static func program(_ name: String, path: String) -> String? {
    if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
