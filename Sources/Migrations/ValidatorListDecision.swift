import SpartaJournal

/// What becomes of one operator's list.
struct ValidatorListDecision {
  private typealias Counters = MigrateValidators.Counters

  let step: PlanStep
  let operators: TableSpec
  let validators: String
  let claims: ValidatorClaims

  /// Plans the validators of the list and, when none of its entries is left behind, its removal.
  func plan(_ item: Item) throws {
    step.count(Counters.operators)
    // The store vouches for its tables' keys.
    guard let list = item[Attribute.validators], let key = operators.key.key(of: item),
      let operatorID = item[Attribute.discordID]?.stringValue
    else { return }
    step.count(Counters.lists)
    guard case .list(let entries) = list else {
      step.count(Counters.kept)
      return try report(
        "its 'validators' is not a list, so it stays: fix it, and run the migration again", key)
    }
    var (changes, isWhole) = try creations(entries, operatorID, key)
    if isWhole {
      let before = item.filtered(to: [Attribute.validators])
      changes.append(Change(table: operators.name, key: key, before: before, after: [:]))
    }
    step.count(isWhole ? Counters.removed : Counters.kept)
    if !changes.isEmpty { step.plan(changes) }
  }

  /// The new validators of a list, and whether each of its entries is, or will be, in the table.
  private func creations(_ entries: [AttributeValue], _ operatorID: String, _ key: Key) throws -> (
    [Change], Bool
  ) {
    var changes: [Change] = []
    var isWhole = true
    var seen: Set<String> = []
    for (index, entry) in entries.enumerated() {
      step.count(Counters.entries)
      guard let address = entry.stringValue, KeyLimits.isUsable(address) else {
        isWhole = false
        try report(
          "entry \(index + 1) of its 'validators' is not an address, so the list stays: fix it, and run the migration again",
          key)
        continue
      }
      guard seen.insert(address.lowercased()).inserted else { continue }
      switch try claims.standing(of: address, for: operatorID) {
      case .there: step.count(Counters.already)
      case .free:
        step.count(Counters.created)
        changes.append(.creatingValidator(address, of: operatorID, in: validators, at: step.now))
      case .taken:
        isWhole = false
        try reportConflict(
          "validatorTaken",
          "validator \(address) of its list is in '\(validators)' under another operator or none, so the list stays: find out whose it is, and fix the other",
          key)
      case .listedBefore(let other):
        isWhole = false
        try reportConflict(
          "validatorListedTwice",
          "validator \(address) of its list is also in that of operator \(other), who comes first and gets it, so the list stays: find out whose it is, and fix the other",
          key)
      }
    }
    return (changes, isWhole)
  }

  private func report(_ message: String, _ key: Key) throws {
    step.count(Counters.errors)
    try step.note(.data, "badValidators", table: operators.name, key: key, message)
  }

  private func reportConflict(_ code: String, _ message: String, _ key: Key) throws {
    step.count(Counters.conflicts)
    try step.note(.conflict, code, table: operators.name, key: key, message)
  }
}
