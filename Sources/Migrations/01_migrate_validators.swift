import SpartaJournal

/// Moves each entry of an operator's `validators` list into an item of the validators table, then removes the list.
///
/// {put an item an entry; remove the list}: an operator's list goes only when each of its entries is in the validators
/// table under this operator. The table is created where it is missing.
public struct MigrateValidators: Migration {
  /// Its name: `01_migrate_validators`.
  public let name = "01_migrate_validators"
  /// One line for `list`.
  public let summary = "Moves the validators listed in node operators into a table of their own"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:072b0b6cb5bd6b75e3394c25555744587b7b62d759da854ab684482120173677",
    files: "01_migrate_validators.swift", "KnownValidators.swift", "ValidatorClaims.swift",
    "ValidatorListDecision.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.nodeOperators, Variable.validators]
  /// The tables and replies that it works with.
  public let needs = Needs(tables: [
    ConfiguredTable.nodeOperators.need(Design.operators),
    ConfiguredTable.validators.need(Design.validators, absence: .created(option: nil)),
  ])
  /// Five operators.
  public let testLimit = 5

  /// The migration.
  public init() {}

  /// Refuses when the operators' table is missing, or one of the two is keyed otherwise.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    _ = try await operators(settings, tables)
    _ = try await validators(settings, tables)
  }

  /// Prepares the table, finds out who gets which address, and decides for every operator.
  public func plan(_ planner: Planner) async throws {
    let operators = try await operators(planner.settings, planner.tables)
    let standing = try await validators(planner.settings, planner.tables)
    let table = TableSpec(
      name: ConfiguredTable.validators.name(in: planner.settings), key: Design.validators,
      indexes: [Design.nodeOperatorIndex])
    try await planner.prepare("tables") { step in
      for counter in Counters.all { step.count(counter, 0) }
      step.count(Counters.created, 0, if: .created(in: table.name))
      step.count(Counters.removed, 0, if: .updated(in: operators.spec.name))
      step.count(Counters.errors, 0, if: .failures)
      try prepareTable(standing?.spec, table, step)
    }
    let known = try KnownValidators(planner)
    try await planner.prepare("validators") { step in
      if let standing { try await known.read(standing, step) }
    }
    let claims = try ValidatorClaims(planner, known)
    try await planner.prepare("claims") { step in
      try await planner.tables.forEachPage(of: operators.spec.name) { page in
        for item in page { try claims.add(item) }
        return true
      }
    }
    try await planner.forEachItem(of: operators, step: "operators") { step, item in
      let decision = ValidatorListDecision(
        step: step, operators: operators.spec, validators: table.name, claims: claims)
      try decision.plan(item)
    }
  }

  private func prepareTable(_ standing: TableSpec?, _ wanted: TableSpec, _ step: PlanStep) throws {
    guard let standing else { return step.plan(table: TableChange(before: nil, after: wanted)) }
    guard try standing.lacks(Design.nodeOperatorIndex) else { return }
    step.plan(table: TableChange(before: standing, after: standing.adding(Design.nodeOperatorIndex)))
  }

  private func operators(_ settings: Settings, _ tables: TableReader) async throws -> TableDescription {
    try await ConfiguredTable.nodeOperators.require(settings, tables, key: Design.operators)
  }

  /// The validators table, or nil when it is still to be made.
  private func validators(_ settings: Settings, _ tables: TableReader) async throws -> TableDescription? {
    let table = ConfiguredTable.validators
    guard let found = try await tables.describe(table.name(in: settings)) else { return nil }
    try table.requireKey(found.spec, [Design.validators])
    _ = try found.spec.lacks(Design.nodeOperatorIndex)
    return found
  }

  /// What the report counts, in its order.
  enum Counters {
    static let operators = "operators"
    static let lists = "operators with a list"
    static let entries = "entries"
    static let created = "validators created"
    static let already = "validators there already"
    static let removed = "lists removed"
    static let kept = "lists kept"
    static let conflicts = "conflicts"
    static let errors = "errors"
    static let all = [operators, lists, entries, created, already, removed, kept, conflicts, errors]
  }
}
