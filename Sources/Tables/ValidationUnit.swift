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
    }
    return 0
  }

  private struct TableKey: Hashable {
    let table: String
    let key: Key
  }
}
