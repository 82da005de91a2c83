import DynamoJournalTables

/// Cuts an expression into words, in one pass.
struct Lexer {
  /// The longest expression, in bytes: sixteen times what DynamoDB takes, since literals stand inside it.
  static let longest = 65_536

  let source: ExpressionSource
  let bytes: [UInt8]
  var index = 0

  init(_ source: ExpressionSource) throws(ExpressionError) {
    self.source = source
    guard source.text.utf8.count <= Lexer.longest else {
      throw ExpressionError(.tooLong(limit: Lexer.longest), in: source, at: 0..<1)
    }
    bytes = Array(source.text.utf8)
  }

  /// All words, the last of them `end`.
  mutating func tokens() throws(ExpressionError) -> [Token] {
    var tokens: [Token] = []
    while true {
      skipSpace()
      let start = index
      guard start < bytes.count else {
        tokens.append(Token(kind: .end, range: start..<start))
        return tokens
      }
      let kind = try kind()
      tokens.append(Token(kind: kind, range: start..<index))
    }
  }

  private mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  private mutating func kind() throws(ExpressionError) -> Token.Kind {
    switch bytes[index] {
    case UInt8(ascii: "'"): return .string(Text(try quoted("'", "the text")))
    case UInt8(ascii: "`"): return try name()
    case UInt8(ascii: "$"): return try variable()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: break
    }
    if startsBinary { return try binary() }
    if let word = word() { return .word(word) }
    return try symbol()
  }

  func error(_ kind: ExpressionError.Kind, from start: Int) -> ExpressionError {
    ExpressionError(kind, in: source, at: start..<max(index, start + 1))
  }

  /// The scalar at the index, and how many bytes it has.
  private func scalar(at index: Int) -> (Unicode.Scalar, Int)? {
    guard index < bytes.count else { return nil }
    let end = min(bytes.count, index + 4)
    guard let scalar = String(decoding: bytes[index..<end], as: UTF8.self).unicodeScalars.first else {
      return nil
    }
    return (scalar, UTF8.width(scalar))
  }

  /// A bare word: letters, digits and `_`, no digit first.
  private mutating func word() -> String? {
    let start = index
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        index += 1
        continue
      case UInt8(ascii: "0")...UInt8(ascii: "9") where index > start:
        index += 1
        continue
      default: break
      }
      guard byte >= 0x80, let (scalar, width) = scalar(at: index), scalar.properties.isAlphabetic else {
        break
      }
      index += width
    }
    return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
  }

  private mutating func variable() throws(ExpressionError) -> Token.Kind {
    let start = index
    index += 1
    guard let name = word() else {
      throw error(.unexpected(found: "'$'", expected: "a variable such as $now"), from: start)
    }
    return .variable(name)
  }

  private mutating func symbol() throws(ExpressionError) -> Token.Kind {
    let start = index
    let two = String(decoding: bytes[index..<min(index + 2, bytes.count)], as: UTF8.self)
    for symbol in ["<<", ">>", "<>", "<=", ">="] where two == symbol {
      index += 2
      return .symbol(symbol)
    }
    let one = String(decoding: bytes[index...index], as: UTF8.self)
    guard "=<>()[]{},.:+-".contains(one) else {
      let (scalar, width) = scalar(at: index) ?? ("?", 1)
      index += width
      throw error(.unknownCharacter(scalar), from: start)
    }
    index += 1
    return .symbol(one)
  }
}
