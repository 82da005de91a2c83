import DynamoJournalRunner
import Foundation

/// A folder with migrations in files, each called as its file.
package struct MigrationFolder: Sendable {
  /// What the files of migrations end with.
  package static let endings = ["yaml", "yml", "json"]

  /// A file of the folder.
  package struct Entry: Hashable, Sendable {
    /// The migration's name: the file's without its ending.
    package let name: String
    /// Its path.
    package let path: String
  }

  /// The folder's path.
  package let path: String
  /// The files, sorted by name.
  package let entries: [Entry]

  /// Looks into a folder.
  ///
  /// - Parameter isNamed: whether somebody named it; else one that is missing has no files.
  /// - Throws: `DefinitionError` for one that is named and missing, and for what is no folder.
  package init(_ path: String, isNamed: Bool) throws(DefinitionError) {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      guard isNamed else {
        entries = []
        return
      }
      throw DefinitionError("there is no folder '\(path)': name the one with the migrations in files")
    }
    guard isFolder.boolValue, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      // A file of the usual name that nobody has named means something else.
      if !isNamed {
        entries = []
        return
      }
      throw DefinitionError("'\(path)' can't be read as a folder: name the one with the migrations in files")
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    entries = names.filter(Self.isMigration).map { Entry(name: Self.stem($0), path: folder + $0) }
      .sorted { ($0.name, $0.path) < ($1.name, $1.path) }
  }

  /// A folder with those files.
  init(path: String, entries: [Entry]) {
    self.path = path
    self.entries = entries
  }

  /// The variables that its files have in them, whatever else is in them.
  package func variableNames() -> Set<String> {
    entries.reduce(into: []) { names, entry in
      guard let text = (try? FileText.read(entry.path))?.text else { return }
      for match in text.matches(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)/) { names.insert(String(match.1)) }
    }
  }

  /// Whether that is called as the files of migrations are.
  package static func isMigration(_ file: String) -> Bool {
    !file.hasPrefix(".") && endings.contains { file.hasSuffix("." + $0) }
  }

  /// Whether that names a file by its path rather than a migration by its name.
  package static func isPath(_ typed: String) -> Bool { typed.contains("/") || isMigration(typed) }

  /// The name without folder and ending.
  package static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return endings.first { file.hasSuffix("." + $0) }.map { String(file.dropLast($0.count + 1)) } ?? file
  }

  /// The file of that name; nil for none.
  ///
  /// - Throws: `DefinitionError` when there are two.
  package func file(named name: String) throws(DefinitionError) -> Entry? {
    let found = entries.filter { $0.name == name }
    guard found.count < 2 else {
      throw DefinitionError(
        "the migration '\(name)' stands in \(found.map { "'\($0.path)'" }.joined(separator: " and ")): rename one of them"
      )
    }
    return found.first
  }
}

/// A migration's file, read.
package struct MigrationFile: Sendable {
  /// Its path.
  package let path: String
  /// The name that the path gives.
  package let stem: String
  /// What it says.
  package let definition: MigrationDefinition
  private let text: FileText

  /// Reads a file.
  ///
  /// - Parameter isNamed: whether it was found by its name, which it then has to have inside, too.
  /// - Throws: `DefinitionError`.
  package init(_ path: String, isNamed: Bool) throws(DefinitionError) {
    text = try FileText.read(path)
    self.path = path
    stem = MigrationFolder.stem(path)
    definition = try DefinitionReader.read(text, stem: stem, requiresName: isNamed)
  }

  /// `sha256:` and the digest of a file's text, whatever is in it; nil for one that can't be read.
  package static func digest(of path: String) -> String? {
    (try? FileText.read(path)).map { CapturedDefinition.digest(Array($0.text.utf8)) }
  }

  /// The migration with values for its variables and parameters.
  ///
  /// - Throws: `DefinitionError`.
  package func migration(
    variables: [String: String], parameters: [String: String]
  ) throws(DefinitionError) -> FileMigration {
    try FileMigration(
      CapturedDefinition(
        .file(path: path, stem: stem, text: text.text), variables: variables, parameters: parameters,
        place: URL(fileURLWithPath: path).path))
  }
}
