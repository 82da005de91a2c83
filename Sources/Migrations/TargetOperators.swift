import SpartaJournal

/// The operators that the target holds already.
final class TargetOperators {
  /// Each operator's item in the target, as canonical text.
  private let items: LookupTable
  /// Who has an address, in lower case; empty when the item names no operator.
  private let holders: LookupTable

  init(_ planner: Planner) throws {
    items = try planner.lookupTable()
    holders = try planner.lookupTable()
  }

  /// Takes in an item of the target; false when its operator has another one there already.
  func add(_ item: Item) throws -> Bool {
    let operatorID = item[OperatorTables.discordID]?.stringValue
    if let address = item[OperatorTables.address]?.stringValue {
      _ = try holders.add(address.lowercased(), operatorID ?? "")
    }
    guard let operatorID else { return true }
    return try items.add(operatorID, DynamoDBJSON.text(item))
  }

  /// Whether the operator is in the target.
  func contains(_ operatorID: String) throws -> Bool { try items.value(operatorID) != nil }

  /// The operator's item, or nil when it is not in the target.
  func item(of operatorID: String) throws -> Item? {
    try items.value(operatorID).map { try DynamoDBJSON.item(from: Array($0.utf8)) }
  }

  /// Whether the address belongs to an item there.
  func holds(_ address: String) throws -> Bool { try holders.value(address.lowercased()) != nil }
}
