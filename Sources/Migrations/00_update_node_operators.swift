import SpartaJournal

/// Creates the indexes of the node operators table where they are missing, and sets `isApproved` to false where an
/// operator has none.
public struct UpdateNodeOperators: Migration {
  /// Its name: `00_update_node_operators`.
  public let name = "00_update_node_operators"
  /// One line for `list`.
  public let summary = "Adds the indexes of the node operators table, and isApproved where it is missing"
  /// Raised whenever it would plan something else than before.
  public let version = 2
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:09677ae2e479ee0a7584d71d92d2040594ffd9301e9324202273a437be67023c",
    files: "00_update_node_operators.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.nodeOperators]
  /// The tables and replies that it works with.
  public let needs = Needs(tables: [
    ConfiguredTable.nodeOperators.need(Design.operators, gainsIndexes: true)
  ])
  /// Five operators.
  public let testLimit = 5

  private static let indexes = [Design.walletIndex, Design.usernameIndex]

  /// The migration.
  public init() {}

  /// Refuses when the table is missing or keyed otherwise, or has another index of one of the names.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    let table = try await table(settings, tables)
    for index in Self.indexes { _ = try table.spec.lacks(index) }
  }

  /// Plans an index after the other, then looks at every operator.
  public func plan(_ planner: Planner) async throws {
    let table = try await table(planner.settings, planner.tables)
    try await planner.prepare("indexes") { step in
      for counter in ["indexes created", "operators", "set to not approved", "with isApproved", "errors"] {
        step.count(counter, 0)
      }
      step.count("indexes created", 0, if: .changed(table: table.spec.name))
      step.count("set to not approved", 0, if: .updated(in: table.spec.name))
      step.count("errors", 0, if: .failures)
      try planIndexes(of: table.spec, step)
    }
    try await planner.forEachItem(of: table, step: "operators") { step, item in
      step.count("operators")
      let fits = try isFit(item, for: table.spec, step)
      guard item[Attribute.isApproved] == nil, let key = table.spec.key.key(of: item) else {
        return step.count("with isApproved")
      }
      // An index that does not take the item makes it read-only.
      guard fits else { return }
      step.count("set to not approved")
      step.plan([
        Change(
          table: table.spec.name, key: key, before: item.filtered(to: [Attribute.updatedAt]),
          after: [Attribute.isApproved: .bool(false), Attribute.updatedAt: .number(planner.now)])
      ])
    }
  }

  /// Whether both indexes take the item; one that they do not take is named before they are made.
  private func isFit(_ item: Item, for table: TableSpec, _ step: PlanStep) throws -> Bool {
    var isFit = true
    for index in Self.indexes {
      guard let problem = index.problem(with: item) else { continue }
      isFit = false
      step.count("errors")
      try step.note(
        .data, "unfitForIndex", table: table.name, key: table.key.key(of: item),
        "\(problem), as \(index.name) needs it: with that index DynamoDB refuses each write to the item, so it is left as it is; fix or remove the attribute first"
      )
    }
    return isFit
  }

  /// DynamoDB creates one index a call, so each is a change of its own.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
  private func planIndexes(of table: TableSpec, _ step: PlanStep) throws {
    var spec = table
    for index in Self.indexes where try spec.lacks(index) {
      step.plan(table: TableChange(before: spec, after: spec.adding(index)))
      step.count("indexes created")
      spec = spec.adding(index)
    }
  }

  private func table(_ settings: Settings, _ tables: TableReader) async throws -> TableDescription {
    try await ConfiguredTable.nodeOperators.require(settings, tables, key: Design.operators)
  }
}
