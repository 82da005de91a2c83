import DynamoJournalJSON
import DynamoJournalTables

/// A line of a file of images: an item's key, what it is before (if the line says so), and what it shall be after.
package struct ImageLine: Hashable, Sendable {
  /// The table.
  package var table = ""
  /// The item's key.
  package var key = Item()
  /// Whether the line says what is there before.
  package var hasBefore = false
  /// The item before; nil when there is none.
  package var before: Item?
  /// The item after; nil when it goes.
  package var after: Item?

  /// Reads a line.
  ///
  /// - Throws: `ImageLineError`.
  package init(line: [UInt8]) throws {
    var seen: Set<String> = []
    do {
      var reader = JSONReader(line, maximumDepth: 128)
      try reader.forEachMember { name, reader in
        guard seen.insert(name).inserted else {
          throw ImageLineError("'\(name)' stands in it twice: keep one")
        }
        try member(name, line, &reader)
      }
      _ = try reader.next()
    } catch let error as JSONError {
      throw ImageLineError("it is not a JSON object (\(error)): write one object a line")
    }
    for name in ["table", "key", "after"] where !seen.contains(name) {
      throw ImageLineError("it has no '\(name)': each line is {\"table\", \"key\", \"before\"?, \"after\"}")
    }
  }

  private mutating func member(_ name: String, _ line: [UInt8], _ reader: inout JSONReader) throws {
    switch name {
    case "table":
      guard case .string(let text)? = try reader.next() else {
        throw ImageLineError("'table' is not a string")
      }
      table = text
    case "key":
      guard let item = try Self.item(name, line, &reader) else { throw ImageLineError("'key' is null") }
      key = item
    case "before": (hasBefore, before) = (true, try Self.item(name, line, &reader))
    case "after": after = try Self.item(name, line, &reader)
    default:
      throw ImageLineError(
        "it has a member '\(name.prefix(40))': each line is {\"table\", \"key\", \"before\"?, \"after\"}")
    }
  }

  private static func item(_ name: String, _ line: [UInt8], _ reader: inout JSONReader) throws -> Item? {
    let start = reader.offset
    try reader.skipValue()
    let bytes = Array(line[start..<reader.offset].drop { [0x20, 0x09].contains($0) })
    if bytes.elementsEqual("null".utf8) { return nil }
    do { return try DynamoDBJSON.item(from: bytes) } catch {
      throw ImageLineError("'\(name)' is not DynamoDB JSON, such as {\"id\":{\"S\":\"x\"}} (\(error))")
    }
  }
}

/// What is wrong with a line of a file of images, without any value.
package struct ImageLineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sentence's part.
  package let description: String

  init(_ description: String) { self.description = description }
}

extension ImageLine {
  /// Appends the line of an item that is to be as it is, and the line's end.
  static func append(_ table: String, _ key: Key, _ after: Item, to bytes: inout [UInt8]) {
    bytes += #"{"table":"#.utf8
    JSONWriter.appendString(table, to: &bytes)
    bytes += #","key":"#.utf8
    DynamoDBJSON.append(key.attributes, to: &bytes)
    bytes += #","after":"#.utf8
    DynamoDBJSON.append(after, to: &bytes)
    bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
  }
}
