import DynamoJournalExpressions
import DynamoJournalTables
import Yams

/// Reads a file as a migration.
struct DefinitionReader {
  /// Every key, in the order in which people write them.
  static let keys = [
    "name", "summary", "table", "params", "where", "set", "remove", "add", "delete", "deleteItem", "guard",
    "put",
    "each", "expect", "onError", "note", "exec", "env", "inputs", "timeout",
  ]
  private static let longestSummary = 200

  let file: FileText
  let fields: FileFields

  /// - Parameters:
  ///   - stem: the name that the file's own gives.
  ///   - requiresName: whether the name inside must be that one.
  static func read(
    _ file: FileText, stem: String, requiresName: Bool = false
  ) throws(DefinitionError) -> MigrationDefinition {
    let root = try YAMLDocument(file).root
    let reader = DefinitionReader(file: file, fields: try FileFields(root, keys: keys, file))
    let definition = try reader.definition(stem)
    if requiresName && definition.name != stem {
      throw reader.fields.error(
        "name", "the file is called '\(stem)' and names itself '\(definition.name)': make them the same")
    }
    return definition
  }

  private func definition(_ stem: String) throws(DefinitionError) -> MigrationDefinition {
    guard let table = try fields.source("table") else {
      throw fields.error(
        "table",
        "'table' is missing: write the name of the table whose items are changed, for example table: users")
    }
    var definition = MigrationDefinition(name: try name(stem), table: try NameTemplate(table))
    definition.summary = try summary(definition.name)
    definition.parameters = try parameters()
    definition.condition = try fields.source("where")
    definition.clauses = Update.Clauses(
      set: try fields.source("set"), remove: try fields.source("remove"), add: try fields.source("add"),
      delete: try fields.source("delete"))
    definition.deletesItem = try fields.boolean("deleteItem") ?? false
    definition.limits = try limits()
    definition.put = try put()
    definition.each = try fields.source("each")
    definition.expectation = try fields.source("expect")
    definition.onFailure = try policy()
    definition.findings = try findings()
    definition.program = try program()
    if let (key, problem) = definition.contradiction(.file) { throw fields.error(key, problem) }
    return definition
  }

  private func name(_ stem: String) throws(DefinitionError) -> String {
    let name = try fields.text("name") ?? stem
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/) != nil else {
      let problem =
        "'\(name.prefix(60))' is not a name for a migration: take letters, digits, '_', '-' and '.', such as 07_backfill_plan"
      throw fields["name"] == nil ? file.error(problem) : fields.error("name", problem)
    }
    return name
  }

  private func summary(_ name: String) throws(DefinitionError) -> String {
    let text = try fields.text("summary") ?? "Migration by expressions"
    return String(
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(Self.longestSummary))
  }

  private func policy() throws(DefinitionError) -> MigrationDefinition.FailurePolicy {
    guard let text = try fields.text("onError") else { return .fail }
    guard let policy = MigrationDefinition.FailurePolicy(rawValue: text) else {
      throw fields.error("onError", "'onError' takes fail or note: write one of them")
    }
    return policy
  }

  // MARK: guard

  private func limits() throws(DefinitionError) -> MigrationDefinition.Limits {
    var limits = MigrationDefinition.Limits()
    guard let node = fields["guard"] else { return limits }
    let inner = try FileFields(node, keys: ["maxDeleteShare", "maxChanges"], of: "guard", file)
    let shareWords = "a share from 0 to 1: write for example maxDeleteShare: 0.05 for five in a hundred"
    if let share = try inner.number("maxDeleteShare", shareWords) {
      guard share >= DecimalNumber(0), share <= DecimalNumber(1) else {
        throw inner.error("maxDeleteShare", "'maxDeleteShare' takes \(shareWords)")
      }
      limits.deleteShare = share
    }
    let countWords = "a whole number of changes, 0 or more: write for example maxChanges: 1000"
    if let count = try inner.number("maxChanges", countWords) {
      guard let number = count.int64, number >= 0 else {
        throw inner.error("maxChanges", "'maxChanges' takes \(countWords)")
      }
      limits.changes = Int(number)
    }
    return limits
  }

  // MARK: note

  private func findings() throws(DefinitionError) -> [MigrationDefinition.Finding] {
    guard let node = fields["note"] else { return [] }
    var findings: [MigrationDefinition.Finding] = []
    for element in node.sequence.map(Array.init) ?? [node] {
      let inner = try FileFields(element, keys: ["where", "text"], of: "note", file)
      guard let condition = try inner.source("where", clause: "note.where"),
        let text = try inner.text("text"), !text.isEmpty
      else {
        throw YAMLProblem(file).error(
          element.mark,
          "a note has 'where' and 'text': say which items it is about, and what is to be said of them")
      }
      findings.append(MigrationDefinition.Finding(condition: condition, text: text))
    }
    return findings
  }
}
