import SpartaJournal

/// Items that belong to operators: the validators that were slashed, or the operators' own.
struct ItemsByOperator {
  /// How many each operator has.
  let operators: LookupTable
  /// The items as canonical text, under `0:operator`, `1:operator` and so on.
  private let items: LookupTable

  init(_ planner: Planner) throws {
    operators = try planner.lookupTable()
    items = try planner.lookupTable()
  }

  /// Takes in an item of an operator.
  func add(_ item: Item, of operatorID: String) throws {
    let place = try operators.value(operatorID).flatMap { Int($0) } ?? 0
    try items.set("\(place):\(operatorID)", DynamoDBJSON.text(item))
    try operators.set(operatorID, String(place + 1))
  }

  /// Whether the operator has one.
  func has(_ operatorID: String) throws -> Bool { try operators.value(operatorID) != nil }

  /// The items of an operator, in the table's order.
  func items(of operatorID: String) throws -> [Item] {
    let count = try operators.value(operatorID).flatMap { Int($0) } ?? 0
    return try (0..<count).compactMap { place in
      try items.value("\(place):\(operatorID)").map { try DynamoDBJSON.item(from: Array($0.utf8)) }
    }
  }
}
