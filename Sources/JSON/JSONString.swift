/// Finds the end of a string, and can go on where the bytes at hand ran out.
package struct JSONStringScan {
  /// Why a scan stopped.
  package enum Stop {
    /// At the closing quotation mark.
    case quotationMark
    /// At a character that must be escaped.
    case controlCharacter
    /// At the end of the bytes.
    case endOfBytes
  }

  /// The next byte to look at.
  package var index: Int
  /// Whether there was a backslash.
  package private(set) var hasEscape = false
  private var union: UInt8 = 0

  /// A scan that begins behind the opening quotation mark.
  @inline(__always)
  package init(from index: Int) { self.index = index }

  /// Whether every byte so far is ASCII.
  package var isASCII: Bool { union < 0x80 }

  /// Goes on to the next stop.
  package mutating func advance(in bytes: UnsafeBufferPointer<UInt8>) -> Stop {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") { return .quotationMark }
      if byte < 0x20 { return .controlCharacter }
      if byte == UInt8(ascii: "\\") {
        hasEscape = true
        guard index + 1 < bytes.count else { return .endOfBytes }
        union |= bytes[index + 1]
        index += 1
      }
      union |= byte
      index += 1
    }
    return .endOfBytes
  }

  /// The string whose body, without the quotation marks, this scan went over.
  ///
  /// - Parameter offset: where the body begins in the document, for errors.
  package func string(_ body: UnsafeBufferPointer<UInt8>, offset: Int) throws(JSONError) -> String {
    if hasEscape {
      let bytes = try JSONString.unescaped(body, offset: offset)
      guard let string = String(validating: bytes, as: UTF8.self) else {
        throw JSONError(.invalidUTF8, at: offset)
      }
      return string
    }
    if isASCII { return String(decoding: body, as: UTF8.self) }
    guard let string = String(validating: body, as: UTF8.self) else {
      throw JSONError(.invalidUTF8, at: offset)
    }
    return string
  }
}

/// The escapes of strings, RFC 8259 section 7.
enum JSONString {
  /// The bytes that a string's body stands for; they are not checked to be UTF-8.
  static func unescaped(_ body: UnsafeBufferPointer<UInt8>, offset: Int) throws(JSONError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(body.count)
    var index = 0
    while index < body.count {
      let byte = body[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      try appendEscaped(body, &index, offset, to: &result)
    }
    return result
  }

  /// Reads the escape whose letter is at `index`.
  private static func appendEscaped(
    _ body: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ offset: Int, to result: inout [UInt8]
  ) throws(JSONError) {
    let start = offset + index - 1
    guard index < body.count else { throw JSONError(.badEscape, at: start) }
    let letter = body[index]
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try scalar(body, &index, start)
      for unit in String(Character(scalar)).utf8 { result.append(unit) }
    default: throw JSONError(.badEscape, at: start)
    }
  }

  /// Reads the four digits at `index`, and the second half of a pair behind a first half.
  private static func scalar(
    _ body: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ start: Int
  ) throws(JSONError) -> Unicode.Scalar {
    let first = try unit(body, &index, start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), index + 1 < body.count,
      body[index] == UInt8(ascii: "\\"), body[index + 1] == UInt8(ascii: "u")
    else { throw JSONError(.loneSurrogate, at: start) }
    index += 2
    let second = try unit(body, &index, start)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first - 0xD800) << 10 | UInt32(second - 0xDC00)))
    else { throw JSONError(.loneSurrogate, at: start) }
    return scalar
  }

  private static func unit(
    _ body: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ start: Int
  ) throws(JSONError) -> UInt16 {
    guard index + 4 <= body.count else { throw JSONError(.badEscape, at: start) }
    var value: UInt16 = 0
    for byte in body[index..<index + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw JSONError(.badEscape, at: start)
      }
      value = value << 4 | UInt16(digit)
    }
    index += 4
    return value
  }
}
