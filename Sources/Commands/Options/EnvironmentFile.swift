import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// A file of variables: looked at before it is trusted, and read as `DotEnv` says.
enum EnvironmentFile {
  /// More than anybody writes by hand.
  private static let largest = 1 << 20

  /// What was read through a pipe, which can be read once only and is asked for more than once.
  private static let piped = PipedFiles()

  /// The variables of the file, or a refusal that names the line.
  static func read(_ path: String) throws -> [String: String] {
    // Nothing at all, for somebody who wants no `.env`.
    if path == "/dev/null" { return [:] }
    try check(path)
    let found = FileKind.isOpened(path) ? try piped.bytes(path, bytes) : try bytes(path)
    do { return try DotEnv.variables(text(found, path)) } catch let flaw as DotEnv.Flaw {
      // The value is not repeated: it may be a secret.
      throw Refusal("line \(flaw.line) of '\(path)' \(flaw.reason)", remedy: "fix or remove it")
    }
  }

  /// Who can write the file decides where this program's credentials go.
  private static func check(_ path: String) throws(Refusal) {
    guard !FileKind.isOpened(path), let flaw = FileTrust(path, isOfOwner: true).flaw else { return }
    let remedy =
      flaw.kind == .missing
      ? "check the path given with --env-file"
      : (flaw.command ?? "name another with --env-file") + "; or set the variables in the environment"
    throw Refusal(
      flaw.kind == .missing
        ? "the environment file '\(path)' can't be read" : "the environment file '\(path)' \(flaw.words)",
      remedy: remedy)
  }

  private static func bytes(_ path: String) throws(Refusal) -> [UInt8] {
    let data = FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: largest + 1) ?? Data() }
    guard let data else {
      throw Refusal(
        "the environment file '\(path)' can't be read", remedy: "check the path given with --env-file")
    }
    guard data.count <= largest else {
      throw Refusal(
        "the environment file '\(path)' is larger than \(largest >> 20) MB",
        remedy: "check that it is a file of variables")
    }
    return Array(data)
  }

  private static func text(_ bytes: [UInt8], _ path: String) throws(Refusal) -> String {
    if let form = ForeignForm(encodingOf: bytes, file: path) {
      throw Refusal("the environment file '\(path)' is \(form.name)", remedy: form.remedy)
    }
    guard let text = String(bytes: bytes, encoding: .utf8), !text.unicodeScalars.contains("\0") else {
      let line = 1 + bytes.prefix(firstFault(bytes)).count { $0 == 0x0A }
      throw Refusal("line \(line) of '\(path)' is not text in UTF-8", remedy: "save the file as UTF-8")
    }
    return text
  }

  /// Where the bytes are no text any more.
  private static func firstFault(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator), scalar != "\0" {
      offset += UTF8.width(scalar)
    }
    return offset
  }
}

/// Files that can be read once, as they were read: the lock guards the dictionary, hence the unchecked conformance.
private final class PipedFiles: @unchecked Sendable {
  private let lock = NSLock()
  private var known: [String: [UInt8]] = [:]

  func bytes(_ path: String, _ read: (String) throws -> [UInt8]) throws -> [UInt8] {
    try lock.withLock {
      if let bytes = known[path] { return bytes }
      let bytes = try read(path)
      known[path] = bytes
      return bytes
    }
  }
}
