import DynamoJournalTables

/// What can be told from the text alone; DynamoDB refuses the same before it looks at an item.
///
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
extension Parser {
  private static let ordered = ["S", "N", "B"]
  static let typeNames: Set<String> = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]

  func check(_ comparator: Comparator, _ left: OperandNode, _ right: OperandNode) throws(ExpressionError) {
    try checkDistinct(comparator.rawValue, [left, right])
    guard comparator.isOrder else { return }
    for node in [left, right] { try checkType(of: node, in: Self.ordered, for: comparator.rawValue) }
  }

  func checkBounds(_ value: OperandNode, _ lower: OperandNode, _ upper: OperandNode) throws(ExpressionError) {
    for node in [value, lower, upper] { try checkType(of: node, in: Self.ordered, for: "BETWEEN") }
    guard let first = lower.constant, let last = upper.constant else { return }
    guard let order = Ordering.order(first, last), order <= 0 else {
      throw error(.badBounds, at: lower.range.lowerBound..<upper.range.upperBound)
    }
  }

  func checkType(
    of node: OperandNode, in types: [String], for operation: String
  ) throws(ExpressionError) {
    guard let type = node.typeName, !types.contains(type) else { return }
    throw error(
      .wrongType(operation: operation, found: type, expected: types.joined(separator: ", ")), at: node.range)
  }

  func checkDistinct(_ operation: String, _ arguments: [OperandNode]) throws(ExpressionError) {
    guard arguments.count == 2, let left = arguments[0].path, left == arguments[1].path else { return }
    throw error(
      .sameOperands(operation), at: arguments[0].range.lowerBound..<arguments[1].range.upperBound)
  }

  func checkArguments(
    _ function: Function, _ arguments: [OperandNode], name: Range<Int>, at range: Range<Int>
  ) throws(ExpressionError) {
    guard function.argumentCount.contains(arguments.count) else {
      let found = arguments.count
      throw error(
        .wrongArgumentCount(function.rawValue, expected: function.argumentCount, found: found), at: range)
    }
    for (index, argument) in arguments.enumerated() {
      guard let types = function.argumentTypes(index) else { continue }
      try checkType(of: argument, in: types, for: function.rawValue)
    }
    if function.isCondition { try checkDistinct(function.rawValue, arguments) }
  }

  func checkedPath(_ function: Function, _ node: OperandNode) throws(ExpressionError) -> DocumentPath {
    guard let path = node.path else { throw error(.needsPath(function.rawValue), at: node.range) }
    return path
  }

  func checkedTypeName(_ node: OperandNode) throws(ExpressionError) -> String {
    guard case .string(let name)? = node.constant else {
      throw error(
        .unexpected(found: "a value that depends on the item", expected: "a type as a text such as 'S'"),
        at: node.range)
    }
    guard Self.typeNames.contains(name.string) else {
      throw error(.badTypeName(String(name.string.prefix(60))), at: node.range)
    }
    return name.string
  }

  func checkSet(_ members: [OperandNode]) throws(ExpressionError) {
    var seen: Set<AttributeValue> = []
    let kind = members.lazy.compactMap(\.typeName).first
    for member in members {
      if let type = member.typeName, type != kind || !Self.ordered.contains(type) {
        throw error(.mixedSet, at: member.range)
      }
      if let value = member.constant, !seen.insert(value).inserted {
        throw error(.duplicateElement, at: member.range)
      }
    }
  }

  /// A function's call, or its value when it is the same for every item.
  func checkedCall(
    _ function: Function, _ arguments: [OperandNode], name: Range<Int>, at range: Range<Int>
  ) throws(ExpressionError) -> Operand {
    if function.isCondition {
      throw error(
        .notAllowedHere(function.rawValue, allowed: "it is a condition and belongs in 'where' or 'expect'"),
        at: name)
    }
    if function.isOfUpdates && context == .condition {
      throw error(.notAllowedHere(function.rawValue, allowed: "DynamoDB has it in 'set' only"), at: name)
    }
    try checkArguments(function, arguments, name: name, at: range)
    if function == .ifNotExists { _ = try checkedPath(function, arguments[0]) }
    let call = Operand.call(function, arguments)
    guard let value = try constantValue(of: call, arguments, at: range), !function.isOfUpdates else {
      return call
    }
    return .constant(value)
  }

  func checkedSum(
    _ first: OperandNode, _ terms: [Term], at range: Range<Int>
  ) throws(ExpressionError) -> OperandNode {
    try checkType(of: first, in: ["N"], for: terms[0].symbol)
    for term in terms { try checkType(of: term.node, in: ["N"], for: term.symbol) }
    let sum = Operand.sum(first, terms)
    _ = try constantValue(of: sum, [first] + terms.map(\.node), at: range)
    return OperandNode(operand: sum, range: range)
  }

  private func constantValue(
    of operand: Operand, _ parts: [OperandNode], at range: Range<Int>
  ) throws(ExpressionError) -> AttributeValue? {
    guard parts.allSatisfy({ $0.constant != nil }) else { return nil }
    do throws(EvaluationFailure) {
      return try Evaluator(item: Item(), bindings: ExpressionBindings())
        .value(OperandNode(operand: operand, range: range))
    } catch { throw self.error(.alwaysFails(error.reason), at: range) }
  }
}
