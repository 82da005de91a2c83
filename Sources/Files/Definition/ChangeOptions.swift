import DynamoJournalExpressions
import DynamoJournalTables

/// The options of `change` as a migration: the keys of a file under other names.
struct ChangeOptions {
  private let values: [String: String]

  /// - Parameter values: by the options' names without their hyphens; a flag is there or not.
  init(_ values: [String: String]) { self.values = values }

  func definition() throws(DefinitionError) -> MigrationDefinition {
    guard let table = source("table") else {
      throw DefinitionError("--table is missing: name the table whose items are changed", isUsage: true)
    }
    var definition = MigrationDefinition(name: CapturedDefinition.changeName, table: try NameTemplate(table))
    definition.summary = "A change that was typed"
    definition.condition = source("where")
    definition.clauses = Update.Clauses(
      set: source("set"), remove: source("remove"), add: source("add"), delete: source("delete"))
    definition.deletesItem = values["delete-item"] != nil
    definition.put = try put()
    definition.each = source("each")
    definition.expectation = source("expect")
    definition.onFailure = try policy()
    if let (_, problem) = definition.contradiction(.options) { throw DefinitionError(problem, isUsage: true) }
    return definition
  }

  private func put() throws(DefinitionError) -> MigrationDefinition.Put? {
    guard let into = source("put-into") else {
      for name in ["put-item", "put-set"] where values[name] != nil {
        throw DefinitionError(
          "--\(name) needs --put-into: name the table that the items are put into", isUsage: true)
      }
      return nil
    }
    return MigrationDefinition.Put(
      into: try NameTemplate(into), item: source("put-item").map { .expression($0) }, set: source("put-set"))
  }

  private func policy() throws(DefinitionError) -> MigrationDefinition.FailurePolicy {
    guard let text = values["on-error"] else { return .fail }
    guard let policy = MigrationDefinition.FailurePolicy(rawValue: text) else {
      throw DefinitionError("--on-error takes fail or note: write one of them", isUsage: true)
    }
    return policy
  }

  private func source(_ name: String) -> ExpressionSource? {
    values[name].map { ExpressionSource($0, clause: "--\(name)") }
  }
}
