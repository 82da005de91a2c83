import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalProgram
import DynamoJournalTables

/// A migration that a file defines, or the options of `change`.
///
/// It is made with the values of its variables and parameters, so that it names its tables; what it was made from stands in the
/// journal of each of its runs.
package struct FileMigration: DefinedMigration {
  /// What it says.
  package let specification: MigrationDefinition
  /// What it was made from.
  package let captured: CapturedDefinition
  /// Into how many segments the table is cut while it is read; nil for as many as its size is worth. The plan is the same.
  package var segments: Int?
  private let table: String
  private let target: String?
  /// The values of its parameters, by name.
  package let parameters: [String: AttributeValue]

  /// Makes a migration.
  ///
  /// - Throws: `DefinitionError`.
  package init(_ captured: CapturedDefinition) throws(DefinitionError) {
    let specification = try captured.definition()
    self.specification = specification
    self.captured = captured.keeping(specification.variables)
    parameters = try Parameter.values(
      of: specification.parameters, given: captured.parameters, in: specification.name)
    let values = captured.variables
    table = try specification.table.name { values[$0] }
    if let put = specification.put { target = try put.into.name { values[$0] } } else { target = nil }
    // What needs no table is wrong whatever the table.
    _ = try TableRules(
      specification, Self.anyTable(table), target: target.map(Self.anyTable), isChecked: false)
  }

  /// A table of that name with a key that nothing names.
  private static func anyTable(_ name: String) -> TableSpec {
    TableSpec(name: name, key: KeySchema(partition: KeyAttribute(Text("\u{0}"), .string)))
  }

  // MARK: Migration

  /// The name of its runs.
  package var name: String { specification.name }
  /// One line.
  package var summary: String { specification.summary }
  /// The digest says what changes.
  package var version: Int { 1 }
  /// The file's digest.
  package var code: MigrationCode { MigrationCode(captured.digest, files: captured.source) }
  /// The variables in the names of its tables, and the parameters that were given.
  package var variables: [String] { settings.keys.sorted() }
  /// The five items that are tried first.
  package var testLimit: Int { 5 }
  /// What the journal keeps.
  package var definition: RunDefinition { captured.captured }

  /// The settings that it is run with besides those of every run: its variables, and its parameters as they are typed.
  ///
  /// What looks like an address is left out, since an address is never sent anything because a journal names it; the text that the
  /// journal keeps has it all.
  package var settings: [String: String] {
    let typed = captured.parameters.map { ("--param \($0.key)", $0.value) }
    return captured.variables.merging(typed) { first, _ in first }.filter {
      !WebAddress.isMeant(by: $0.value)
    }
  }

  /// Its tables, under the names that they have.
  package var needs: Needs {
    var tables = [Self.need(specification.table, table, isWritten: specification.changesSource)]
    if let put = specification.put, let target, target != table {
      tables.append(Self.need(put.into, target, isWritten: true))
    }
    return Needs(tables: tables)
  }

  private static func need(_ template: NameTemplate, _ name: String, isWritten: Bool) -> Needs.Table {
    let whenMissing =
      "correct '\(template.source.clause)', or create it with '\(Program.command("tables create \(name)"))'"
    return Needs.Table(
      variables: template.only.map { [$0] } ?? [], defaultName: name, isWritten: isWritten,
      whenMissing: template.only == nil ? whenMissing : nil)
  }

  /// Refuses missing tables, keys that are set, and what no item of such tables can become.
  package func check(_ settings: Settings, _ tables: TableReader) async throws {
    try await needs.check(settings, tables)
    _ = try await rules(tables)
  }

  /// Plans.
  package func plan(_ planner: Planner) async throws {
    do {
      let (rules, description) = try await rules(planner.tables)
      let items = ItemRules(rules: rules, bindings: bindings(now: planner.now, run: planner.run))
      try await FilePlan(planner, items, description, segments: segments).make()
    } catch let error as DefinitionError {
      // A table has changed since the run began.
      throw Refusal(error.sentence)
    }
  }

  func rules(_ tables: TableReader) async throws -> (TableRules, TableDescription) {
    let none = Settings(variables: [:])
    let source = try await tables.require(Self.need(specification.table, table, isWritten: true), none)
    var into: TableDescription?
    if let put = specification.put, let target {
      into = try await tables.require(Self.need(put.into, target, isWritten: true), none)
    }
    return (try TableRules(specification, source.spec, target: into?.spec), source)
  }

  /// - Parameter now: in milliseconds since 1970.
  func bindings(now: Int64, run: String) -> ExpressionBindings {
    var values = parameters
    values["now"] = .string(Timestamp.text(now * 1_000))
    values["run"] = .string(run)
    return ExpressionBindings(variables: values)
  }
}

extension MigrationDefinition {
  /// The variables in the names of its tables.
  package var variables: [String] { table.variables + (put?.into.variables ?? []) }

  /// The variables that say where its inputs come from. Their values are never kept: they may be secrets.
  package var inputVariables: [String] { program?.inputs.flatMap(\.variables) ?? [] }
}
