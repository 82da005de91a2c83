import DynamoJournalJSON

/// Reads DynamoDB JSON in one pass over bytes that are all there.
struct DynamoDBJSONParser {
  /// How many lists and maps may be inside each other.
  ///
  /// Source: "Nested attribute depth" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
  static let levelLimit = 32
  /// Up to here an attribute out of order is put in its place at once; beyond, all of them are sorted at the end.
  private static let insertLimit = 64

  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0

  /// A parser over bytes that must outlive it.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private typealias Late = (entry: AttributeMap.Entry, offset: Int)

  /// Reads `{"name":value,…}`; `level` is how many lists and maps this is inside of, itself included.
  mutating func attributes(level: Int) throws(DynamoDBJSONError) -> AttributeMap {
    var map = AttributeMap()
    var late: [Late] = []
    try members("{", "}") { (parser) throws(DynamoDBJSONError) in
      let offset = parser.index
      let name = Text(try parser.string())
      if name.byteCount == 0 { throw DynamoDBJSONError(.emptyName, at: offset) }
      try parser.expect(":")
      let value = try parser.value(level: level)
      let isSorted = map.entries.last.map { $0.name < name } ?? true
      if late.isEmpty && (isSorted || map.count < DynamoDBJSONParser.insertLimit) {
        guard map.add(name, value) else { throw DynamoDBJSONError(.duplicateAttribute, at: offset) }
      } else {
        late.append((AttributeMap.Entry(name: name, value: value), offset))
      }
    }
    return late.isEmpty ? map : try DynamoDBJSONParser.merge(map, late)
  }

  private static func merge(_ map: AttributeMap, _ late: [Late]) throws(DynamoDBJSONError) -> AttributeMap {
    let all = map.entries.map { (entry: $0, offset: 0) } + late
    var merged = AttributeMap()
    for (entry, offset) in all.sorted(by: { ($0.entry.name, $0.offset) < ($1.entry.name, $1.offset) }) {
      guard merged.add(entry.name, entry.value) else {
        throw DynamoDBJSONError(.duplicateAttribute, at: offset)
      }
    }
    return merged
  }

  /// Reads `{"tag":…}`; `level` is how many lists and maps it is inside of.
  mutating func value(level: Int) throws(DynamoDBJSONError) -> AttributeValue {
    try expect("{")
    let offset = index
    guard try significantByte() == UInt8(ascii: "\"") else {
      throw DynamoDBJSONError(.unknownType, at: offset)
    }
    let tag = try tag()
    try expect(":")
    let value = try payload(tag, level)
    if try significantByte() == UInt8(ascii: ",") { throw DynamoDBJSONError(.severalTypes, at: index) }
    try expect("}")
    return value
  }

  /// The tag at hand; one that is spelt with escapes is as good.
  private mutating func tag() throws(DynamoDBJSONError) -> Tag {
    let offset = index
    if index + 2 < bytes.count, bytes[index + 2] == UInt8(ascii: "\""),
      let tag = Tag(letter: bytes[index + 1])
    {
      index += 3
      return tag
    }
    guard let tag = Tag(rawValue: try string()) else { throw DynamoDBJSONError(.unknownType, at: offset) }
    return tag
  }

  private mutating func payload(_ tag: Tag, _ level: Int) throws(DynamoDBJSONError) -> AttributeValue {
    switch tag {
    case .string: return .string(Text(try string()))
    case .number: return .number(try number())
    case .binary: return .binary(try binary())
    case .bool: return .bool(try bool(otherwise: .wrongShape))
    case .null:
      let offset = index
      guard try bool(otherwise: .nullNotTrue) else { throw DynamoDBJSONError(.nullNotTrue, at: offset) }
      return .null
    case .list: return .list(try list(level: try deeper(level)))
    case .map: return .map(try attributes(level: try deeper(level)))
    case .stringSet:
      return .stringSet(try set { (parser) throws(DynamoDBJSONError) in Text(try parser.string()) })
    case .numberSet: return .numberSet(try set { (parser) throws(DynamoDBJSONError) in try parser.number() })
    case .binarySet: return .binarySet(try set { (parser) throws(DynamoDBJSONError) in try parser.binary() })
    }
  }

  private func deeper(_ level: Int) throws(DynamoDBJSONError) -> Int {
    guard level < DynamoDBJSONParser.levelLimit else { throw DynamoDBJSONError(.tooDeep, at: index) }
    return level + 1
  }

  private mutating func list(level: Int) throws(DynamoDBJSONError) -> [AttributeValue] {
    var elements: [AttributeValue] = []
    try members("[", "]") { (parser) throws(DynamoDBJSONError) in
      elements.append(try parser.value(level: level))
    }
    return elements
  }

  private mutating func set<Member: Hashable>(
    _ read: (inout DynamoDBJSONParser) throws(DynamoDBJSONError) -> Member
  ) throws(DynamoDBJSONError) -> Set<Member> {
    let start = index
    var set: Set<Member> = []
    try members("[", "]") { (parser) throws(DynamoDBJSONError) in
      let offset = parser.index
      guard set.insert(try read(&parser)).inserted else {
        throw DynamoDBJSONError(.duplicateMember, at: offset)
      }
    }
    if set.isEmpty { throw DynamoDBJSONError(.emptySet, at: start) }
    return set
  }

  /// Reads what stands between two brackets, separated by commas; `read` finds the first byte of each at hand.
  private mutating func members(
    _ opening: Unicode.Scalar, _ closing: Unicode.Scalar,
    _ read: (inout DynamoDBJSONParser) throws(DynamoDBJSONError) -> Void
  ) throws(DynamoDBJSONError) {
    try expect(opening, otherwise: .wrongShape)
    if try significantByte() == UInt8(ascii: closing) {
      index += 1
      return
    }
    while true {
      _ = try significantByte()
      try read(&self)
      if try significantByte() != UInt8(ascii: ",") { break }
      index += 1
    }
    try expect(closing)
  }
}

/// The type tags.
private enum Tag: String {
  case string = "S"
  case number = "N"
  case binary = "B"
  case bool = "BOOL"
  case null = "NULL"
  case list = "L"
  case map = "M"
  case stringSet = "SS"
  case numberSet = "NS"
  case binarySet = "BS"

  /// A tag of one letter.
  init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "S"): self = .string
    case UInt8(ascii: "N"): self = .number
    case UInt8(ascii: "B"): self = .binary
    case UInt8(ascii: "L"): self = .list
    case UInt8(ascii: "M"): self = .map
    default: return nil
    }
  }
}
