import DynamoJournalJSON

extension DynamoDBJSONParser {
  /// Goes on to the next byte that is no white space.
  mutating func significantByte() throws(DynamoDBJSONError) -> UInt8 {
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      index += 1
    }
    throw DynamoDBJSONError(.json(.endOfDocument), at: index)
  }

  /// Reads a byte, and the white space before it.
  mutating func expect(
    _ wanted: Unicode.Scalar, otherwise kind: DynamoDBJSONError.Kind = .json(.unexpectedByte)
  ) throws(DynamoDBJSONError) {
    guard try significantByte() == UInt8(ascii: wanted) else { throw DynamoDBJSONError(kind, at: index) }
    index += 1
  }

  /// Nothing but white space may be left.
  mutating func end() throws(DynamoDBJSONError) {
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
        throw DynamoDBJSONError(.json(.trailingBytes), at: index)
      }
      index += 1
    }
  }

  /// Reads a string, and the white space before it.
  mutating func string() throws(DynamoDBJSONError) -> String {
    let (body, offset, scan) = try body()
    return try DynamoDBJSONParser.translating { () throws(JSONError) in try scan.string(body, offset: offset)
    }
  }

  private mutating func body() throws(DynamoDBJSONError) -> (UnsafeBufferPointer<UInt8>, Int, JSONStringScan)
  {
    try expect("\"", otherwise: .wrongShape)
    let start = index
    var scan = JSONStringScan(from: start)
    switch scan.advance(in: bytes) {
    case .quotationMark: break
    case .controlCharacter: throw DynamoDBJSONError(.json(.controlCharacter), at: scan.index)
    case .endOfBytes: throw DynamoDBJSONError(.json(.endOfDocument), at: bytes.count)
    }
    index = scan.index + 1
    return (UnsafeBufferPointer(rebasing: bytes[start..<scan.index]), start, scan)
  }

  private static func translating<Value>(
    _ body: () throws(JSONError) -> Value
  ) throws(DynamoDBJSONError) -> Value {
    do {
      return try body()
    } catch { throw DynamoDBJSONError(.json(error.kind), at: error.offset) }
  }

  /// Reads a number, which is written as a string.
  mutating func number() throws(DynamoDBJSONError) -> DecimalNumber {
    let (body, offset, scan) = try body()
    do throws(DecimalNumberError) {
      if !scan.hasEscape { return try DecimalNumber(body) }
    } catch { throw DynamoDBJSONError(.badNumber(error), at: offset) }
    let text = try DynamoDBJSONParser.translating { () throws(JSONError) in
      try scan.string(body, offset: offset)
    }
    do throws(DecimalNumberError) {
      return try DecimalNumber(text)
    } catch { throw DynamoDBJSONError(.badNumber(error), at: offset) }
  }

  /// Reads binary; encoders that write `/` as `\/` are common, so escapes are seen to.
  mutating func binary() throws(DynamoDBJSONError) -> [UInt8] {
    let (body, offset, scan) = try body()
    var data: [UInt8]?
    if scan.hasEscape {
      let text = try DynamoDBJSONParser.translating { () throws(JSONError) in
        try scan.string(body, offset: offset)
      }
      data = Array(text.utf8).withUnsafeBufferPointer { Base64.bytes($0) }
    } else {
      data = Base64.bytes(body)
    }
    guard let data else { throw DynamoDBJSONError(.badBase64, at: offset) }
    return data
  }

  /// Reads `true` or `false`; `kind` is the error for anything else.
  mutating func bool(otherwise kind: DynamoDBJSONError.Kind) throws(DynamoDBJSONError) -> Bool {
    let value = try significantByte() == UInt8(ascii: "t")
    let word: StaticString = value ? "true" : "false"
    for place in 0..<word.utf8CodeUnitCount {
      guard index + place < bytes.count, bytes[index + place] == word.utf8Start[place] else {
        throw DynamoDBJSONError(kind, at: index)
      }
    }
    index += word.utf8CodeUnitCount
    return value
  }
}
