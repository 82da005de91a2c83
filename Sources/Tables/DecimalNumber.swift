/// An exact decimal of at most 38 significant digits, in DynamoDB's normal form.
public struct DecimalNumber: Hashable, Sendable {
  /// The number as DynamoDB writes it: no exponent, no needless zero, no plus sign.
  public let text: String

  /// A whole number.
  public init(_ value: Int64) { text = String(value) }
}
