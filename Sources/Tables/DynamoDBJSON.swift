import DynamoJournalJSON

/// Canonical DynamoDB JSON: names sorted by bytes, sets sorted, numbers in normal form, no white space.
///
/// Equal items have equal bytes, and different items different ones, so the journal may compare texts. Reading takes
/// any spelling: any order, white space, escapes.
/// Source:
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
package enum DynamoDBJSON {
  /// The canonical text of a value, such as `{"S":"x"}`.
  package static func text(_ value: AttributeValue) -> String {
    String(decoding: bytes(value), as: UTF8.self)
  }

  /// The canonical text of an item, such as `{"address":{"S":"x"}}`.
  package static func text(_ item: Item) -> String { String(decoding: bytes(item), as: UTF8.self) }

  /// The canonical text of a value, as UTF-8.
  package static func bytes(_ value: AttributeValue) -> [UInt8] {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return bytes
  }

  /// The canonical text of an item, as UTF-8.
  package static func bytes(_ item: Item) -> [UInt8] {
    var bytes: [UInt8] = []
    append(item, to: &bytes)
    return bytes
  }

  /// Appends the canonical text of an item, as UTF-8.
  package static func append(_ item: Item, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for entry in item.entries {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      JSONWriter.appendString(entry.name.string, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      append(entry.value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Appends the canonical text of a value, as UTF-8.
  package static func append(_ value: AttributeValue, to bytes: inout [UInt8]) {
    appendBeginning(value.typeName, to: &bytes)
    switch value {
    case .string(let text): JSONWriter.appendString(text.string, to: &bytes)
    case .number(let number): append(number, to: &bytes)
    case .binary(let data): append(data, to: &bytes)
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .null: bytes += "true".utf8
    case .list(let elements): append(elements, to: &bytes) { append($0, to: &$1) }
    case .map(let attributes): append(attributes, to: &bytes)
    case .stringSet(let elements):
      append(elements.sorted(), to: &bytes) { JSONWriter.appendString($0.string, to: &$1) }
    case .numberSet(let elements): append(elements.sorted(), to: &bytes) { append($0, to: &$1) }
    case .binarySet(let elements):
      append(elements.sorted { $0.lexicographicallyPrecedes($1) }, to: &bytes) { append($0, to: &$1) }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private static func appendBeginning(_ typeName: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    bytes.append(UInt8(ascii: "\""))
    bytes += typeName.utf8
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private static func append(_ number: DecimalNumber, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes += number.text.utf8
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(_ data: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    Base64.append(data, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append<Element>(
    _ elements: [Element], to bytes: inout [UInt8], _ appendElement: (Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: "["))
    for index in elements.indices {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      appendElement(elements[index], &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }
}
