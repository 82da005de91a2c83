import ArgumentParser
import DynamoJournalFiles
import DynamoJournalProgram

/// Where migrations in files are.
struct MigrationOptions: ParsableArguments {
  static let usual = "migrations"

  @Option(
    help: ArgumentHelp(
      "The folder with migrations in files. (default: $\(Program.variable("MIGRATIONS")) or '\(MigrationOptions.usual)', where there is one)",
      valueName: "folder"))
  var migrations: String?

  /// The folder, looked into.
  func folder(_ variables: Variables) throws -> MigrationFolder {
    try Self.folder(migrations, variables)
  }

  /// The folder that is named by an option, else by the variable, else the usual one.
  static func folder(_ option: String?, _ variables: Variables) throws -> MigrationFolder {
    if let named = option ?? variables[Program.variable("MIGRATIONS")] {
      return try MigrationFolder(named, isNamed: true)
    }
    return try MigrationFolder(usual, isNamed: false)
  }
}

/// Values for the parameters of a migration's file.
struct ParameterOptions: ParsableArguments {
  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("A parameter of the migration's file; again for each.", valueName: "name=value"))
  var parameters: [String] = []

  /// The values by name.
  func values() throws -> [String: String] {
    var values: [String: String] = [:]
    for text in parameters {
      guard let end = text.firstIndex(of: "="), end > text.startIndex else {
        throw ValidationError("--param takes a name and a value: write for example --param plan=free")
      }
      let name = String(text[..<end])
      guard values.updateValue(String(text[text.index(after: end)...]), forKey: name) == nil else {
        throw ValidationError("--param \(name) is given twice: leave one of them out")
      }
    }
    return values
  }
}
