import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalFiles
import DynamoJournalJSON
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// A migration whose file leaves planning to a program: the file's name, settings and text, and the program's plan.
struct ProgramFileMigration: DefinedMigration {
  let file: FileMigration
  private let program: ProgramMigration

  /// The migration of a file: this one where the file names a program, else the file's own.
  ///
  /// - Throws: `DefinitionError`.
  static func migration(_ file: FileMigration) throws -> any Migration {
    guard let program = file.specification.program else { return file }
    return try ProgramFileMigration(file, program)
  }

  private init(_ file: FileMigration, _ program: DynamoJournalFiles.ProgramDefinition) throws {
    guard case .file(let path, _, let text) = file.captured.origin else {
      throw DefinitionError("only a file can name a program", isUsage: true)
    }
    var definition = DynamoJournalPrograms.ProgramDefinition(
      name: file.name, summary: file.summary, tableDefault: file.needs.tables.first?.defaultName,
      condition: try Self.condition(file.specification.condition), command: program.arguments,
      folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    definition.environment = program.environment
    definition.params = file.parameters.sorted { $0.key < $1.key }.map {
      JSONValue.Member(name: $0.key, value: Self.json($0.value))
    }
    if let timeout = program.timeout { definition.timeout = max(1, Int(timeout.rounded(.up))) }
    definition.onError = file.specification.onFailure == .note ? .note : .fail
    definition.expect = try Self.condition(file.specification.expectation)
    definition.maxChanges = file.specification.limits.changes
    definition.maxDeleteShare = file.specification.limits.deleteShare.flatMap { Double($0.description) }
    definition.text = Array(text.utf8)
    self.file = file
    self.program = ProgramMigration(definition)
  }

  private static func condition(_ source: ExpressionSource?) throws -> Condition? {
    guard let source else { return nil }
    do { return try Condition(source) } catch { throw DefinitionError(error) }
  }

  private static func json(_ value: AttributeValue) -> JSONValue {
    switch value {
    case .number(let number): .number(number.description)
    case .bool(let flag): .bool(flag)
    default: .string(value.stringValue ?? "")
    }
  }

  // MARK: Migration

  var name: String { file.name }
  var summary: String { file.summary }
  var version: Int { file.version }
  /// The digest of the file's text and of the program's files.
  var code: MigrationCode { program.code }
  var variables: [String] { file.variables + program.variables.filter { !file.variables.contains($0) } }
  var needs: Needs { file.needs }
  var testLimit: Int { file.testLimit }
  var definition: RunDefinition { file.definition }

  func check(_ settings: Settings, _ tables: TableReader) async throws {
    try requireOwnFile()
    try await file.needs.check(settings, tables)
    try await program.check(settings, tables)
  }

  func plan(_ planner: Planner) async throws {
    try requireOwnFile()
    try await program.plan(planner)
  }

  /// A journal can be forged, and what it keeps of a file names a program to start: only what the file itself says now, and a file
  /// that nobody else can write, is started.
  private func requireOwnFile() throws {
    guard case .file(let path, _, let text) = file.captured.origin else { return }
    guard let now = try? FileText.read(path), now.text == text else {
      throw Refusal(
        "'\(path)' is not there as it was when the run began, and a journal alone starts no program",
        remedy: "put the file back, and type this in the folder where the run was begun; or start a new run")
    }
    if let flaw = OwnedFile.flaw(path) {
      throw Refusal("'\(path)' \(flaw), and it names a program to start", remedy: "chmod go-w '\(path)'")
    }
  }
}
