extension Validation {
  /// Checks what concerns a unit as a whole: the number of its changes and that no item stands in it twice.
  package static func check(unit: [Change]) throws(StoreError) {
    guard (1...maximumChangesPerUnit).contains(unit.count) else {
      throw .validation("a unit has 1 to \(maximumChangesPerUnit) changes, not \(unit.count)")
    }
    guard unit.count > 1 else { return }
    var seen: Set<TableKey> = []
    for change in unit where !seen.insert(TableKey(table: change.table, key: change.key)).inserted {
      throw .validation("a unit changes one item of table '\(change.table)' twice")
    }
  }

  /// Checks the size of all items of a unit of two changes or more.
  package static func check(unitSize size: Int) throws(StoreError) {
    guard size <= maximumUnitSize else {
      throw .validation("the items of a unit are \(size) bytes; DynamoDB allows \(maximumUnitSize)")
    }
  }

  /// Checks a change as far as that can be done without the item that it changes.
  ///
  /// - Returns: The size in bytes of the item to create; 0 for another change.
  @discardableResult
  package static func check(_ change: Change, in spec: TableSpec) throws(StoreError) -> Int {
    try check(change.key, of: spec.key, in: spec.name)
    switch (change.before, change.after) {
    case (nil, nil): throw .validation("a change in table '\(spec.name)' has neither image")
    case (nil, let after?):
      let size = try check(after, in: spec)
      guard spec.key.key(of: after) == change.key else {
        throw .validation("an item to create in table '\(spec.name)' has another key than its change")
      }
      return size
    case (_?, nil): break
    case (let before?, let after?):
      for attribute in spec.key.attributes where before[attribute.name] ?? after[attribute.name] != nil {
        throw .validation(
          "key attribute '\(attribute.name)' of table '\(spec.name)' can't be updated; delete and create instead"
        )
      }
      try checkValues(of: after, in: spec)
      try checkExpressions(of: change, before, after)
    }
    return 0
  }

  /// Bytes of one expression.
  ///
  /// Source: "Expression parameters" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  package static let maximumExpressionSize = 4_096
  /// Comparisons of one condition: each costs an operator, and so does each `AND`; 300 are allowed.
  package static let maximumComparisons = 150

  /// Checks that an update fits into the expressions that it is sent as, of which each attribute takes a part; how long that is
  /// only the placeholders tell (`WriteExpression`).
  private static func checkExpressions(
    of change: Change, _ before: Item, _ after: Item
  ) throws(StoreError) {
    var (condition, update) = ("attribute_exists(#n0)".utf8.count, "SET  REMOVE ".utf8.count)
    var values = 0
    for (index, attribute) in change.touched.enumerated() {
      let (old, new) = (before[attribute], after[attribute])
      let name = "#n\(index + 1)"
      condition +=
        (old == nil ? " AND attribute_not_exists(\(name))" : " AND \(name) = :v\(values)").utf8.count
      if old != nil { values += 1 }
      if old == new { continue }
      update += (new == nil ? ", \(name)" : ", \(name) = :v\(values)").utf8.count
      if new != nil { values += 1 }
    }
    guard change.touched.count < maximumComparisons, condition <= maximumExpressionSize,
      update <= maximumExpressionSize
    else { throw tooManyAttributes(change) }
  }

  /// What is said of an update that one expression does not hold.
  package static func tooManyAttributes(_ change: Change) -> StoreError {
    .validation(
      "an update in table '\(change.table)' touches \(change.touched.count) attributes, more than one "
        + "expression of DynamoDB holds; plan it as several changes")
  }

  private struct TableKey: Hashable {
    let table: String
    let key: Key
  }
}
