import Journal
import Runner
import Tables

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
    "sha256:6db40f6e2bd93949db39679258f3c3f0eeae3c8b4733f9b21df855f8d4e0dc5a",
    files: "02_populate_validators.swift", "APIOperators.swift", "KnownValidators.swift",
    "OnChainValidators.swift", "SpartaAPI.swift", "SuccessReply.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.validators, Variable.apiURL]
  /// The tables and replies that it works with.
  public let needs = Needs(
    tables: [ConfiguredTable.validators.need(Design.validators)],
    inputs: [
      .api("/api/operator/validators", list: ["data", "blockchainValidators", "validators"]),
      .api("/api/operator/operators", list: ["operators"], saysSuccess: false),
    ])
  /// Five validators.
  public let testLimit = 5

  /// The migration.
  public init() {}

  /// Refuses when the table is missing or keyed otherwise, or when the API can't be asked.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    try SpartaAPI(settings).requireKey()
    _ = try await ConfiguredTable.requireValidators(settings, tables)
  }

  /// Fetches the set and the operators, looks at the table, and decides for every validator of the set.
  public func plan(_ planner: Planner) async throws {
    let table = try await ConfiguredTable.requireValidators(planner.settings, planner.tables)
    let onChain = try OnChainValidators(planner)
    try await planner.prepare("validators") {
      for counter in Counters.all { planner.count(counter, 0) }
      try await onChain.fetch(planner)
      planner.count(Counters.onChain, try onChain.count())
    }
    let owners = try planner.lookupTable()
    try await planner.prepare("operators") { try await gather(onChain, owners, planner) }
    let known = try KnownValidators(planner)
    try await planner.prepare("table") { try await known.read(table, planner) }
    try await planner.forEachFact(of: onChain.addresses, step: "match") { facts in
      for fact in facts {
        guard let owner = try owners.value(fact.name) else {
          planner.count(Counters.unmatchedValidators)
          continue
        }
        planner.count(Counters.matched)
        try plan(fact.value, owner, try known.item(fact.value), table.spec, planner)
      }
    }
  }

  /// Each wallet belongs to the first operator in the API's order that names it.
  private func gather(_ onChain: OnChainValidators, _ owners: LookupTable, _ planner: Planner) async throws {
    var number = 0
    try await APIOperators.forEach(planner) { entry in
      number += 1
      guard let entry else {
        planner.count(Counters.errors)
        return try planner.note(
          .data, "badOperator",
          "entry \(number) of the API's operators has no usable discordId and walletAddress, so it is left out"
        )
      }
      let wallet = entry.wallet.lowercased()
      if try owners.add(wallet, entry.discordID) {
        let isMatched = try onChain.contains(wallet)
        planner.count(isMatched ? Counters.matchedOperators : Counters.unmatchedOperators)
      } else if let owner = try owners.value(wallet), owner != entry.discordID {
        planner.count(Counters.clashes)
        planner.count(Counters.unmatchedOperators)
        try planner.note(
          .conflict, "walletShared",
          "operators \(owner) and \(entry.discordID) have one wallet address, \(entry.wallet): the first one gets its validator; mend the other in the application"
        )
      }
    }
  }

  private func plan(
    _ address: String, _ owner: String, _ known: Item?, _ table: TableSpec, _ planner: Planner
  ) throws {
    let wanted: Item = [Attribute.nodeOperatorID: .string(owner), Attribute.updatedAt: .number(planner.now)]
    guard let known, let key = table.key.key(of: known) else {
      planner.count(Counters.created)
      return planner.plan([
        .creatingValidator(address, of: owner, in: table.name, at: planner.now)
      ])
    }
    if known[Attribute.nodeOperatorID] == wanted[Attribute.nodeOperatorID] {
      return planner.count(Counters.already)
    }
    planner.count(Counters.reassigned)
    planner.plan([
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
