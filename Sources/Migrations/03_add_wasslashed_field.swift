import SpartaJournal

/// Detects slashing: a validator of the table that is not on chain was slashed.
///
/// It goes, and its operator loses the approval: {set `isApproved`, `wasSlashed`, `updatedAt`; delete the validators}, all
/// validators of one operator and the operator together.
public struct AddWasSlashedField: Migration {
  /// Its name: `03_add_wasslashed_field`.
  public let name = "03_add_wasslashed_field"
  /// One line for `list`.
  public let summary = "Removes slashed validators, and marks their operators as slashed and not approved"
  /// Raised whenever it would plan something else than before.
  public let version = 2
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:8e47207f81f71181398fdbb7b940bf4b3c70e3e57a3f20073b5214adb84b7c96",
    files: "03_add_wasslashed_field.swift", "ItemsByOperator.swift", "OnChainValidators.swift",
    "OperatorFinder.swift", "OperatorTables.swift", "SlashingDecision.swift", "SpartaAPI.swift",
    "SuccessReply.swift")
  /// The settings that the journal keeps.
  public let variables = [
    Variable.nodeOperators, Variable.newNodeOperators, Variable.validators, Variable.apiURL,
  ]
  /// The tables and replies that it works with.
  public let needs = Needs(
    tables: [
      ConfiguredTable.filledValidators, Self.operators,
      // Where 06 has moved the operators to, or some of them.
      Needs.Table(
        variables: [Variable.newNodeOperators], defaultName: nil, keys: [Design.operatorsByAddress],
        absence: .passedOver),
    ],
    inputs: [.api("/api/operator/validators", list: ["data", "blockchainValidators", "validators"])])
  /// `--allow-mass-delete`.
  public let options: [MigrationOption] = [.allowMassDelete]
  /// One operator; of its validators, the first one only.
  public let testLimit = 1

  private static let operators = ConfiguredTable.nodeOperators.need(
    Design.operators, Design.operatorsByAddress)

  /// The migration.
  public init() {}

  /// Fetches the set, finds who is not in it, and decides for every operator that has one of those.
  public func plan(_ planner: Planner) async throws {
    let validators = try await planner.tables.require(ConfiguredTable.filledValidators, planner.settings)
    let configured = try await planner.tables.require(Self.operators, planner.settings)
    let successor = try await OperatorTables.successor(of: configured.spec, planner.settings, planner.tables)
    let operators = try OperatorFinder(planner, configured: configured, successor: successor)
    let onChain = try OnChainValidators(planner)
    try await planner.prepare("validators") { step in
      for counter in Counters.all { step.count(counter, 0) }
      step.count(Counters.removed, 0, if: .deleted(from: validators.spec.name))
      step.count(Counters.marked, 0, if: .updated)
      step.count(Counters.errors, 0, if: .failures)
      try await onChain.fetch(planner)
      step.count(Counters.onChain, try onChain.count())
    }
    let slashed = try ItemsByOperator(planner)
    var census = Census()
    try await planner.prepare("table") { step in
      census = try await gather(validators, onChain, slashed, step)
      step.count(Counters.inDatabase, census.validators)
      step.count(Counters.slashed, census.slashed)
      if step.settings.testMode && census.slashed > 1 {
        step.leave("slashed validators", read: 1, of: census.slashed)
      }
    }
    try await planner.prepare("operators by address") { step in try await operators.read(slashed, step.tables)
    }
    try await planner.forEachFact(of: slashed.operators, step: "operators", batch: 100) { step, facts in
      let decision = SlashingDecision(
        step: step, operators: operators, validators: validators.spec, slashed: slashed)
      try await decision.plan(facts.map(\.name))
    }
    guardAgainstMassDelete(census, onChain: try onChain.count(), planner)
  }

  /// How many validators the table has, and how many of them are not on chain.
  private struct Census {
    var validators = 0
    var slashed = 0
  }

  private func gather(
    _ table: TableDescription, _ onChain: OnChainValidators, _ slashed: ItemsByOperator, _ step: PlanStep
  ) async throws -> Census {
    var census = Census()
    var isTaken = false
    try await step.tables.forEachPage(of: table.spec.name) { page in
      for item in page {
        census.validators += 1
        guard let address = item[Attribute.validatorAddress]?.stringValue, try !onChain.contains(address)
        else { continue }
        census.slashed += 1
        if step.settings.testMode && isTaken { continue }
        isTaken = true
        if let operatorID = item[Attribute.nodeOperatorID]?.stringValue, KeyLimits.isUsable(operatorID) {
          try slashed.add(item, of: operatorID)
        } else {
          step.count(Counters.orphans)
          step.count(Counters.errors)
          try step.note(
            .data, "validatorWithoutOperator", table: table.spec.name, key: table.spec.key.key(of: item),
            "the validator was slashed and names no operator, so it is left in place: set its nodeOperatorId, or delete it"
          )
        }
      }
      return true
    }
    return census
  }

  /// A set that is empty, or that lacks most of the table, is more likely wrong than true.
  private func guardAgainstMassDelete(_ census: Census, onChain: Int, _ planner: Planner) {
    guard census.validators > 0, !planner.settings.options.contains(.allowMassDelete) else { return }
    let advice =
      "check the API at \(Variable.apiURL), then add \(MigrationOption.allowMassDelete.name) if it is right"
    if onChain == 0 {
      planner.refuse("the validator set on chain is empty, as if every validator were slashed: \(advice)")
    } else if census.slashed * 2 > census.validators && !planner.tally.isEmpty {
      planner.refuse(
        "\(census.slashed) of the \(census.validators) validators are not on chain, more than half of them: \(advice)"
      )
    }
  }

  /// What the report counts, in its order.
  enum Counters {
    static let inDatabase = "validators in the database"
    static let onChain = "validators on chain"
    static let slashed = "slashed validators"
    static let owned = "slashed validators with operators"
    static let orphans = "slashed validators without operators"
    static let operators = "affected operators"
    static let removed = "validators removed"
    static let marked = "operators marked"
    static let already = "operators already marked"
    static let errors = "errors"
    static let all = [
      inDatabase, onChain, slashed, owned, orphans, operators, removed, marked, already, errors,
    ]
  }
}
