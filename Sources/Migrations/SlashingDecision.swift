import SpartaJournal

/// What becomes of the operators whose validators were slashed.
struct SlashingDecision {
  private typealias Counters = AddWasSlashedField.Counters

  let step: PlanStep
  let operators: String
  let validators: TableSpec
  let slashed: SlashedValidators

  /// Plans a unit for each of these operators that is found.
  func plan(_ operatorIDs: [String]) async throws {
    let keys = operatorIDs.map { Key([Attribute.discordID: .string($0)]) }
    let found = try await step.tables.items(keys, in: operators)
    for (index, operatorID) in operatorIDs.enumerated() where !step.isFull {
      let items = try slashed.items(of: operatorID)
      if let item = found[index] {
        try plan(item, keys[index], items)
      } else {
        try report(items, without: operatorID)
      }
    }
  }

  /// The operator comes first: where it can't be marked, none of its validators goes.
  private func plan(_ item: Item, _ key: Key, _ validators: [Item]) throws {
    step.count(Counters.operators)
    step.count(Counters.owned, validators.count)
    let deletions = validators.compactMap { deletion(of: $0) }
    try step.note(.warning, "operatorSlashed", table: operators, key: key, words(item, validators.count))
    if item[Attribute.isApproved] == .bool(false) && item[Attribute.wasSlashed] == .bool(true) {
      step.count(Counters.already)
      return step.plan(deletions)
    }
    let after: Item = [
      Attribute.isApproved: .bool(false), Attribute.wasSlashed: .bool(true),
      Attribute.updatedAt: .number(step.now),
    ]
    let mark = Change(table: operators, key: key, before: item.filtered(to: after.names), after: after)
    step.plan([mark] + deletions)
  }

  private func deletion(of item: Item) -> Change? {
    // The store vouches for its tables' keys.
    validators.key.key(of: item).map { Change(table: validators.name, key: $0, before: item, after: nil) }
  }

  /// Whom it hit: the report exists to say this.
  private func words(_ item: Item, _ count: Int) -> String {
    let name = item[Attribute.discordUsername]?.stringValue ?? "unknown"
    let wallet = item[Attribute.walletAddress]?.stringValue ?? "unknown"
    let wasApproved = item[Attribute.isApproved] == .bool(true) ? "yes" : "no"
    return
      "validators slashed: \(count); discordUsername: \(name); walletAddress: \(wallet); was approved: \(wasApproved)"
  }

  private func report(_ items: [Item], without operatorID: String) throws {
    for item in items {
      step.count(Counters.orphans)
      step.count(Counters.errors)
      try step.note(
        .data, "operatorNotFound", table: validators.name, key: validators.key.key(of: item),
        "the validator was slashed, but '\(operators)' has no operator \(operatorID), so it is left in place: fix its nodeOperatorId, or delete it"
      )
    }
  }
}
