import DynamoJournalTables

extension RequestWriter {
  private static let ordered = ["S", "N", "B"]

  mutating func append(_ condition: ConditionNode) -> Bool {
    switch condition {
    case .all(let parts): return append(parts, " AND ") { if case .any = $0 { true } else { false } }
    case .any(let parts): return append(parts, " OR ") { _ in false }
    case .not(let part):
      count()
      write("NOT ")
      return append(part, inParentheses: part.isCompound)
    case .compare(let comparator, let left, let right):
      let types = comparator.isOrder ? Self.ordered : nil
      guard append(left, types: types) else { return false }
      count()
      write(" \(comparator.rawValue) ")
      return append(right, types: types)
    case .between(let node, let lower, let upper): return append(node, lower, upper)
    case .isIn(let node, let choices):
      guard append(node) else { return false }
      count()
      write(" IN (")
      return append(list: choices)
    case .exists(let path, let isWanted):
      count()
      write(isWanted ? "attribute_exists(" : "attribute_not_exists(")
      write(path)
      write(")")
      return true
    case .hasType(let node, let name):
      return append(.attributeType, node, OperandNode(operand: .constant(.string(name)), range: node.range))
    case .beginsWith(let node, let part): return append(.beginsWith, node, part)
    case .contains(let node, let part): return append(.contains, node, part)
    }
  }

  private mutating func append(_ function: Function, _ first: OperandNode, _ second: OperandNode) -> Bool {
    append(OperandNode(operand: .call(function, [first, second]), range: first.range))
  }

  private mutating func append(
    _ parts: [ConditionNode], _ separator: String, _ needsParentheses: (ConditionNode) -> Bool
  ) -> Bool {
    count(parts.count - 1)
    for (index, part) in parts.enumerated() {
      if index > 0 { write(separator) }
      guard append(part, inParentheses: needsParentheses(part)) else { return false }
    }
    return true
  }

  /// DynamoDB refuses parentheses that are not needed when they are doubled, so there are none.
  private mutating func append(_ condition: ConditionNode, inParentheses: Bool) -> Bool {
    if inParentheses { write("(") }
    guard append(condition) else { return false }
    if inParentheses { write(")") }
    return true
  }

  private mutating func append(_ node: OperandNode, _ lower: OperandNode, _ upper: OperandNode) -> Bool {
    if let first = known(lower), let last = known(upper) {
      guard let order = Ordering.order(first, last), order <= 0 else { return false }
    }
    guard append(node, types: Self.ordered) else { return false }
    count()
    write(" BETWEEN ")
    guard append(lower, types: Self.ordered) else { return false }
    write(" AND ")
    return append(upper, types: Self.ordered)
  }

  private mutating func append(list: [OperandNode]) -> Bool {
    for (index, node) in list.enumerated() {
      if index > 0 { write(", ") }
      guard append(node) else { return false }
    }
    write(")")
    return true
  }

  mutating func append(_ actions: [Action]) -> Bool {
    var keyword = ""
    for action in actions {
      let next = action.effect.keyword
      write(next == keyword ? ", " : keyword.isEmpty ? next + " " : " " + next + " ")
      keyword = next
      count()
      write(action.path)
      guard append(action.effect) else { return false }
    }
    return true
  }

  private mutating func append(_ effect: Action.Effect) -> Bool {
    switch effect {
    case .set(let node):
      write(" = ")
      return append(node)
    case .remove: return true
    case .add(let node):
      write(" ")
      return append(node, types: ["N", "SS", "NS", "BS"])
    case .delete(let node):
      write(" ")
      return append(node, types: ["SS", "NS", "BS"])
    }
  }
}

extension ConditionNode {
  var isCompound: Bool {
    switch self {
    case .all, .any, .not: true
    default: false
    }
  }
}

extension Action.Effect {
  var keyword: String {
    switch self {
    case .set: "SET"
    case .remove: "REMOVE"
    case .add: "ADD"
    case .delete: "DELETE"
    }
  }
}
