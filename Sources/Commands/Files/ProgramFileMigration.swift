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
  let program: ProgramMigration

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
    let (place, scope) = (file.captured.place ?? path, file.specification.scope)
    var definition = DynamoJournalPrograms.ProgramDefinition(
      name: file.name, summary: file.summary, tableDefault: file.needs.tables.first?.defaultName,
      condition: try Self.condition(file.specification.condition, scope), command: program.arguments,
      folder: URL(fileURLWithPath: place).deletingLastPathComponent().path)
    definition.environment = program.environment
    definition.params = file.parameters.sorted { $0.key < $1.key }.map {
      JSONValue.Member(name: $0.key, value: Self.json($0.value))
    }
    if let timeout = program.timeout { definition.timeout = max(1, Int(timeout.rounded(.up))) }
    definition.onError = file.specification.onFailure == .note ? .note : .fail
    definition.expect = try Self.condition(file.specification.expectation, scope)
    definition.findings = try file.specification.findings.map {
      .init(condition: try Self.read($0.condition, scope), text: $0.text)
    }
    definition.bindings = file.parameters
    definition.maxChanges = file.specification.limits.changes
    definition.maxDeleteShare = file.specification.limits.deleteShare.flatMap { Double($0.description) }
    definition.text = Array(text.utf8)
    definition.inputs = program.inputs.map { [folder = definition.folder] input in
      .init(name: input.name) { try input.request(in: folder, $0) }
    }
    self.file = file
    self.program = ProgramMigration(definition)
  }

  private static func condition(
    _ source: ExpressionSource?, _ scope: ExpressionScope
  ) throws -> Condition? {
    try source.map { try read($0, scope) }
  }

  private static func read(_ source: ExpressionSource, _ scope: ExpressionScope) throws -> Condition {
    do { return try Condition(source, scope: scope) } catch { throw DefinitionError(error) }
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
  /// Its tables, and the inputs of its program.
  var needs: Needs {
    let inputs = program.inputs.map { input in
      Needs.Input(variable: "the input '\(input.name)'", request: input.request) { _ in nil }
    }
    return Needs(tables: file.needs.tables, inputs: inputs)
  }
  var testLimit: Int { file.testLimit }
  var definition: RunDefinition { file.definition }

  func check(_ settings: Settings, _ tables: TableReader) async throws {
    try requireOwnFile()
    try await needs.check(settings, tables)
    try await program.check(settings, tables)
  }

  func plan(_ planner: Planner) async throws {
    try requireOwnFile()
    try await program.plan(planner)
  }

  /// A journal can be forged, and what it keeps of a file names a program to start: only what the file itself says now, and a file
  /// that nobody else can write, is started.
  func requireOwnFile() throws {
    guard case .file(let path, _, let text) = file.captured.origin else { return }
    let place = file.captured.place ?? path
    guard let now = try? FileText.read(place) else {
      throw Refusal(
        "there is no file '\(place)' to go on from, and a journal alone starts no program",
        remedy: file.captured.place == nil
          ? "type this in the folder where the run was begun, or start a new run"
          : "put the file back there as it was, with its program beside it, or start a new run")
    }
    guard now.text == text else {
      throw Refusal(
        "'\(place)' is not what it was when the run began, and a journal alone starts no program",
        remedy: "put back what it said, or start a new run")
    }
    for path in [place] + program.files {
      guard let flaw = OwnedFile.flaw(path) else { continue }
      let what = path == place ? "it names a program to start" : "it would be started"
      throw Refusal("'\(path)' \(flaw), and \(what)", remedy: "chmod go-w '\(path)'")
    }
  }
}
