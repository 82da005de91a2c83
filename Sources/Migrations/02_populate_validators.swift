import SpartaJournal

/// Fills the validators table: each validator on chain belongs to the operator whose wallet has its address.
public struct PopulateValidators: Migration {
  /// Its name: `02_populate_validators`.
  public let name = "02_populate_validators"
  /// One line for `list`.
  public let summary = "Fills the validators table from the API, matching validators with operators by wallet"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:cf55a05506da4d2b6cbad63b10272248bcd0600825513999c2554c6117ade557",
    files: "02_populate_validators.swift", "APIOperators.swift", "KnownValidators.swift",
    "OnChainValidators.swift", "SpartaAPI.swift", "SuccessReply.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.validators, Variable.apiURL]
  /// The tables and replies that it works with.
  public let needs = Needs(
    tables: [ConfiguredTable.filledValidators],
    inputs: [
      .api("/api/operator/validators", list: ["data", "blockchainValidators", "validators"]),
      .api("/api/operator/operators", list: ["operators"], saysSuccess: false),
    ])
  /// Five validators.
  public let testLimit = 5

  /// The migration.
  public init() {}

  /// Fetches the set and the operators, looks at the table, and decides for every validator of the set.
  public func plan(_ planner: Planner) async throws {
    let table = try await planner.tables.require(ConfiguredTable.filledValidators, planner.settings)
    let onChain = try OnChainValidators(planner)
    try await planner.prepare("validators") { step in
      for counter in Counters.all { step.count(counter, 0) }
      step.count(Counters.created, 0, if: .created(in: table.spec.name))
      step.count(Counters.reassigned, 0, if: .updated(in: table.spec.name))
      step.count(Counters.errors, 0, if: .failures)
      try await onChain.fetch(planner)
      step.count(Counters.onChain, try onChain.count())
    }
    let owners = try planner.lookupTable()
    try await planner.prepare("operators") { step in try await gather(onChain, owners, planner, step) }
    let known = try KnownValidators(planner)
    try await planner.prepare("table") { step in try await known.read(table, step) }
    try await planner.forEachFact(of: onChain.addresses, step: "match") { step, facts in
      for fact in facts {
        guard let owner = try owners.value(fact.name) else {
          step.count(Counters.unmatchedValidators)
          continue
        }
        step.count(Counters.matched)
        try plan(fact.value, owner, try known.item(fact.value), table.spec, step)
      }
    }
  }

  /// Each wallet belongs to the first operator in the API's order that names it.
  private func gather(
    _ onChain: OnChainValidators, _ owners: LookupTable, _ planner: Planner, _ step: PlanStep
  ) async throws {
    var number = 0
    try await APIOperators.forEach(planner) { entry in
      number += 1
      guard let entry else {
        step.count(Counters.errors)
        return try step.note(
          .data, "badOperator",
          "entry \(number) of the API's operators has no usable discordId and walletAddress, so it is left out"
        )
      }
      let wallet = entry.wallet.lowercased()
      if try owners.add(wallet, entry.discordID) {
        let isMatched = try onChain.contains(wallet)
        step.count(isMatched ? Counters.matchedOperators : Counters.unmatchedOperators)
      } else if let owner = try owners.value(wallet), owner != entry.discordID {
        step.count(Counters.clashes)
        step.count(Counters.unmatchedOperators)
        try step.note(
          .conflict, "walletShared",
          "operators \(owner) and \(entry.discordID) have one wallet address, \(entry.wallet): the first one gets its validator; fix the other in the application"
        )
      }
    }
  }

  private func plan(
    _ address: String, _ owner: String, _ known: Item?, _ table: TableSpec, _ step: PlanStep
  ) throws {
    let wanted: Item = [Attribute.nodeOperatorID: .string(owner), Attribute.updatedAt: .number(step.now)]
    guard let known, let key = table.key.key(of: known) else {
      step.count(Counters.created)
      return step.plan([
        .creatingValidator(address, of: owner, in: table.name, at: step.now)
      ])
    }
    if known[Attribute.nodeOperatorID] == wanted[Attribute.nodeOperatorID] {
      return step.count(Counters.already)
    }
    step.count(Counters.reassigned)
    step.plan([
      Change(table: table.name, key: key, before: known.filtered(to: wanted.names), after: wanted)
    ])
  }

  private enum Counters {
    static let onChain = "validators on chain"
    static let matched = "validators with operators"
    static let unmatchedValidators = "validators without operators"
    static let matchedOperators = "operators with validators"
    static let unmatchedOperators = "operators without validators"
    static let created = "created"
    static let reassigned = "given to another operator"
    static let already = "already as wanted"
    static let clashes = "wallets of several operators"
    static let errors = "errors"
    static let all = [
      onChain, matched, unmatchedValidators, matchedOperators, unmatchedOperators, created, reassigned,
      already, clashes, errors,
    ]
  }
}

extension Change {
  /// A validator's first item.
  static func creatingValidator(_ address: String, of owner: String, in table: String, at now: Int64)
    -> Change
  {
    let address = AttributeValue.string(address)
    let item: Item = [
      Attribute.validatorAddress: address, Attribute.nodeOperatorID: .string(owner),
      Attribute.createdAt: .number(now), Attribute.updatedAt: .number(now),
    ]
    return Change(table: table, key: Key([Attribute.validatorAddress: address]), before: nil, after: item)
  }
}
