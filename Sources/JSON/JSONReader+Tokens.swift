extension JSONReader {
  /// The next byte that is no white space; the document must not end here.
  mutating func significantByte() throws -> UInt8 {
    guard let byte = try significantByteIfAny() else { throw error(.endOfDocument) }
    return byte
  }

  /// The next byte that is no white space, or nil at the end of the document.
  mutating func significantByteIfAny() throws -> UInt8? {
    while let byte = try peek() {
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return byte
      }
    }
    return nil
  }

  /// Reads a value, or the beginning of one that has more to it.
  mutating func valueToken(keepingText: Bool) throws -> Token {
    let token: Token
    switch try significantByte() {
    case UInt8(ascii: "{"):
      try open(.object)
      return .beginObject
    case UInt8(ascii: "["):
      try open(.array)
      return .beginArray
    case UInt8(ascii: "\""): token = .string(try string(keepingText: keepingText))
    case UInt8(ascii: "t"): token = try word("true", .bool(true))
    case UInt8(ascii: "f"): token = try word("false", .bool(false))
    case UInt8(ascii: "n"): token = try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      token = .number(try number(keepingText: keepingText))
    default: throw error(.unexpectedByte)
    }
    place = .complete
    return token
  }

  private mutating func word(_ word: StaticString, _ token: Token) throws -> Token {
    for index in 0..<word.utf8CodeUnitCount {
      guard let byte = try peek() else { throw error(.endOfDocument) }
      guard byte == word.utf8Start[index] else { throw error(.unexpectedByte) }
      position += 1
    }
    return token
  }

  /// Reads the string whose opening quotation mark is at hand.
  mutating func string(keepingText: Bool) throws -> String {
    tokenStart = position
    defer { tokenStart = nil }
    var scan = JSONStringScan(from: position + 1)
    while true {
      let stop = buffer.withUnsafeBufferPointer { scan.advance(in: $0) }
      if stop == .quotationMark { break }
      position = scan.index
      if stop == .controlCharacter { throw error(.controlCharacter) }
      guard try fill() else { throw error(.endOfDocument) }
      scan.index = position
    }
    let start = (tokenStart ?? 0) + 1
    position = scan.index + 1
    if !keepingText && scan.isASCII && !scan.hasEscape { return "" }
    let bodyOffset = offset - (scan.index - start) - 1
    return try buffer.withUnsafeBufferPointer { bytes in
      try scan.string(UnsafeBufferPointer(rebasing: bytes[start..<scan.index]), offset: bodyOffset)
    }
  }

  /// Reads the number whose first byte is at hand.
  private mutating func number(keepingText: Bool) throws -> String {
    tokenStart = position
    defer { tokenStart = nil }
    let startOffset = offset
    while let byte = try peek(), JSONNumber.mayHold(byte) { position += 1 }
    return try buffer[(tokenStart ?? 0)..<position].withUnsafeBufferPointer { text in
      guard JSONNumber.isValid(text) else { throw JSONError(.badNumber, at: startOffset) }
      return keepingText ? String(decoding: text, as: UTF8.self) : ""
    }
  }
}

/// The grammar of numbers, RFC 8259 section 6.
enum JSONNumber {
  static func mayHold(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    func at(_ bytes: StaticString) -> Bool {
      index < text.count && (0..<bytes.utf8CodeUnitCount).contains { bytes.utf8Start[$0] == text[index] }
    }
    func digits() -> Bool {
      let start = index
      while index < text.count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
      return index > start
    }
    if at("-") { index += 1 }
    if at("0") { index += 1 } else if !digits() { return false }
    if at(".") {
      index += 1
      if !digits() { return false }
    }
    if at("eE") {
      index += 1
      if at("+-") { index += 1 }
      if !digits() { return false }
    }
    return index == text.count
  }
}
