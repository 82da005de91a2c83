import DynamoJournalTables

extension Parser {
  /// A condition, or a value that may yet become part of one: what a parenthesis holds is known at its end only.
  private enum Parsed {
    case condition(ConditionNode)
    case operand(OperandNode)
  }

  /// A whole condition.
  ///
  /// Precedence, highest first: comparisons, IN, BETWEEN, functions, NOT, AND, OR. Source: "Precedence in conditions" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
  mutating func condition() throws(ExpressionError) -> ConditionNode {
    let start = token.range.lowerBound
    let parsed = try disjunction()
    return try condition(parsed, from: start)
  }

  private func condition(_ parsed: Parsed, from start: Int) throws(ExpressionError) -> ConditionNode {
    switch parsed {
    case .condition(let condition): return condition
    case .operand(let node): throw error(.notACondition, at: node.range)
    }
  }

  private mutating func disjunction() throws(ExpressionError) -> Parsed {
    try joined("OR", { (parser) throws(ExpressionError) in try parser.conjunction() }) { .any($0) }
  }

  private mutating func conjunction() throws(ExpressionError) -> Parsed {
    try joined("AND", { (parser) throws(ExpressionError) in try parser.negation() }) { .all($0) }
  }

  private mutating func joined(
    _ keyword: String, _ part: (inout Parser) throws(ExpressionError) -> Parsed,
    _ join: ([ConditionNode]) -> ConditionNode
  ) throws(ExpressionError) -> Parsed {
    var start = token.range.lowerBound
    let first = try part(&self)
    guard token.keyword == keyword else { return first }
    var parts = [try condition(first, from: start)]
    while take(keyword: keyword) {
      start = token.range.lowerBound
      let next = try part(&self)
      parts.append(try condition(next, from: start))
    }
    return .condition(join(parts))
  }

  private mutating func negation() throws(ExpressionError) -> Parsed {
    guard token.keyword == "NOT", !following.followsName else { return try predicate() }
    advance()
    let start = token.range.lowerBound
    let inner = try nested { (parser) throws(ExpressionError) in try parser.negation() }
    let node = try condition(inner, from: start)
    if case .not(let twice) = node { return .condition(twice) }
    return .condition(.not(node))
  }

  private mutating func predicate() throws(ExpressionError) -> Parsed {
    if case .word(let name) = token.kind, following.isSymbol("("), let function = Function(rawValue: name),
      function.isCondition
    {
      return .condition(try test(function))
    }
    let first = try parenthesized()
    guard case .operand(let left) = first else { return first }
    return try comparison(left)
  }

  /// An operand, or whatever stands in parentheses.
  private mutating func parenthesized() throws(ExpressionError) -> Parsed {
    let start = token.range.lowerBound
    guard take("(") else { return .operand(try value()) }
    let inner = try nested { (parser) throws(ExpressionError) in try parser.disjunction() }
    try expect(")")
    guard case .operand(let node) = inner else { return inner }
    return .operand(OperandNode(operand: node.operand, range: start..<lastEnd))
  }

  private mutating func comparison(_ left: OperandNode) throws(ExpressionError) -> Parsed {
    if case .symbol(let symbol) = token.kind, let comparator = Comparator(rawValue: symbol) {
      advance()
      let right = try value()
      try check(comparator, left, right)
      return .condition(.compare(comparator, left, right))
    }
    if take(keyword: "BETWEEN") {
      let lower = try value()
      guard take(keyword: "AND") else { throw unexpected("AND and the upper bound of BETWEEN") }
      let upper = try value()
      try checkBounds(left, lower, upper)
      return .condition(.between(left, lower, upper))
    }
    guard take(keyword: "IN") else { return .operand(left) }
    return .condition(.isIn(left, try choices()))
  }

  private mutating func choices() throws(ExpressionError) -> [OperandNode] {
    guard take("(") else { throw unexpected("'(' and the values of IN") }
    if token.isSymbol(")") { throw unexpected("at least one value") }
    var choices: [OperandNode] = []
    try elements(until: ")") { (parser) throws(ExpressionError) in choices.append(try parser.value()) }
    return choices
  }

  /// A function that is a condition.
  private mutating func test(_ function: Function) throws(ExpressionError) -> ConditionNode {
    let name = token.range
    advance()
    advance()
    var arguments: [OperandNode] = []
    try nested { (parser) throws(ExpressionError) in
      try parser.elements(until: ")") { (parser) throws(ExpressionError) in
        arguments.append(try parser.value())
      }
    }
    try checkArguments(function, arguments, name: name, at: name.lowerBound..<lastEnd)
    switch function {
    case .attributeExists, .attributeNotExists:
      let path = try checkedPath(function, arguments[0])
      return .exists(path, isWanted: function == .attributeExists)
    case .attributeType: return .hasType(arguments[0], try checkedTypeName(arguments[1]))
    case .beginsWith: return .beginsWith(arguments[0], arguments[1])
    default: return .contains(arguments[0], arguments[1])
    }
  }
}

extension Token {
  /// Whether a name must stand before this, so that `NOT` before it is a name.
  var followsName: Bool {
    guard case .symbol(let symbol) = kind else { return false }
    return Comparator(rawValue: symbol) != nil || symbol == "." || symbol == "["
  }
}
