/// A value of one of DynamoDB's ten types.
///
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
public enum AttributeValue: Hashable, Sendable {
  /// `S`
  case string(Text)
  /// `N`
  case number(DecimalNumber)
  /// `B`, as raw bytes; base64 only on the wire.
  case binary([UInt8])
  /// `BOOL`
  case bool(Bool)
  /// `NULL`
  case null
  /// `L`
  case list([AttributeValue])
  /// `M`
  case map(AttributeMap)
  /// `SS`
  case stringSet(Set<Text>)
  /// `NS`
  case numberSet(Set<DecimalNumber>)
  /// `BS`
  case binarySet(Set<[UInt8]>)

  /// A string value.
  public static func string(_ value: String) -> AttributeValue { .string(Text(value)) }

  /// A whole number.
  public static func number(_ value: Int64) -> AttributeValue { .number(DecimalNumber(value)) }

  /// The characters when the value is a string.
  public var stringValue: String? {
    if case .string(let text) = self { text.string } else { nil }
  }

  /// The number when the value is a whole one that fits.
  public var integerValue: Int64? {
    if case .number(let number) = self { number.int64 } else { nil }
  }

  /// DynamoDB's name of the type: `S`, `N`, `B`, `BOOL`, `NULL`, `L`, `M`, `SS`, `NS` or `BS`.
  public var typeName: String {
    switch self {
    case .string: "S"
    case .number: "N"
    case .binary: "B"
    case .bool: "BOOL"
    case .null: "NULL"
    case .list: "L"
    case .map: "M"
    case .stringSet: "SS"
    case .numberSet: "NS"
    case .binarySet: "BS"
    }
  }
}
