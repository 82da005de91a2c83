import DynamoJournalTables

/// How DynamoDB compares values.
///
/// Source: "Data type" sections of
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
enum Ordering {
  /// Below zero, zero or above zero for two strings (by UTF-8 bytes), two numbers or two binaries (bytes without a sign);
  /// nil for other types and for different ones.
  static func order(_ left: AttributeValue, _ right: AttributeValue) -> Int? {
    switch (left, right) {
    case (.string(let left), .string(let right)): left == right ? 0 : left < right ? -1 : 1
    case (.number(let left), .number(let right)): left == right ? 0 : left < right ? -1 : 1
    case (.binary(let left), .binary(let right)):
      left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    default: nil
    }
  }

  /// Whether a comparison holds; a missing value equals nothing, another missing value included, and has no order.
  static func holds(_ comparator: Comparator, _ left: AttributeValue?, _ right: AttributeValue?) -> Bool {
    guard let left, let right else { return comparator == .notEqual }
    switch comparator {
    case .equal: return left == right
    case .notEqual: return left != right
    case .less: return order(left, right).map { $0 < 0 } ?? false
    case .lessOrEqual: return order(left, right).map { $0 <= 0 } ?? false
    case .greater: return order(left, right).map { $0 > 0 } ?? false
    case .greaterOrEqual: return order(left, right).map { $0 >= 0 } ?? false
    }
  }
}

extension AttributeValue {
  /// What DynamoDB's `size` gives; nil for a number, a Boolean and NULL.
  ///
  /// A string counts UTF-16 code units: not documented, found on the service (github.com/ExtendDB/extenddb, pull request
  /// 67). Source of the rest:
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
  var expressionSize: Int? {
    switch self {
    case .string(let text): text.string.utf16.count
    case .binary(let bytes): bytes.count
    case .list(let list): list.count
    case .map(let map): map.count
    case .stringSet(let set): set.count
    case .numberSet(let set): set.count
    case .binarySet(let set): set.count
    case .number, .bool, .null: nil
    }
  }

  /// Whether lists and maps are inside each other beyond that many levels.
  func isDeeper(than levels: Int) -> Bool {
    switch self {
    case .list(let list): levels <= 0 || list.contains { $0.isDeeper(than: levels - 1) }
    case .map(let map): levels <= 0 || map.entries.contains { $0.value.isDeeper(than: levels - 1) }
    default: false
    }
  }
}
