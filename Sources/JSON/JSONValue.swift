/// A JSON value, whole in memory.
///
/// Two values are equal when their compact texts are the same bytes: `1` is not `1.0`, members have an order, and two
/// spellings of `é` differ.
public enum JSONValue: Sendable {
  /// A member of an object.
  public struct Member: Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: JSONValue

    /// A member.
    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Members in their order.
  case object([Member])
  /// Elements in their order.
  case array([JSONValue])
  /// A string.
  case string(String)
  /// A number as RFC 8259 writes it; whoever makes one answers for that.
  case number(String)
  /// `true` or `false`
  case bool(Bool)
  /// `null`
  case null

  /// A whole number.
  public static func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

  /// Reads a whole document.
  ///
  /// - Throws: `JSONError`.
  public init(parsing bytes: [UInt8], maximumDepth: Int = 512) throws {
    var reader = JSONReader(bytes, maximumDepth: maximumDepth)
    self = try reader.readValue()
    _ = try reader.next()
  }

  /// Reads a whole document.
  ///
  /// - Throws: `JSONError`.
  public init(parsing text: String, maximumDepth: Int = 512) throws {
    try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
  }

  /// The value of the member of that name; nil when there is none, or this is not an object.
  public subscript(name: String) -> JSONValue? {
    objectValue?.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The members when this is an object.
  public var objectValue: [Member]? { if case .object(let members) = self { members } else { nil } }
  /// The elements when this is an array.
  public var arrayValue: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The characters when this is a string.
  public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
  /// The number as it is written when this is one.
  public var numberText: String? { if case .number(let text) = self { text } else { nil } }
  /// The number when this is one without fraction and exponent, that fits.
  public var integerValue: Int64? { numberText.flatMap { Int64($0) } }
  /// The truth value when this is one.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// Whether this is `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }
}

extension JSONValue.Member {
  /// Whether two have the same name: the same bytes.
  static func haveTwin(_ members: [JSONValue.Member]) -> Bool {
    guard members.count > 1 else { return false }
    let names = members.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return zip(names, names.dropFirst()).contains { $0.utf8.elementsEqual($1.utf8) }
  }
}

extension JSONValue: Hashable {
  /// Whether both have the same compact text.
  public static func == (left: JSONValue, right: JSONValue) -> Bool { left.bytes() == right.bytes() }

  /// Hashes the compact text.
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes()) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .number(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object with its members in that order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member(name: $0, value: $1) })
  }
}
