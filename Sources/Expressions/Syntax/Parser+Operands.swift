import DynamoJournalTables

extension Parser {
  /// A value: operands with `+` and `-` between them.
  mutating func value() throws(ExpressionError) -> OperandNode {
    let start = token.range.lowerBound
    let first = try operand()
    var terms: [Term] = []
    while let isSubtracted = sign {
      guard context == .value else {
        throw error(.notAllowedHere(isSubtracted ? "-" : "+", allowed: Self.noArithmetic), at: token.range)
      }
      advance()
      terms.append(Term(isSubtracted: isSubtracted, node: try operand()))
    }
    if terms.isEmpty { return first }
    return try checkedSum(first, terms, at: start..<lastEnd)
  }

  private static let noArithmetic =
    "'set' alone can calculate; a name with a minus sign in it goes in back-ticks, for example `my-attr`"

  /// Whether a sign comes next, and whether it is a minus.
  private var sign: Bool? {
    if token.isSymbol("-") { return true }
    return token.isSymbol("+") ? false : nil
  }

  /// A literal, a path, a variable, a function or a value in parentheses.
  mutating func operand() throws(ExpressionError) -> OperandNode {
    let start = token.range.lowerBound
    if take("(") {
      let inner = try nested { (parser) throws(ExpressionError) in try parser.value() }
      try expect(")")
      return OperandNode(operand: inner.operand, range: start..<lastEnd)
    }
    let operand = try simpleOperand()
    return OperandNode(operand: operand, range: start..<lastEnd)
  }

  private mutating func simpleOperand() throws(ExpressionError) -> Operand {
    let token = token
    switch token.kind {
    case .string(let text): return literal(.string(text))
    case .binary(let bytes): return literal(.binary(bytes))
    case .number: return try number(isNegative: false)
    case .variable(let name): return try variable(name)
    case .name: return .path(try path())
    case .word: return try word()
    case .symbol("-"):
      advance()
      guard case .number = self.token.kind else { throw unexpected("a number after the minus sign") }
      return try number(isNegative: true)
    case .symbol("["): return try list()
    case .symbol("{"): return try map()
    case .symbol("<<"): return try set()
    case .symbol, .end: throw unexpected("a value, a path or a function")
    }
  }

  private mutating func literal(_ value: AttributeValue) -> Operand {
    advance()
    return .constant(value)
  }

  private mutating func number(isNegative: Bool) throws(ExpressionError) -> Operand {
    guard case .number(let text) = token.kind else { throw unexpected("a number") }
    do throws(DecimalNumberError) {
      let number = try DecimalNumber((isNegative ? "-" : "") + text)
      return literal(.number(number))
    } catch { throw self.error(.badNumber(error), at: token.range) }
  }

  private mutating func variable(_ name: String) throws(ExpressionError) -> Operand {
    guard scope.variables.contains(name) else {
      let nearest = NearestName.of(name, in: scope.variables).map { "$" + $0 }
      throw error(.unknownVariable(name, nearest: nearest), at: token.range)
    }
    advance()
    return .variable(name)
  }

  /// A keyword's value, a function or a path.
  private mutating func word() throws(ExpressionError) -> Operand {
    switch token.keyword {
    case "TRUE": return literal(.bool(true))
    case "FALSE": return literal(.bool(false))
    case "NULL": return literal(.null)
    case .some where !following.endsOperand: throw unexpected("a value")
    default: break
    }
    if case .word(let name) = token.kind, following.isSymbol("(") { return try call(name) }
    return .path(try path())
  }

  private mutating func call(_ name: String) throws(ExpressionError) -> Operand {
    let start = token.range
    guard let function = Function(rawValue: name) else {
      let nearest = NearestName.of(name, in: Function.allCases.map(\.rawValue))
      throw error(.unknownFunction(name, nearest: nearest), at: start)
    }
    advance()
    advance()
    let arguments = try nested { (parser) throws(ExpressionError) in try parser.arguments() }
    return try checkedCall(function, arguments, name: start, at: start.lowerBound..<lastEnd)
  }

  private mutating func arguments() throws(ExpressionError) -> [OperandNode] {
    var arguments: [OperandNode] = []
    try elements(until: ")") { (parser) throws(ExpressionError) in arguments.append(try parser.value()) }
    return arguments
  }
}

extension Token {
  /// Whether a name may stand before this, so that a keyword before it is a name.
  var endsOperand: Bool {
    switch kind {
    case .symbol(let symbol): !["(", "{", "<<", ":"].contains(symbol)
    case .end: true
    default: ["AND", "OR", "IN", "BETWEEN", "AS"].contains(keyword)
    }
  }
}
