/// An exact decimal of at most 38 significant digits, in DynamoDB's normal form.
///
/// Source: "Number" in
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
public struct DecimalNumber: Hashable, Sendable {
  /// The number as DynamoDB writes it: no exponent, no needless zero, no plus sign.
  public let text: String

  /// A whole number.
  public init(_ value: Int64) { text = String(value) }

  /// A number written as digits with perhaps a sign, a fraction and an exponent.
  ///
  /// - Throws: `DecimalNumberError` when it is not a number, or one that DynamoDB can't hold exactly.
  public init(_ text: String) throws(DecimalNumberError) {
    let bytes = Array(text.utf8)
    let result: Result<DecimalNumber, DecimalNumberError> = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(DecimalNumberError) in try DecimalNumber(bytes) }
    }
    self = try result.get()
  }

  /// A number written in ASCII, as above.
  ///
  /// - Throws: `DecimalNumberError`
  public init(_ bytes: UnsafeBufferPointer<UInt8>) throws(DecimalNumberError) {
    if DecimalNumber.isNormalInteger(bytes) {
      text = String(decoding: bytes, as: UTF8.self)
    } else {
      text = try DecimalParts(bytes).text()
    }
  }

  /// The number when it is whole and fits.
  public var int64: Int64? { Int64(text) }

  /// How many significant digits there are; one for zero.
  public var significantDigits: Int {
    let digits = text.utf8.filter { $0 >= UInt8(ascii: "0") }.drop { $0 == UInt8(ascii: "0") }
    let zeros =
      text.utf8.contains(UInt8(ascii: ".")) ? 0 : digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count
    return max(1, digits.count - zeros)
  }

  /// Whether the number is below zero.
  public var isNegative: Bool { text.utf8.first == UInt8(ascii: "-") }

  /// Whether this is a whole number of at most 38 digits in normal form already, as nearly all numbers are.
  private static func isNormalInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = bytes.first == UInt8(ascii: "-") ? 1 : 0
    guard start < bytes.count, bytes.count - start <= significantDigitLimit else { return false }
    if bytes[start] == UInt8(ascii: "0") { return bytes.count == 1 }
    return bytes[start...].allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
  }

  static let significantDigitLimit = 38
}

extension DecimalNumber: Comparable {
  /// Whether one is less than the other, exactly.
  public static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
    switch (left.isNegative, right.isNegative) {
    case (true, false): true
    case (false, true): false
    case (false, false): isLess(left.text.utf8[...], right.text.utf8[...])
    case (true, true): isLess(right.text.utf8.dropFirst(), left.text.utf8.dropFirst())
    }
  }

  /// Compares two texts without a sign: the longer whole part is the greater, else the bytes decide.
  private static func isLess(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Bool {
    let (first, second) = (wholeDigits(left), wholeDigits(right))
    return first == second ? left.lexicographicallyPrecedes(right) : first < second
  }

  private static func wholeDigits(_ text: Substring.UTF8View) -> Int {
    text.prefix { $0 != UInt8(ascii: ".") }.count
  }
}

extension DecimalNumber: CustomStringConvertible {
  /// The number in normal form.
  public var description: String { text }
}

/// Why a text is not a number for DynamoDB.
public enum DecimalNumberError: Error, Hashable, Sendable, CaseIterable {
  /// It is not written as a number.
  case notANumber
  /// It has more than 38 significant digits.
  case tooPrecise
  /// Its magnitude is 1E+126 or more.
  case tooLarge
  /// It is not zero and its magnitude is below 1E-130.
  case tooSmall
}

extension DecimalNumberError: CustomStringConvertible {
  /// One sentence that names the limit, without the number.
  public var description: String {
    switch self {
    case .notANumber: "the text is not a number; write digits with perhaps a sign, a fraction and an exponent"
    case .tooPrecise: "the number has more than 38 significant digits; round it, or keep it as a string"
    case .tooLarge:
      "number overflow: the magnitude is above 9.9999999999999999999999999999999999999E+125; keep it as a string"
    case .tooSmall: "number underflow: the magnitude is below 1E-130; round it to 0, or keep it as a string"
    }
  }
}

/// A decimal taken apart: 0.digits × 10 ^ point.
private struct DecimalParts {
  var isNegative = false
  /// ASCII digits, neither the first nor the last of them a zero; none for zero.
  var digits: [UInt8] = []
  /// How many of the digits stand before the decimal point.
  var point = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(DecimalNumberError) {
    var rest = bytes[...]
    isNegative = rest.first == UInt8(ascii: "-")
    DecimalParts.dropSign(&rest)
    let whole = DecimalParts.takeDigits(&rest)
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = DecimalParts.takeDigits(&rest)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { throw .notANumber }
    let exponent = try DecimalParts.takeExponent(&rest)
    guard rest.isEmpty else { throw .notANumber }
    let all = Array(whole) + Array(fraction)
    let significant = all.drop { $0 == UInt8(ascii: "0") }
    digits = Array(significant)
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    point = whole.count - (all.count - significant.count) + exponent
  }

  private static func dropSign(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) {
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
  }

  private static func takeDigits(
    _ rest: inout Slice<UnsafeBufferPointer<UInt8>>
  ) -> Slice<UnsafeBufferPointer<UInt8>> {
    let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
    rest = rest.dropFirst(digits.count)
    return digits
  }

  private static func takeExponent(
    _ rest: inout Slice<UnsafeBufferPointer<UInt8>>
  ) throws(DecimalNumberError) -> Int {
    guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return 0 }
    rest.removeFirst()
    let isNegative = rest.first == UInt8(ascii: "-")
    dropSign(&rest)
    let digits = takeDigits(&rest)
    guard !digits.isEmpty else { throw .notANumber }
    // No text is long enough to bring a larger exponent back into range, so it need not be exact.
    let limit = 1 << 40
    let value = digits.reduce(0) { min(limit, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
    return isNegative ? -value : value
  }

  /// The normal form, when the number is within the limits.
  func text() throws(DecimalNumberError) -> String {
    if digits.isEmpty { return "0" }
    if digits.count > DecimalNumber.significantDigitLimit { throw .tooPrecise }
    if point > 126 { throw .tooLarge }
    if point < -129 { throw .tooSmall }
    var bytes: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    if point <= 0 {
      bytes += [UInt8(ascii: "0"), UInt8(ascii: ".")]
      bytes += repeatElement(UInt8(ascii: "0"), count: -point)
      bytes += digits
    } else if point < digits.count {
      bytes += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
    } else {
      bytes += digits + repeatElement(UInt8(ascii: "0"), count: point - digits.count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
