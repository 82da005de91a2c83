import DynamoJournalJSON

extension DynamoDBJSON {
  /// Reads an item in any spelling, such as `{"address":{"S":"x"}}`.
  ///
  /// - Throws: `DynamoDBJSONError`
  package static func item(from bytes: [UInt8]) throws(DynamoDBJSONError) -> Item {
    try parse(bytes) { (parser) throws(DynamoDBJSONError) in try parser.wholeItem() }
  }

  /// Reads a value in any spelling, such as `{"S":"x"}`.
  ///
  /// - Throws: `DynamoDBJSONError`
  package static func value(from bytes: [UInt8]) throws(DynamoDBJSONError) -> AttributeValue {
    try parse(bytes) { (parser) throws(DynamoDBJSONError) in
      let value = try parser.value(level: 0)
      try parser.end()
      return value
    }
  }

  /// Reads a line of AWS's export to S3, `{"Item":{"address":{"S":"x"}}}`, or a bare item.
  ///
  /// A bare item whose only attribute is named `Item` is told from an export line by what stands under `Item`: a value
  /// (`{"S":"x"}`), or attributes with a value each. Nothing is both: a type tag is followed by a value only under `M`,
  /// and there it must be an attribute's name in the one reading and a tag in the other, all the way down.
  /// When neither reading works, the error is that of the one that got further.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
  /// - Throws: `DynamoDBJSONError`
  package static func item(fromLine bytes: [UInt8]) throws(DynamoDBJSONError) -> Item {
    try parse(bytes) { (parser) throws(DynamoDBJSONError) in
      let start = parser
      let exportError: DynamoDBJSONError
      do throws(DynamoDBJSONError) {
        if let item = try parser.exportedItem() { return item }
        parser = start
        return try parser.wholeItem()
      } catch { exportError = error }
      parser = start
      do throws(DynamoDBJSONError) {
        return try parser.wholeItem()
      } catch { throw error.offset < exportError.offset ? exportError : error }
    }
  }

  private static func parse<Value>(
    _ bytes: [UInt8], _ body: (inout DynamoDBJSONParser) throws(DynamoDBJSONError) -> Value
  ) throws(DynamoDBJSONError) -> Value {
    let result: Result<Value, DynamoDBJSONError> = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(DynamoDBJSONError) in
        var parser = DynamoDBJSONParser(bytes)
        return try body(&parser)
      }
    }
    return try result.get()
  }
}

extension DynamoDBJSONParser {
  /// An item and nothing behind it.
  fileprivate mutating func wholeItem() throws(DynamoDBJSONError) -> Item {
    let item = try attributes(level: 0)
    try end()
    return item
  }

  /// The item under `Item`, or nil when the first name is another.
  fileprivate mutating func exportedItem() throws(DynamoDBJSONError) -> Item? {
    try expect("{")
    guard try significantByte() == UInt8(ascii: "\""), try string() == "Item" else { return nil }
    try expect(":")
    let item = try attributes(level: 0)
    try expect("}")
    try end()
    return item
  }
}
