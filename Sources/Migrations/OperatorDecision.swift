import SpartaJournal

/// What becomes of one operator of the source.
struct OperatorDecision {
  private typealias Counters = AddWalletToOperators.Counters

  let step: PlanStep
  let tables: OperatorTables
  let best: BestAddresses
  let migrated: TargetOperators

  private var source: String { tables.source.spec.name }
  private var target: String { tables.target.name }
  private var keepsSource: Bool { step.settings.options.contains(.keepSource) }

  /// Plans the operator's move, or notes why it stays.
  func plan(_ item: Item) async throws {
    // The store vouches for its tables' keys.
    guard let key = tables.source.spec.key.key(of: item), let operatorID = key.operatorID else { return }
    step.count(Counters.existing)
    step.count(Counters.processed)
    if let twin = try migrated.item(of: operatorID) {
      try planLeftover(item, key, twin)
    } else if let address = try best.address(of: operatorID) {
      if let conflict = try await conflict(over: address, operatorID) {
        step.count(Counters.conflicts)
        try step.note(.conflict, conflict.code, table: source, key: key, conflict.message)
      } else {
        try planMove(item, key, to: address)
      }
    } else {
      step.count(Counters.skipped)
      try step.note(
        .skipped, "operatorWithoutValidator", table: source, key: key,
        "the API knows no validator of this operator, so it has no address and stays where it is")
    }
  }

  // MARK: Moving

  private func planMove(_ item: Item, _ key: Key, to address: String) throws {
    let wanted = AttributeValue.string(address)
    if let own = item[OperatorTables.address], own != wanted {
      try step.note(
        .warning, "addressOverwritten", table: source, key: key,
        "the operator has another 'address' already, which the best address replaces; a rollback restores it")
    }
    var moved = item
    moved[OperatorTables.address] = wanted
    let put = Change(
      table: target, key: Key([OperatorTables.address: wanted]), before: nil, after: moved)
    step.plan(keepsSource ? [put] : [put, deletion(of: item, key)])
    step.count(Counters.migrated)
  }

  private func deletion(of item: Item, _ key: Key) -> Change {
    Change(table: source, key: key, before: item, after: nil)
  }

  // MARK: Already migrated

  /// The operator is in the target: what is left of it in the source goes only if nothing is lost by that.
  private func planLeftover(_ item: Item, _ key: Key, _ twin: Item) throws {
    step.count(Counters.already)
    if keepsSource { return }
    var expected = item
    if expected[OperatorTables.address] == nil {
      expected[OperatorTables.address] = twin[OperatorTables.address]
    }
    if expected == twin { return step.plan([deletion(of: item, key)]) }
    try step.note(
      .warning, "leftoverDiffers", table: source, key: key,
      "the operator is in '\(target)' already, with other attributes: make the two alike, or delete the one in '\(source)'; then run the migration again"
    )
  }

  // MARK: Conflicts

  private struct Conflict {
    let code: String
    let message: String
  }

  private func conflict(over address: String, _ operatorID: String) async throws -> Conflict? {
    if try migrated.holds(address) {
      return Conflict(
        code: "addressTaken",
        message:
          "its best address \(address) belongs to another operator in '\(target)', so neither was touched: find out whose it is, fix the other, and run the migration again"
      )
    }
    guard try best.isShared(address) else { return nil }
    let winner = try await best.winner(of: address, isToBeMigrated: isToBeMigrated)
    guard let winner, winner != operatorID else { return nil }
    return Conflict(
      code: "addressShared",
      message:
        "its best address \(address) is also that of operator \(winner), who comes first in the API's reply and gets it: fix the API's validators, and run the migration again"
    )
  }

  private func isToBeMigrated(_ operatorID: String) async throws -> Bool {
    if try migrated.contains(operatorID) { return false }
    let key = Key([OperatorTables.discordID: .string(operatorID)])
    return try await step.tables.items([key], in: source)[0] != nil
  }
}

extension Key {
  fileprivate var operatorID: String? { attributes[OperatorTables.discordID]?.stringValue }
}
