import Foundation

/// Whether a file can be relied on: a file, of this user, that nobody else can write.
///
/// A link is followed, as long as it is this user's, too: whoever can replace it decides what is read and written.
package struct FileTrust: Sendable {
  /// What is wrong with a file.
  package struct Flaw: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case missing
      case notAFile
      case foreign
      case open
    }

    /// What it is about.
    package let kind: Kind
    /// A predicate for the file's name.
    package let words: String
    /// The command that puts it right; nil where none does.
    package let command: String?
  }

  private let path: String
  private let isOfOwner: Bool

  /// - Parameter isOfOwner: whether it must be this user's (or root's) even for root, who can use anybody's.
  package init(_ path: String, isOfOwner: Bool = false) {
    self.path = path
    self.isOfOwner = isOfOwner
  }

  /// What is wrong with the file; nil when nothing is.
  package var flaw: Flaw? {
    var link = stat()
    var facts = stat()
    guard lstat(path, &link) == 0 else { return Flaw(kind: .missing, words: "is not there", command: nil) }
    let isLink = link.st_mode & S_IFMT == S_IFLNK
    if isLink && !isOurs(link) { return foreign("is a link of another user", isLink: true) }
    guard stat(path, &facts) == 0 else {
      return Flaw(
        kind: .notAFile, words: "is a link that leads nowhere", command: "rm \(ShellWord.text(path))")
    }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: return Flaw(kind: .notAFile, words: "is a folder", command: nil)
    default: return Flaw(kind: .notAFile, words: "is a pipe, a socket or a device", command: nil)
    }
    if !isOurs(facts) { return foreign("belongs to another user (uid \(facts.st_uid))", isLink: false) }
    guard facts.st_mode & (S_IWGRP | S_IWOTH) != 0 else { return nil }
    return Flaw(kind: .open, words: "can be written by others", command: "chmod go-w \(ShellWord.text(path))")
  }

  /// The same for a database of SQLite's, which keeps files beside it and follows links there.
  package var flawOfDatabase: Flaw? {
    if let flaw { return flaw }
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    let file = resolved.map { String(cString: $0) } ?? path
    for sibling in ["-wal", "-shm", "-journal"].map({ file + $0 }) {
      var facts = stat()
      guard lstat(sibling, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else { continue }
      return Flaw(
        kind: .notAFile, words: "has '\(sibling)' beside it, which is not a file",
        command: "rm \(ShellWord.text(sibling))")
    }
    return nil
  }

  private func foreign(_ words: String, isLink: Bool) -> Flaw {
    let command =
      "chown \(isLink ? "-h " : "")\"$(id -u)\" \(ShellWord.text(path)) && chmod go-w \(ShellWord.text(path))"
    return Flaw(kind: .foreign, words: words, command: "if you trust it: " + command)
  }

  private func isOurs(_ facts: stat) -> Bool {
    if facts.st_uid == geteuid() || facts.st_uid == 0 { return true }
    guard geteuid() == 0 else { return false }
    // Who called sudo can do what root can.
    return !isOfOwner || ProcessInfo.processInfo.environment["SUDO_UID"] == String(facts.st_uid)
  }
}
