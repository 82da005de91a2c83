import SpartaJournal

/// What becomes of the operators whose validators were slashed.
struct SlashingDecision {
  private typealias Counters = AddWasSlashedField.Counters

  let step: PlanStep
  let operators: OperatorFinder
  let validators: TableSpec
  let slashed: ItemsByOperator

  /// Plans a unit for each of these operators that is found.
  func plan(_ operatorIDs: [String]) async throws {
    let found = try await operators.find(operatorIDs, step.tables)
    for (operatorID, places) in zip(operatorIDs, found) where !step.isFull {
      let items = try slashed.items(of: operatorID)
      if places.isEmpty {
        try report(items, without: operatorID)
      } else {
        try plan(operatorID, places, items)
      }
    }
  }

  /// The operator comes first: where it can't be marked, none of its validators goes.
  private func plan(_ operatorID: String, _ places: [OperatorFinder.Found], _ items: [Item]) throws {
    step.count(Counters.operators)
    step.count(Counters.owned, items.count)
    for place in places {
      try step.note(
        .warning, "operatorSlashed", table: place.table, key: place.key, words(place.item, items.count))
    }
    for item in items { try report(slashed: item, of: operatorID) }
    let marks = places.compactMap(mark)
    if marks.isEmpty { step.count(Counters.already) }
    step.count(Counters.marked, marks.count)
    step.count(Counters.removed, items.count)
    step.plan(marks + items.compactMap(deletion))
  }

  private func mark(_ place: OperatorFinder.Found) -> Change? {
    let item = place.item
    if item[Attribute.isApproved] == .bool(false) && item[Attribute.wasSlashed] == .bool(true) { return nil }
    let after: Item = [
      Attribute.isApproved: .bool(false), Attribute.wasSlashed: .bool(true),
      Attribute.updatedAt: .number(step.now),
    ]
    return Change(table: place.table, key: place.key, before: item.filtered(to: after.names), after: after)
  }

  private func deletion(of item: Item) -> Change? {
    // The store vouches for its tables' keys.
    validators.key.key(of: item).map { Change(table: validators.name, key: $0, before: item, after: nil) }
  }

  // MARK: What is said

  /// Whom it hit: the report exists to say this.
  private func words(_ item: Item, _ count: Int) -> String {
    let name = item[Attribute.discordUsername]?.stringValue ?? "unknown"
    let wallet = item[Attribute.walletAddress]?.stringValue ?? "unknown"
    let wasApproved = item[Attribute.isApproved] == .bool(true) ? "yes" : "no"
    return
      "validators slashed: \(count); discordUsername: \(name); walletAddress: \(wallet); was approved: \(wasApproved)"
  }

  private func report(slashed item: Item, of operatorID: String) throws {
    try step.note(
      .warning, "validatorSlashed", table: validators.name, key: validators.key.key(of: item),
      "the validator of operator \(operatorID) is not on chain, so it is removed")
  }

  private func report(_ items: [Item], without operatorID: String) throws {
    for item in items {
      step.count(Counters.orphans)
      step.count(Counters.errors)
      try step.note(
        .data, "operatorNotFound", table: validators.name, key: validators.key.key(of: item),
        "the validator was slashed, but \(operators.places) has no operator \(operatorID), so it is left in place: fix its nodeOperatorId, or delete it; if operators were moved to another table, set \(Variable.nodeOperators) or \(Variable.newNodeOperators) to it"
      )
    }
  }
}
