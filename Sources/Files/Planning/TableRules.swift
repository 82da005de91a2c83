import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// A definition with its expressions read, for tables that were looked at: what `check` refuses, and what plans.
struct TableRules: Sendable {
  /// What is put into another table.
  struct Put: Sendable {
    let into: TableSpec
    let item: ItemExpression?
    let set: Update?
  }

  let definition: MigrationDefinition
  let source: TableSpec
  let condition: Condition?
  let update: Update?
  let put: Put?
  let each: EachExpression?
  let expectation: Condition?
  let findings: [(condition: Condition, text: String)]
  /// The clauses that change attributes, with the attributes that each of them names.
  let touched: [(clause: String, names: Set<Text>)]

  /// Reads the expressions.
  ///
  /// - Parameters:
  ///   - target: the table of `put`, where there is one.
  ///   - isChecked: whether the tables are those that are meant; else the expressions alone are looked at.
  /// - Throws: `DefinitionError`, with the place.
  init(
    _ definition: MigrationDefinition, _ source: TableSpec, target: TableSpec?, isChecked: Bool = true
  ) throws(DefinitionError) {
    self.definition = definition
    self.source = source
    let scope = definition.scope
    do throws(ExpressionError) {
      condition = try Self.condition(definition.condition, scope)
      expectation = try Self.condition(definition.expectation, scope)
      var findings: [(condition: Condition, text: String)] = []
      for finding in definition.findings {
        findings.append((try Condition(finding.condition, scope: scope), finding.text))
      }
      self.findings = findings
      var updateScope = scope
      updateScope.key = source.key
      update = definition.hasClauses ? try Update(definition.clauses, scope: updateScope) : nil
      touched = try Self.touched(definition.clauses, updateScope)
      if let text = definition.each { each = try EachExpression(text, scope: scope) } else { each = nil }
    } catch { throw DefinitionError(error) }
    var putScope = scope
    if let each {
      putScope.variables.insert("index")
      putScope.names = [each.name]
    }
    if let wanted = definition.put, let target {
      put = try Self.put(wanted, target, putScope)
    } else {
      put = nil
    }
    if isChecked { try checkTypes() }
  }

  private static func condition(
    _ source: ExpressionSource?, _ scope: ExpressionScope
  ) throws(ExpressionError) -> Condition? {
    guard let source else { return nil }
    return try Condition(source, scope: scope)
  }

  private static func touched(
    _ clauses: Update.Clauses, _ scope: ExpressionScope
  ) throws(ExpressionError) -> [(clause: String, names: Set<Text>)] {
    let parts: [(String, ExpressionSource?, WritableKeyPath<Update.Clauses, ExpressionSource?>)] = [
      ("set", clauses.set, \.set), ("remove", clauses.remove, \.remove), ("add", clauses.add, \.add),
      ("delete", clauses.delete, \.delete),
    ]
    var touched: [(clause: String, names: Set<Text>)] = []
    for (name, source, path) in parts {
      guard let source else { continue }
      var one = Update.Clauses()
      one[keyPath: path] = source
      touched.append((name, Set(try Update(one, scope: scope).touched)))
    }
    return touched
  }

  private static func put(
    _ wanted: MigrationDefinition.Put, _ into: TableSpec, _ scope: ExpressionScope
  ) throws(DefinitionError) -> Put {
    let item: ItemExpression?
    if let text = wanted.item { item = try ItemExpression(text, scope: scope) } else { item = nil }
    do throws(ExpressionError) {
      let set: Update?
      if let text = wanted.set {
        set = try Update(Update.Clauses(set: text), scope: scope)
      } else {
        set = nil
      }
      return Put(into: into, item: item, set: set)
    } catch { throw DefinitionError(error) }
  }
}

/// What no item can satisfy, so that it is found before any is read.
extension TableRules {
  private func checkTypes() throws(DefinitionError) {
    if let update, let clause = definition.clauses.set { try Self.check(update, clause, source) }
    guard let put, let wanted = definition.put else { return }
    if let update = put.set, let clause = wanted.set { try Self.check(update, clause, put.into) }
    try checkKey(of: put, wanted)
  }

  /// Keys of the table and of its indexes that would get a value which they can't have.
  private static func check(
    _ update: Update, _ clause: ExpressionSource, _ table: TableSpec
  ) throws(DefinitionError) {
    let keys =
      table.key.attributes.map { ($0, "the key of table '\(table.name)'") }
      + table.indexes.flatMap { index in
        index.key.attributes.map { ($0, "a key of index '\(index.name)' of table '\(table.name)'") }
      }
    for (key, what) in keys {
      for (name, type) in update.types where name == key.name && type != key.type.rawValue {
        throw DefinitionError(
          clause,
          "'\(name)' is \(what) and must be of type \(key.type.rawValue), not \(type): set it to such a value, or remove it"
        )
      }
      for (name, value) in update.constants where name == key.name && value.isEmptyKey {
        throw DefinitionError(
          clause, "'\(name)' is \(what) and must not be empty: set it to another value, or remove it")
      }
    }
  }

  /// The key of what is put, as far as it is the same for every item.
  private func checkKey(
    of put: Put, _ wanted: MigrationDefinition.Put
  ) throws(DefinitionError) {
    for key in put.into.key.attributes {
      if let names = put.item?.names, !names.contains(key.name) {
        throw DefinitionError(
          wanted.into.source,
          "table '\(put.into.name)' has the key \(put.into.key), and 'put.item' has no '\(key.name)': give it one"
        )
      }
      guard put.item == nil, put.set?.touched.contains(key.name) != true,
        let own = source.key.attributes.first(where: { $0.name == key.name }), own.type != key.type
      else { continue }
      throw DefinitionError(
        wanted.into.source,
        "table '\(put.into.name)' has the key \(put.into.key), and '\(key.name)' is of type \(own.type.rawValue) in table '\(source.name)': set it in 'put.set', or name another table"
      )
    }
  }
}

extension AttributeValue {
  /// Whether it is text or binary without a byte, which no key may be.
  fileprivate var isEmptyKey: Bool {
    switch self {
    case .string(let text): text.byteCount == 0
    case .binary(let bytes): bytes.isEmpty
    default: false
    }
  }
}
