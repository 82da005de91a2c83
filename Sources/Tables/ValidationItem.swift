extension Validation {
  /// Checks a key: exactly the schema's attributes, of its types, not empty, not too long.
  package static func check(_ key: Key, of schema: KeySchema, in table: String) throws(StoreError) {
    guard key.attributes.count == (schema.sort == nil ? 1 : 2) else {
      throw .validation("a key of table '\(table)' must be \(schema) and nothing else")
    }
    try checkKeyAttributes(of: key.attributes, schema, in: table)
  }

  /// Checks a whole item: its key, its values, its index keys, its size.
  ///
  /// - Returns: The size in bytes.
  @discardableResult
  package static func check(_ item: Item, in spec: TableSpec) throws(StoreError) -> Int {
    try checkKeyAttributes(of: item, spec.key, in: spec.name)
    try checkValues(of: item, in: spec)
    return try checkSize(of: item, in: spec.name)
  }

  /// Checks the size of an item as it would be written.
  ///
  /// - Returns: The size in bytes.
  @discardableResult
  package static func checkSize(of item: Item, in table: String) throws(StoreError) -> Int {
    let size = item.sizeInBytes
    guard size <= maximumItemSize else {
      throw .validation(
        "an item of table '\(table)' would be \(size) bytes; DynamoDB allows \(maximumItemSize)")
    }
    return size
  }

  /// Checks names, values and index keys of an item or of a part of one.
  static func checkValues(of attributes: AttributeMap, in spec: TableSpec) throws(StoreError) {
    for entry in attributes.entries {
      guard (1...65_535).contains(entry.name.byteCount) else {
        throw .validation("an attribute name in table '\(spec.name)' is empty or longer than 65535 bytes")
      }
      if let problem = problem(of: entry.value, depth: 0) {
        throw .validation("attribute '\(entry.name)' of table '\(spec.name)' \(problem)")
      }
    }
    for index in spec.indexes {
      try checkIndexKey(index.key.partition, maximumPartitionKeySize, of: attributes, index.name)
      if let sort = index.key.sort { try checkIndexKey(sort, maximumSortKeySize, of: attributes, index.name) }
    }
  }

  private static func checkKeyAttributes(
    of attributes: AttributeMap, _ schema: KeySchema, in table: String
  ) throws(StoreError) {
    try checkKey(schema.partition, maximumPartitionKeySize, of: attributes, in: table)
    if let sort = schema.sort { try checkKey(sort, maximumSortKeySize, of: attributes, in: table) }
  }

  private static func checkKey(
    _ attribute: KeyAttribute, _ limit: Int, of attributes: AttributeMap, in table: String
  ) throws(StoreError) {
    guard let value = attributes[attribute.name] else {
      throw .validation("key attribute '\(attribute.name)' of table '\(table)' is missing")
    }
    if let problem = problem(ofKey: value, attribute.type, limit) {
      throw .validation("key attribute '\(attribute.name)' of table '\(table)' \(problem)")
    }
  }

  /// An item without an index's key attribute is just not in the index.
  private static func checkIndexKey(
    _ attribute: KeyAttribute, _ limit: Int, of attributes: AttributeMap, _ index: String
  ) throws(StoreError) {
    guard let value = attributes[attribute.name] else { return }
    if let problem = problem(ofKey: value, attribute.type, limit) {
      throw .validation("attribute '\(attribute.name)', a key of index '\(index)', \(problem)")
    }
  }

  /// What an index's key does not take in an item, as a clause about its attribute; nil for an item that it takes, or that it
  /// just leaves out.
  static func problem(with item: Item, in index: IndexSpec) -> String? {
    let limits = [maximumPartitionKeySize, maximumSortKeySize]
    for (attribute, limit) in zip(index.key.attributes, limits) {
      guard let value = item[attribute.name], let problem = problem(ofKey: value, attribute.type, limit)
      else {
        continue
      }
      return "attribute '\(attribute.name)' \(problem)"
    }
    return nil
  }

  private static func problem(ofKey value: AttributeValue, _ type: KeyType, _ limit: Int) -> String? {
    let length: Int
    switch (type, value) {
    case (.string, .string(let text)): length = text.byteCount
    case (.binary, .binary(let bytes)): length = bytes.count
    case (.number, .number): return nil
    default: return "must be of type \(type.rawValue), not \(value.typeName)"
    }
    if length == 0 { return "must not be empty" }
    return length > limit ? "is \(length) bytes long; DynamoDB allows \(limit)" : nil
  }

  private static func problem(of value: AttributeValue, depth: Int) -> String? {
    switch value {
    // A number outside DynamoDB's limits can't be made: see DecimalNumber.
    case .string, .number, .binary, .bool, .null: return nil
    case .stringSet(let set): return set.isEmpty ? emptySet : nil
    case .binarySet(let set): return set.isEmpty ? emptySet : nil
    case .numberSet(let set): return set.isEmpty ? emptySet : nil
    case .list(let list):
      if depth == maximumDepth { return tooDeep }
      for member in list { if let problem = problem(of: member, depth: depth + 1) { return problem } }
    case .map(let map):
      if depth == maximumDepth { return tooDeep }
      for entry in map.entries {
        if let problem = problem(of: entry.value, depth: depth + 1) { return problem }
      }
    }
    return nil
  }

  private static let emptySet = "is an empty set, which DynamoDB does not know"
  private static let tooDeep = "is nested deeper than the \(maximumDepth) levels that DynamoDB allows"
}
