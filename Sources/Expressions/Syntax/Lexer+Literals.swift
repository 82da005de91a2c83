import DynamoJournalTables

extension Lexer {
  /// What stands between two marks; the mark itself is written twice.
  mutating func quoted(_ mark: Unicode.Scalar, _ what: String) throws(ExpressionError) -> String {
    let (start, byte) = (index, UInt8(ascii: mark))
    var text: [UInt8] = []
    index += 1
    while index < bytes.count {
      if bytes[index] != byte {
        text.append(bytes[index])
        index += 1
        continue
      }
      index += 1
      guard index < bytes.count, bytes[index] == byte else { return String(decoding: text, as: UTF8.self) }
      text.append(byte)
      index += 1
    }
    index = start + 1
    throw error(.unterminated(what), from: start)
  }

  mutating func name() throws(ExpressionError) -> Token.Kind {
    let start = index
    let name = try quoted("`", "the name")
    guard !name.isEmpty else {
      throw error(.unexpected(found: "``", expected: "a name of at least one character"), from: start)
    }
    return .name(Text(name))
  }

  /// Digits with perhaps a fraction and an exponent; the sign is an operator.
  mutating func number() throws(ExpressionError) -> Token.Kind {
    let start = index
    digits()
    if peek(0) == UInt8(ascii: "."), isDigit(peek(1)) {
      index += 1
      digits()
    }
    if peek(0) == UInt8(ascii: "e") || peek(0) == UInt8(ascii: "E") {
      let isSigned = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
      if isDigit(peek(isSigned ? 2 : 1)) {
        index += isSigned ? 2 : 1
        digits()
      }
    }
    if let next = peek(0), next == UInt8(ascii: "_") || next >= 0x80 || Lexer.isLetter(next) {
      index += 1
      throw error(
        .unexpected(found: "a letter in a number", expected: "a number, or a name in back-ticks"), from: start
      )
    }
    return .number(String(decoding: bytes[start..<index], as: UTF8.self))
  }

  var startsBinary: Bool {
    guard bytes[index] == UInt8(ascii: "b"), index + 3 < bytes.count else { return false }
    return bytes[index..<(index + 4)].elementsEqual("b64'".utf8)
  }

  mutating func binary() throws(ExpressionError) -> Token.Kind {
    let start = index
    index += 3
    let text = try quoted("'", "the binary value")
    guard let bytes = Base64Text.bytes(text) else { throw error(.badBinary, from: start) }
    return .binary(bytes)
  }

  private mutating func digits() {
    while isDigit(peek(0)) { index += 1 }
  }

  private func peek(_ ahead: Int) -> UInt8? {
    index + ahead < bytes.count ? bytes[index + ahead] : nil
  }

  private func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 &- UInt8(ascii: "0") < 10 } ?? false }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}

/// Base64 as DynamoDB's JSON has it.
enum Base64Text {
  /// The bytes, or nil when the text is not base64 with padding.
  static func bytes(_ text: String) -> [UInt8]? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
        true
      default: false
      }
    }
    guard isPlain, case .binary(let bytes)? = try? DynamoDBJSON.value(from: Array(#"{"B":"\#(text)"}"#.utf8))
    else {
      return nil
    }
    return bytes
  }
}
