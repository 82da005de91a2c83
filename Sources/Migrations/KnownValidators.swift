import SpartaJournal

/// The validators table as it stands, by address in whatever case.
struct KnownValidators {
  /// What is known of a validator, as canonical text: its key, its operator, and when it was changed.
  private let items: LookupTable

  init(_ planner: Planner) throws { items = try planner.lookupTable() }

  /// Reads the whole table; of two items that differ in case only, the first in its order counts.
  func read(_ table: TableDescription, _ step: PlanStep) async throws {
    try await step.tables.forEachPage(of: table.spec.name) { page in
      for item in page { try add(item, table, step) }
      return true
    }
  }

  private func add(_ item: Item, _ table: TableDescription, _ step: PlanStep) throws {
    if let problem = Design.nodeOperatorIndex.problem(with: item) {
      step.count("errors")
      try step.note(
        .data, "unfitForIndex", table: table.spec.name, key: table.spec.key.key(of: item),
        "\(problem), as \(Design.nodeOperatorIndex.name) needs it: with that index DynamoDB refuses each write to the item; fix or remove the attribute"
      )
    }
    let kept = item.filtered(to: [Attribute.validatorAddress, Attribute.nodeOperatorID, Attribute.updatedAt])
    // The store vouches for its tables' keys.
    guard let address = item[Attribute.validatorAddress]?.stringValue else { return }
    if try items.add(address.lowercased(), DynamoDBJSON.text(kept)) { return }
    step.count("errors")
    try step.note(
      .data, "validatorTwice", table: table.spec.name, key: table.spec.key.key(of: item),
      "the table has the address in another case as well: find out which is right, and delete the other")
  }

  /// The validator with that address, or nil when the table has none.
  func item(_ address: String) throws -> Item? {
    try items.value(address.lowercased()).map { try DynamoDBJSON.item(from: Array($0.utf8)) }
  }
}
