import ArgumentParser
import DynamoJournalFiles
import DynamoJournalProgram
import DynamoJournalRunner

/// The migrations that a command can name: those of the program, and those in files.
struct MigrationFinder {
  /// What a name has led to.
  enum Found {
    /// A migration of the program.
    case own(any Migration)
    /// A file.
    case file(MigrationFile)
  }

  let catalog: Catalog
  let folder: MigrationFolder

  /// What somebody has typed: a name, or a path.
  ///
  /// - Throws: `ValidationError` for a name that nothing has, with the one that was probably meant; `DefinitionError` for a file
  ///   that is no migration; `Refusal` for a name that two have.
  func find(_ typed: String) throws -> Found {
    if MigrationFolder.isPath(typed) {
      let file = try MigrationFile(typed, isNamed: false)
      try refuseDouble(file.definition.name, file.path)
      return .file(file)
    }
    let own = catalog.migration(named: typed)
    if let entry = try folder.file(named: typed) {
      try refuseDouble(typed, entry.path)
      return .file(try MigrationFile(entry.path, isNamed: true))
    }
    guard let own else { throw unknown(typed) }
    return .own(own)
  }

  /// The same, and on a terminal the only migration that begins with what was typed, once somebody says that it is meant.
  ///
  /// - Throws: what `find` throws; `Refusal` for a no.
  func findAsking(_ typed: String) throws -> Found {
    guard Console.canAsk, !MigrationFolder.isPath(typed), try folder.file(named: typed) == nil,
      catalog.migration(named: typed) == nil
    else { return try find(typed) }
    let meant = beginning(with: typed)
    guard meant.count == 1 else { return try find(typed) }
    guard Question.ask("There is no migration '\(typed)'. Run '\(meant[0])'?", StopSignal()) == true else {
      throw Refusal(
        "nothing was run: there is no migration '\(typed)'", remedy: "type '\(meant[0])' if it is meant")
    }
    return try find(meant[0])
  }

  /// The names that begin with a word, or with that number.
  private func beginning(with typed: String) -> [String] {
    let wanted = typed.lowercased()
    let names = catalog.names + folder.entries.map(\.name)
    let begun = names.filter { !wanted.isEmpty && $0.lowercased().hasPrefix(wanted) }
    guard begun.isEmpty, let number = Int(wanted) else { return begun }
    return names.filter { Int($0.prefix { $0.isNumber }) == number }
  }

  private func refuseDouble(_ name: String, _ path: String) throws {
    guard catalog.migration(named: name) != nil else { return }
    throw Refusal(
      "'\(name)' names both a migration of this program and the one in '\(path)': give the file another name")
  }

  private func unknown(_ typed: String) -> ValidationError {
    let names = catalog.names + folder.entries.map(\.name)
    let begun = beginning(with: typed)
    if begun.count > 1 {
      let words = begun.map { "'\($0)'" }.joined(separator: ", ")
      return ValidationError("there is no migration '\(typed)': type one of \(words)")
    }
    let meant = begun.first ?? Catalog.nearest(to: typed, among: names)
    let hint = meant.map { ", did you mean '\($0)'?" } ?? ":"
    return ValidationError("there is no migration '\(typed)'\(hint) '\(Program.command("list"))' shows all")
  }
}

extension MigrationFinder.Found {
  /// The variables that the names of its tables are made from.
  var variables: Set<String> {
    if case .file(let file) = self { Set(file.definition.variables) } else { [] }
  }

  /// All that it takes from `.env`, too.
  var allVariables: Set<String> {
    if case .file(let file) = self { variables.union(file.definition.inputVariables) } else { [] }
  }

  /// The migration, with values for what its file leaves open.
  ///
  /// - Throws: `ValidationError` for parameters of a migration that has none; `DefinitionError`.
  func migration(_ variables: Variables, _ parameters: ParameterOptions) throws -> any Migration {
    let values = try parameters.values()
    switch self {
    case .own(let migration):
      if let name = values.keys.sorted().first {
        throw ValidationError("\(migration.name) has no parameter '\(name)': leave out --param")
      }
      return migration
    case .file(let file):
      return try ProgramFileMigration.migration(
        file.migration(variables: variables.values(of: self.variables), parameters: values))
    }
  }
}

extension Migration {
  private var ownFile: FileMigration? { (self as? ProgramFileMigration)?.file ?? self as? FileMigration }

  /// The settings that it brings along: those of a file, and what the addresses of its inputs are made from as it is now.
  func ownSettings(_ variables: Variables) -> [String: String] {
    guard let file = ownFile else { return [:] }
    return variables.values(of: Set(file.specification.inputVariables)).merging(file.settings) { $1 }
  }
}
