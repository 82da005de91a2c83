import ArgumentParser
import Foundation

/// A path that somebody has typed or set for a file of this program's.
///
/// A shell replaces `~` at the beginning of a word only, so `--journal=~/j.sqlite` and a variable in `.env` arrive with it; and
/// SQLite takes some names for something else than a file.
enum LocalPath {
  /// The path with the home folder in the place of `~`.
  ///
  /// - Parameters:
  ///   - what: names the file in the error.
  ///   - home: the home folder; nil where there is none.
  /// - Throws: `ValidationError` for what is no path of a file.
  static func resolve(_ text: String, _ what: String, home: String?) throws -> String {
    guard !text.isEmpty else { throw ValidationError("the path of \(what) is empty: write a path") }
    if text.hasPrefix(":") {
      throw ValidationError(
        "'\(text)' is a name of SQLite's for a database in memory, and \(what) must be a file: write a path, such as ./\(text.dropFirst())"
      )
    }
    if text.lowercased().hasPrefix("file:") {
      throw ValidationError("'\(text)' is a URL, and \(what) is named by its path: leave out 'file:'")
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 }) {
      throw ValidationError("the path of \(what) has a control character in it: write a path without")
    }
    guard text == "~" || text.hasPrefix("~") else { return try fileName(text, what) }
    guard text.hasPrefix("~/"), let home, !home.isEmpty else {
      throw ValidationError(
        "'\(text)' begins with '~', which only stands for a home folder as '~/': write the whole path, or ./\(text) for a file of that name"
      )
    }
    return try fileName(home + text.dropFirst(), what)
  }

  private static func fileName(_ path: String, _ what: String) throws -> String {
    guard !path.hasSuffix("/") else {
      throw ValidationError("'\(path)' is a folder: write the path of \(what) with the name of the file")
    }
    return path
  }
}
