import Crypto

/// The digest of a migration's source, as `started` keeps it.
package enum CodeDigest {
  /// SHA-256 over the lines of the files in order, as `sha256:` and hexadecimal digits.
  ///
  /// What can't change a plan is left out, so that it raises no false alarm: indentation, empty lines, lines of comment.
  /// So are the version and the digest themselves, which stand in the same file.
  package static func of(_ sources: [String]) -> String {
    var encoding = CanonicalEncoding()
    for source in sources {
      let lines = source.replacing(#/sha256:[0-9a-f]{64}|let version = \d+/#, with: "")
        .split(separator: "\n").map { $0.drop(while: \.isWhitespace) }
        .filter { !$0.isEmpty && !$0.hasPrefix("//") }
      encoding.add(text: lines.joined(separator: "\n"))
    }
    return "sha256:" + Hexadecimal.text(encoding.sha256)
  }
}
