import DynamoJournalJSON
import DynamoJournalTables

/// The members of one JSON object as ranges of its bytes, so that items are read by the fast parser for them and
/// parts can be sent back as they came.
struct JSONFields: Sendable {
  private let bytes: [UInt8]
  private let fields: [(name: String, range: Range<Int>)]

  /// Reads a whole document, which must be an object; everything in it is checked to be JSON.
  ///
  /// - Throws: `JSONError`.
  init(_ bytes: [UInt8]) throws {
    var fields: [(name: String, range: Range<Int>)] = []
    var reader = JSONReader(bytes)
    try reader.forEachMember { name, reader in
      let start = reader.offset
      guard !fields.contains(where: { $0.name == name }) else {
        throw JSONError(.duplicateName, at: start)
      }
      try reader.skipValue()
      fields.append((name, start..<reader.offset))
    }
    _ = try reader.next()
    self.bytes = bytes
    self.fields = fields
  }

  /// The bytes of a member's value, or nil when there is none or it is `null`.
  func raw(_ name: String) -> [UInt8]? {
    guard let field = fields.first(where: { $0.name == name }) else { return nil }
    let value = bytes[field.range].drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    return value.elementsEqual("null".utf8) ? nil : Array(value)
  }

  /// A member's value.
  func json(_ name: String) throws -> JSONValue? { try raw(name).map { try JSONValue(parsing: $0) } }

  /// The characters of a member that is a string.
  func string(_ name: String) throws -> String? { try json(name)?.stringValue }

  /// A member that is an item or a key.
  func item(_ name: String) throws -> Item? { try raw(name).map { try DynamoDBJSON.item(from: $0) } }

  /// A member that is an array of items.
  func items(_ name: String) throws -> [Item] {
    try elements(name).map { try DynamoDBJSON.item(from: $0) }
  }

  /// A member that is an object.
  func object(_ name: String) throws -> JSONFields? { try raw(name).map { try JSONFields($0) } }

  /// The bytes of each element of a member that is an array; none when there is no such member.
  func elements(_ name: String) throws -> [[UInt8]] {
    guard let array = raw(name) else { return [] }
    var elements: [[UInt8]] = []
    var reader = JSONReader(array)
    try reader.forEachElement { reader in
      let start = reader.offset
      try reader.skipValue()
      elements.append(Array(array[start..<reader.offset]))
    }
    return elements
  }

  /// Bytes of the whole document.
  var size: Int { bytes.count }

  /// The whole object.
  func all() throws -> JSONValue { try JSONValue(parsing: bytes) }

  /// The members' names.
  var names: [String] { fields.map(\.name) }

  /// Whether there is no member.
  var isEmpty: Bool { fields.isEmpty }
}
