import DynamoJournalTables

/// Reads an expression by recursive descent: one pass, no step back, bounded depth.
struct Parser {
  /// What is being read; it decides which functions are allowed.
  enum Context: Sendable {
    case condition, value
  }

  /// Parentheses, functions, lists and maps inside each other. DynamoDB nests values 32 deep.
  static let deepest = 64

  let source: ExpressionSource
  let scope: ExpressionScope
  let context: Context
  private let tokens: [Token]
  private var place = 0
  private var depth = 0

  init(_ source: ExpressionSource, _ scope: ExpressionScope, _ context: Context) throws(ExpressionError) {
    self.source = source
    self.scope = scope
    self.context = context
    var lexer = try Lexer(source)
    tokens = try lexer.tokens()
    if tokens.count == 1 { throw ExpressionError(.empty, in: source, at: 0..<1) }
  }

  /// The word that is next.
  var token: Token { tokens[place] }

  /// The word after the next.
  var following: Token { tokens[min(place + 1, tokens.count - 1)] }

  /// The end of the word before the next.
  var lastEnd: Int { place == 0 ? 0 : tokens[place - 1].range.upperBound }

  mutating func advance() {
    if place < tokens.count - 1 { place += 1 }
  }

  /// Takes a symbol when it is next.
  mutating func take(_ symbol: String) -> Bool {
    guard token.isSymbol(symbol) else { return false }
    advance()
    return true
  }

  /// Takes a keyword when it is next.
  mutating func take(keyword: String) -> Bool {
    guard token.keyword == keyword else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: String) throws(ExpressionError) {
    guard take(symbol) else { throw unexpected("'\(symbol)'") }
  }

  mutating func end() throws(ExpressionError) {
    guard case .end = token.kind else { throw unexpected("an operator or the end") }
  }

  /// An error at the next word.
  func unexpected(_ expected: String) -> ExpressionError {
    error(.unexpected(found: token.shown, expected: expected), at: token.range)
  }

  func error(_ kind: ExpressionError.Kind, at range: Range<Int>) -> ExpressionError {
    ExpressionError(kind, in: source, at: range)
  }

  /// Reads what is inside something else.
  mutating func nested<Value>(
    _ body: (inout Parser) throws(ExpressionError) -> Value
  ) throws(ExpressionError) -> Value {
    depth += 1
    guard depth <= Parser.deepest else { throw error(.tooDeep(limit: Parser.deepest), at: token.range) }
    let value = try body(&self)
    depth -= 1
    return value
  }

  /// Reads elements between commas up to a closing symbol, which is taken.
  mutating func elements(
    until close: String, _ element: (inout Parser) throws(ExpressionError) -> Void
  ) throws(ExpressionError) {
    if take(close) { return }
    repeat { try element(&self) } while take(",")
    guard take(close) else { throw unexpected("',' or '\(close)'") }
  }
}
