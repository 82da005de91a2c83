import ArgumentParser
import Foundation
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables
import SpartaJournal

/// The variables of the environment, over those of the `.env` file.
struct Variables: Sendable {
  /// All of them, by name.
  let values: [String: String]
  /// Those of the environment alone.
  let environment: [String: String]
  /// Those that were taken from the file.
  let file: [String: String]
  /// The file's name; nil when there is none.
  let fileName: String?
  /// Names in the file that are never taken from one, in order.
  let ignored: [String]
  /// All that the file has.
  private let whole: [String: String]

  /// Reads the environment and the file: the one named, or `.env` where it exists.
  init(file: String?) throws {
    // A link that leads nowhere is there, too: what it was to say is not to be passed over in silence.
    let name = file ?? (FileTrust(".env").flaw?.kind == .missing ? nil : ".env")
    let read = try name.map(EnvironmentFile.read) ?? [:]
    self.init(file: read, fileName: name, environment: ProcessInfo.processInfo.environment)
  }

  /// Variables without a file.
  init(_ values: [String: String]) { self.init(file: [:], fileName: nil, environment: values) }

  /// Variables of both places.
  init(
    file read: [String: String], fileName: String?, environment: [String: String],
    migrations: [any Migration] = CommandCatalog.current.migrations
  ) {
    let taken = FileVariables.names(migrations)
    file = read.filter { taken.contains($0.key) }
    ignored = read.keys.filter { !taken.contains($0) }.sorted()
    values = file.merging(environment) { _, real in real }
    self.environment = environment
    self.fileName = fileName
    whole = read
  }

  /// Variables that a migration's file names for its tables, from the environment or the file; they mean nothing else to anybody.
  func values(of names: Set<String>) -> [String: String] {
    whole.merging(environment) { _, real in real }.filter { names.contains($0.key) && !$0.value.isEmpty }
  }

  /// The variable's value; an empty one counts as not set.
  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// A yes or a no; anything but `true`, `false`, `1` and `0` is wrong usage.
  func boolean(_ name: String) throws -> Bool? {
    switch self[name]?.lowercased() {
    case nil: return nil
    case "true", "1": return true
    case "false", "0": return false
    default:
      throw ValidationError(
        "\(name) must be 'true' or 'false' (or 1 or 0); set it to one of these or unset it")
    }
  }

  /// The line that names what was left out of the file; nil when nothing was.
  var ignoredLine: String? { ignoredLine(besides: []) }

  /// The same but for some names.
  func ignoredLine(besides names: Set<String>) -> String? {
    let ignored = ignored.filter { !names.contains($0) }
    guard !ignored.isEmpty, let fileName else { return nil }
    let names = ignored.prefix(10).map { String($0.prefix(60)) }.joined(separator: ", ")
    let more = ignored.count > 10 ? " and \(ignored.count - 10) more" : ""
    let advice =
      ignored.count == 1
      ? "which is not taken from a file: set it in the environment if it is meant"
      : "which are not taken from a file: set them in the environment if they are meant"
    return "warning: '\(fileName)' sets \(names)\(more), \(advice)"
  }
}

/// Which variables are taken from a file, which somebody else may have put into the folder: the program's own, those of the
/// target, and those that migrations name.
///
/// None of them makes a program run, names a file to trust, or leads to another server than the target and the API.
enum FileVariables {
  private static let ofTheTarget: Set<String> = [
    "DYNAMODB_ENDPOINT", "IS_LOCAL", "LOCAL_DYNAMO_DB", "DRY_RUN", "TEST_MODE", "AWS_REGION",
    "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
  ]

  /// The program's own.
  private static var own: Set<String> {
    Set(
      ["JOURNAL", "TARGET", "MIGRATIONS", "GUARD_TABLE", "REQUIRE_APPROVALS", "ALLOWED_SIGNERS"]
        .map(Program.variable))
  }

  /// Those that a migration names: what it plans with, its tables, where its replies come from, and the keys to those.
  private static func named(by migrations: [any Migration]) -> Set<String> {
    Set(
      migrations.flatMap { migration in
        migration.variables + migration.needs.tables.flatMap(\.variables)
          + migration.needs.inputs.flatMap { [$0.variable] + $0.secrets }
      })
  }

  /// All that are taken, in a program with those migrations.
  static func names(_ migrations: [any Migration]) -> Set<String> {
    ofTheTarget.union(own).union(named(by: migrations))
  }
}
