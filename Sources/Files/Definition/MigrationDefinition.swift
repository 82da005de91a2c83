import DynamoJournalExpressions
import DynamoJournalTables

/// A migration as a file, or the options of a change, says it: read and checked as far as that goes without a table.
package struct MigrationDefinition: Sendable {
  /// What a failing function or a missing attribute means.
  package enum FailurePolicy: String, Sendable, CaseIterable {
    /// The plan is refused.
    case fail
    /// The item stays as it is, and a note says why.
    case note
  }

  /// What stops a plan that takes too many.
  package struct Limits: Hashable, Sendable {
    /// The share of the table's items that may be deleted, from 0 to 1; nil for all.
    package var deleteShare: DecimalNumber?
    /// How many changes the plan may have; nil for any number.
    package var changes: Int?
  }

  /// An item that is put into another table, or many.
  package struct Put: Sendable {
    /// The table.
    package var into: NameTemplate
    /// The whole item; nil where it is the source's.
    package var item: ItemExpression.Source?
    /// What is changed in the source's item.
    package var set: ExpressionSource?
  }

  /// A finding.
  package struct Finding: Sendable {
    /// Which items of the table have it.
    package var condition: ExpressionSource
    /// What is said of them.
    package var text: String
  }

  /// The name of its runs.
  package var name: String
  /// One line for `list`.
  package var summary = ""
  /// The table.
  package var table: NameTemplate
  /// The parameters.
  package var parameters: [Parameter] = []
  /// Which items; nil for all.
  package var condition: ExpressionSource?
  /// What changes in them.
  package var clauses = Update.Clauses()
  /// Whether they go.
  package var deletesItem = false
  /// What stops the plan.
  package var limits = Limits()
  /// What is put elsewhere.
  package var put: Put?
  /// The list that is gone through.
  package var each: ExpressionSource?
  /// What must hold afterwards.
  package var expectation: ExpressionSource?
  /// What a failing function means.
  package var onFailure = FailurePolicy.fail
  /// What is looked for.
  package var findings: [Finding] = []
  /// The program that plans instead.
  package var program: ProgramDefinition?

  /// A migration that does nothing yet.
  package init(name: String, table: NameTemplate) {
    self.name = name
    self.table = table
  }

  /// Whether it changes the items themselves.
  package var changesSource: Bool { deletesItem || hasClauses || program != nil }
  /// Whether it has one of the clauses of an update.
  package var hasClauses: Bool {
    clauses.set != nil || clauses.remove != nil || clauses.add != nil || clauses.delete != nil
  }
}

/// The words that name each part of a definition, which differ between a file and the options of a change.
struct PartNames {
  private let isOptions: Bool

  static let file = PartNames(isOptions: false)
  static let options = PartNames(isOptions: true)

  /// `deleteItem` or `--delete-item`.
  func name(_ key: String) -> String {
    guard isOptions else { return key }
    let words = key.map { $0.isUppercase ? "-" + $0.lowercased() : $0 == "." ? "-" : String($0) }
    return "--" + words.joined()
  }
}

extension MigrationDefinition {
  /// What its conditions may name besides attributes.
  package var scope: ExpressionScope {
    ExpressionScope(variables: Set(["now", "run"]).union(parameters.map(\.name)))
  }

  /// What contradicts itself, whatever the table, and the key to blame; nil when nothing does.
  func contradiction(_ names: PartNames) -> (key: String, problem: String)? {
    let name = { names.name($0) }
    let hasEffect = changesSource || put != nil || !findings.isEmpty
    if !hasEffect {
      return (
        "table",
        "this changes nothing: add '\(name("set"))', '\(name("remove"))', '\(name("add"))', '\(name("delete"))', '\(name("deleteItem"))' or '\(name("put"))'"
      )
    }
    if deletesItem && hasClauses {
      return (
        "deleteItem",
        "'\(name("deleteItem"))' takes the item away, so nothing else can be changed in it: leave out '\(name("deleteItem"))' or the other clauses"
      )
    }
    if each != nil && put == nil {
      return ("each", "'\(name("each"))' makes a put for each element: add '\(name("put"))', or leave it out")
    }
    if let put, put.item != nil && put.set != nil {
      return (
        "put",
        "'\(name("put.item"))' is the whole item and '\(name("put.set"))' changes a copy of the source: leave one of them out"
      )
    }
    if program != nil && (hasClauses || deletesItem || put != nil || each != nil) {
      return (
        "exec",
        "'exec' plans in place of expressions: leave it out, or 'set', 'remove', 'add', 'delete', 'deleteItem', 'put' and 'each'"
      )
    }
    return nil
  }
}
