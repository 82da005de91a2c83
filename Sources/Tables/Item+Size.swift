extension AttributeMap {
  /// The size that DynamoDB counts against its limit of 400 KB and charges by: names and values.
  ///
  /// Numbers are AWS's own approximation, so the sum may be off by a few bytes from what DynamoDB finds.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
  public var sizeInBytes: Int {
    entries.reduce(0) { $0 + $1.name.byteCount + $1.value.sizeInBytes }
  }
}

extension AttributeValue {
  /// The size of the value without its name, by the rules of `AttributeMap.sizeInBytes`.
  public var sizeInBytes: Int {
    switch self {
    case .string(let text): text.byteCount
    case .number(let number): number.sizeInBytes
    case .binary(let bytes): bytes.count
    case .bool, .null: 1
    case .list(let elements): elements.reduce(3) { $0 + 1 + $1.sizeInBytes }
    case .map(let attributes): 3 + attributes.count + attributes.sizeInBytes
    case .stringSet(let elements): elements.reduce(0) { $0 + $1.byteCount }
    case .numberSet(let elements): elements.reduce(0) { $0 + $1.sizeInBytes }
    case .binarySet(let elements): elements.reduce(0) { $0 + $1.count }
    }
  }
}

extension DecimalNumber {
  /// A byte for every two significant digits, one more, and one for a minus sign.
  var sizeInBytes: Int { (significantDigits + 1) / 2 + 1 + (isNegative ? 1 : 0) }
}
