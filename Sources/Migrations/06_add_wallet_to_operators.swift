import SpartaJournal

/// Re-keys operators from `discordId` to `address`.
///
/// DynamoDB can't change the key of a table in place, so source and target are two tables. An operator's address is that
/// of its validator with the highest `lastAttestationSlot`. For each operator with one: {put the whole item plus
/// `address` into the target; delete it from the source}, both or neither.
public struct AddWalletToOperators: Migration {
  /// Its name: `06_add_wallet_to_operators`.
  public let name = "06_add_wallet_to_operators"
  /// One line for `list`.
  public let summary = "Re-keys node operators from discordId to the address of their best validator"
  /// Raised whenever it would plan something else than before.
  public let version = 2
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:1fcc31780625962e008f80d433b29356669af546c1e41e4dae2037c564039a7c",
    files: "06_add_wallet_to_operators.swift", "BestAddresses.swift", "EthereumAddress.swift",
    "OperatorDecision.swift", "OperatorTables.swift", "SpartaAPI.swift", "SuccessReply.swift",
    "TargetOperators.swift",
    "ValidatorsReply.swift")
  /// The settings that the journal keeps.
  public let variables = [
    Variable.nodeOperators, Variable.newNodeOperators, Variable.oldNodeOperators, Variable.apiURL,
  ]
  /// The tables and replies that it works with.
  public let needs = Needs(
    tables: [
      Needs.Table(
        variables: [Variable.oldNodeOperators, Variable.nodeOperators], defaultName: nil,
        keys: [OperatorTables.sourceKey]),
      Needs.Table(
        variables: [Variable.newNodeOperators], defaultName: nil, keys: [OperatorTables.targetKey],
        absence: .created(option: .createTarget)),
    ],
    inputs: [.api("/api/validator/validators", list: ["data", "validators"])])
  /// `--create-target` and `--keep-source`.
  public let options: [MigrationOption] = [.createTarget, .keepSource]
  /// Five operators.
  public let testLimit = 5

  /// The migration.
  public init() {}

  /// Refuses when a table is missing or keyed otherwise, or when the API can't be asked.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    try SpartaAPI(settings).requireKey()
    _ = try await OperatorTables.find(settings, tables)
  }

  /// Fetches the validators, looks at the target, and decides for every operator of the source.
  public func plan(_ planner: Planner) async throws {
    let tables = try await OperatorTables.find(planner.settings, planner.tables)
    try requireSameTables(tables, planner)
    try await planner.prepare("tables") { step in
      for counter in Counters.all { step.count(counter, 0) }
      step.count(Counters.migrated, 0, if: .created(in: tables.target.name))
      step.count(Counters.errors, 0, if: .failures)
      try prepareTarget(tables, step)
    }
    let best = try BestAddresses(planner)
    let reply = try await planner.input(
      try SpartaAPI(planner.settings).get("/api/validator/validators", as: "validators"))
    try await planner.prepare("validators") { step in try gather(reply, best, step) }
    let migrated = try TargetOperators(planner)
    try await planner.prepare("target") { step in try await gather(tables, migrated, step) }
    try await planner.forEachItem(of: tables.source, step: "operators") { step, item in
      try await OperatorDecision(step: step, tables: tables, best: best, migrated: migrated).plan(item)
    }
  }

  /// A plan that goes on must be about the tables that it began with.
  private func requireSameTables(_ tables: OperatorTables, _ planner: Planner) throws {
    let names = [tables.source.spec.name, tables.target.name]
    guard let other = planner.tally.first(where: { !names.contains($0.table) }) else { return }
    throw Refusal(
      "the plan was begun on table '\(other.table)', but now '\(tables.target.name)' is found",
      remedy: "start a new run with \(Variable.newNodeOperators) set")
  }

  private func prepareTarget(_ tables: OperatorTables, _ step: PlanStep) throws {
    guard tables.targetExists else {
      return step.plan(table: TableChange(before: nil, after: tables.target))
    }
    if !tables.targetHasIndex {
      try step.note(
        .warning, "targetWithoutIndex", table: tables.target.name,
        "the table has no \(OperatorTables.discordIndex.name), so operators can't be found by discordId: add it with Terraform"
      )
    }
  }

  private func gather(_ reply: CapturedInput, _ best: BestAddresses, _ step: PlanStep) throws {
    var fetched = 0
    var owned = 0
    try ValidatorsReply.read(reply) { entry in
      fetched += 1
      if let flaw = entry.flaw {
        step.count(Counters.errors)
        try step.note(
          .data, "badValidator",
          "entry \(fetched) of the API's validators \(flaw.rawValue), so it is left out")
      }
      guard let address = entry.address, let operatorID = entry.operatorID else { return }
      owned += 1
      try best.add(address, slot: entry.slot, of: operatorID)
    }
    step.count(Counters.fetched, fetched)
    step.count(Counters.owned, owned)
    step.count(Counters.operators, try best.count())
    if fetched == 0 {
      try step.note(.warning, "noValidators", "the API knows no validator, so no operator has an address")
    }
  }

  private func gather(_ tables: OperatorTables, _ migrated: TargetOperators, _ step: PlanStep) async throws {
    guard tables.targetExists else { return }
    try await step.tables.forEachPage(of: tables.target.name) { items in
      for item in items where try !migrated.add(item) {
        step.count(Counters.errors)
        try step.note(
          .data, "operatorTwiceInTarget", table: tables.target.name, key: tables.target.key.key(of: item),
          "its operator has another item in the table as well: find out which is right, and delete the other")
      }
      return true
    }
  }

  /// What the report counts, in its order.
  enum Counters {
    static let fetched = "validators fetched"
    static let owned = "validators with operators"
    static let operators = "unique operators"
    static let existing = "existing operators"
    static let processed = "processed"
    static let migrated = "migrated"
    static let skipped = "skipped without address"
    static let already = "already migrated"
    static let conflicts = "conflicts"
    static let errors = "errors"
    static let all = [
      fetched, owned, operators, existing, processed, migrated, skipped, already, conflicts, errors,
    ]
  }
}
