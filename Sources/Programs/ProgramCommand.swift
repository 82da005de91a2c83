import Crypto
import Foundation
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables

/// The program, its arguments, its folder and its variables.
package struct ProgramCommand: Sendable {
  /// The file that is executed.
  package let path: String
  /// The arguments.
  package let arguments: [String]
  /// The folder that it works in.
  package let folder: String
  /// Its whole environment.
  package let environment: [String: String]

  /// Finds the program: relative to the folder when its name has a slash, else by PATH.
  ///
  /// - Throws: `ProgramFault.notStarted`, or a `Refusal` for a variable that it must not get.
  package init(_ definition: ProgramDefinition, _ settings: Settings) throws {
    guard let program = definition.command.first, !program.isEmpty else {
      throw ProgramFault.notStarted(program: "", reason: "'exec' is empty: name a program")
    }
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    folder = definition.folder
    arguments = Array(definition.command.dropFirst())
    environment = try ProgramEnvironment.make(definition.environment, settings, path: search)
    path = try Self.find(program, in: definition.folder, search)
  }

  private static func find(_ program: String, in folder: String, _ search: String) throws -> String {
    let candidates =
      program.contains("/")
      ? [absolute(program, folder)] : search.split(separator: ":").map { "\($0)/\(program)" }
    var isThere = false
    for path in candidates {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        continue
      }
      if access(path, X_OK) == 0 { return path }
      isThere = true
    }
    let reason =
      isThere
      ? "it is not executable: 'chmod +x' it, or name its interpreter first, as in exec: [python3, \(program)]"
      : program.contains("/")
        ? "there is no such file: paths are relative to the migration's file"
        : "PATH has none of that name: install it, or give its path"
    throw ProgramFault.notStarted(program: program, reason: reason)
  }

  static func absolute(_ path: String, _ folder: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  /// The regular files beside the migration, or elsewhere, that the command names.
  static func files(_ definition: ProgramDefinition) -> [String] {
    definition.command.map { absolute($0, definition.folder) }.filter { path in
      var found = stat()
      return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
    }
  }

  /// `sha256:` and the digest of the migration's text, the command, and every file that the command names.
  package static func digest(_ definition: ProgramDefinition) -> String {
    var hash = SHA256()
    func add(_ bytes: [UInt8]) {
      hash.update(data: Array("\(bytes.count):".utf8))
      hash.update(data: bytes)
    }
    add(definition.text)
    for word in definition.command {
      add(Array(word.utf8))
      // A program that PATH finds belongs to the machine; what lies beside the migration belongs to it.
      add(contents(of: absolute(word, definition.folder)))
    }
    return "sha256:" + hash.finalize().map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
  }
}

extension ProgramCommand {
  /// Bytes of a file that its digest covers: no program is longer, and 'list' reads them, too.
  private static let longestFile = 64 << 20

  /// What a file holds, and nothing of what is no regular file: a device would never end.
  private static func contents(of path: String) -> [UInt8] {
    guard !FileKind.waitsForOthers(path), let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    return (try? file.read(upToCount: longestFile)).flatMap { $0.map(Array.init) } ?? []
  }
}

/// The variables that a program gets.
package enum ProgramEnvironment {
  /// What every program gets: where programs are, and a language and a time zone that are the same everywhere.
  static func bare(path: String) -> [String: String] {
    ["PATH": path, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
  }

  /// The variables that are handed over, by name, beside PATH and the language.
  ///
  /// - Throws: `Refusal` for a name that may be a secret's, or one that tells where journal and tables are.
  package static func make(_ names: [String], _ settings: Settings, path: String) throws -> [String: String] {
    var result = bare(path: path)
    for name in names {
      if let reason = reason(against: name) {
        throw Refusal("the program can't get the variable \(name): \(reason); leave it out of 'env'")
      }
      if let value = settings[name] { result[name] = value }
    }
    return result
  }

  private static func reason(against name: String) -> String? {
    let upper = name.uppercased()
    if upper.hasPrefix("AWS_") { return "it is AWS's own" }
    if upper.hasPrefix(Program.variable("")) { return "it is this program's own" }
    if upper.hasPrefix("LD_") || upper.hasPrefix("DYLD_") { return "it changes what is loaded into programs" }
    let words = ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "APIKEY", "PRIVATE_KEY"]
    if words.contains(where: upper.contains) { return "its name is a secret's" }
    let isName =
      !upper.isEmpty
      && upper.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    return isName ? nil : "it is not the name of a variable"
  }
}
