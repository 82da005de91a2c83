import DynamoJournalTables

/// A word of an expression.
struct Token: Sendable {
  enum Kind: Hashable, Sendable {
    /// A bare word: a name, a keyword or a function.
    case word(String)
    /// A name in back-ticks.
    case name(Text)
    /// `'…'`
    case string(Text)
    /// A number without a sign.
    case number(String)
    /// `b64'…'`
    case binary([UInt8])
    /// `$now`
    case variable(String)
    /// An operator or a bracket.
    case symbol(String)
    /// Nothing is left.
    case end
  }

  let kind: Kind
  /// The UTF-8 bytes of the text that it is written in.
  let range: Range<Int>

  /// The keyword in capitals when the word is one; keywords are taken in any case, as DynamoDB does.
  var keyword: String? {
    guard case .word(let word) = kind, word.utf8.count <= 7 else { return nil }
    let capitals = word.uppercased()
    return Token.keywords.contains(capitals) ? capitals : nil
  }

  private static let keywords: Set<String> = [
    "AND", "OR", "NOT", "IN", "BETWEEN", "AS", "TRUE", "FALSE", "NULL",
  ]

  func isSymbol(_ symbol: String) -> Bool { kind == .symbol(symbol) }

  /// The token as an error names it; the text of a literal stays out.
  var shown: String {
    switch kind {
    case .word(let word): "'\(word.prefix(60))'"
    case .name(let name): "`\(name.string.prefix(60))`"
    case .string: "a text"
    case .number: "a number"
    case .binary: "a binary value"
    case .variable(let name): "'$\(name.prefix(60))'"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end"
    }
  }
}
