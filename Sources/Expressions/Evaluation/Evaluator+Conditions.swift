import DynamoJournalTables

extension Evaluator {
  /// Whether a condition holds; parts are looked at from the left, and no further than the result needs.
  func holds(_ condition: ConditionNode) throws(EvaluationFailure) -> Bool {
    switch condition {
    case .all(let parts):
      for part in parts where try !holds(part) { return false }
      return true
    case .any(let parts):
      for part in parts where try holds(part) { return true }
      return false
    case .not(let part): return try !holds(part)
    case .compare(let comparator, let left, let right):
      return Ordering.holds(comparator, try value(left), try value(right))
    case .between(let node, let lower, let upper): return try isBetween(node, lower, upper)
    case .isIn(let node, let choices): return try isIn(node, choices)
    case .exists(let path, let isWanted): return (value(at: path) != nil) == isWanted
    case .hasType(let node, let name): return try value(node)?.typeName == name
    case .beginsWith(let node, let start): return try begins(node, start)
    case .contains(let node, let part): return try contains(node, part)
    }
  }

  private func isBetween(
    _ node: OperandNode, _ lower: OperandNode, _ upper: OperandNode
  ) throws(EvaluationFailure) -> Bool {
    let value = try value(node)
    let first = try self.value(lower)
    let last = try self.value(upper)
    return Ordering.holds(.greaterOrEqual, value, first) && Ordering.holds(.lessOrEqual, value, last)
  }

  private func isIn(_ node: OperandNode, _ choices: [OperandNode]) throws(EvaluationFailure) -> Bool {
    guard let value = try value(node) else { return false }
    for choice in choices where try self.value(choice) == value { return true }
    return false
  }

  private func begins(_ node: OperandNode, _ start: OperandNode) throws(EvaluationFailure) -> Bool {
    switch (try value(node), try value(start)) {
    case (.string(let text)?, .string(let start)?): return text.string.utf8.starts(with: start.string.utf8)
    case (.binary(let bytes)?, .binary(let start)?): return bytes.starts(with: start)
    default: return false
    }
  }

  /// A part of a string or binary, or an element of a list or set.
  private func contains(_ node: OperandNode, _ part: OperandNode) throws(EvaluationFailure) -> Bool {
    switch (try value(node), try value(part)) {
    case (.string(let text)?, .string(let part)?): return ByteSearch.contains(text, part)
    case (.binary(let bytes)?, .binary(let part)?): return ByteSearch.contains(bytes, part)
    case (.stringSet(let set)?, .string(let element)?): return set.contains(element)
    case (.numberSet(let set)?, .number(let element)?): return set.contains(element)
    case (.binarySet(let set)?, .binary(let element)?): return set.contains(element)
    case (.list(let list)?, let element?): return list.contains(element)
    default: return false
    }
  }
}
