import DynamoJournalTables

extension DecimalNumber {
  /// The exact sum.
  ///
  /// DynamoDB refuses a result of more than 38 digits instead of rounding it. Source: "Number" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  /// - Throws: `DecimalNumberError` when DynamoDB can't hold the sum exactly.
  package func adding(_ other: DecimalNumber) throws(DecimalNumberError) -> DecimalNumber {
    if let left = int64, let right = other.int64 {
      let (sum, overflow) = left.addingReportingOverflow(right)
      if !overflow { return DecimalNumber(sum) }
    }
    return try DecimalNumber(Digits(self).adding(Digits(other)).text)
  }

  /// The exact difference.
  ///
  /// - Throws: `DecimalNumberError` when DynamoDB can't hold the difference exactly.
  package func subtracting(_ other: DecimalNumber) throws(DecimalNumberError) -> DecimalNumber {
    if let left = int64, let right = other.int64 {
      let (difference, overflow) = left.subtractingReportingOverflow(right)
      if !overflow { return DecimalNumber(difference) }
    }
    return try DecimalNumber(Digits(self).adding(Digits(other).negated).text)
  }
}

/// The digits of a number in fixed point, the lowest first: DynamoDB's range needs no more than 256 of them.
private struct Digits {
  var isNegative: Bool
  var digits: [UInt8]
  /// How many of the digits are behind the decimal point.
  var scale: Int

  init(_ number: DecimalNumber) {
    isNegative = number.isNegative
    let bytes = Array(number.text.utf8.filter { $0 != UInt8(ascii: "-") })
    let point = bytes.firstIndex(of: UInt8(ascii: "."))
    scale = point.map { bytes.count - $0 - 1 } ?? 0
    digits = bytes.reversed().filter { $0 != UInt8(ascii: ".") }.map { $0 - UInt8(ascii: "0") }
  }

  var negated: Digits {
    var result = self
    result.isNegative.toggle()
    return result
  }

  func adding(_ other: Digits) -> Digits {
    var (left, right) = (self, other)
    left.align(to: max(scale, other.scale))
    right.align(to: max(scale, other.scale))
    if left.isNegative == right.isNegative {
      left.digits = Digits.sum(left.digits, right.digits)
      return left
    }
    if Digits.isLess(left.digits, right.digits) { swap(&left, &right) }
    left.digits = Digits.difference(left.digits, right.digits)
    return left
  }

  private mutating func align(to wanted: Int) {
    digits.insert(contentsOf: repeatElement(0, count: wanted - scale), at: 0)
    scale = wanted
  }

  private static func digit(_ digits: [UInt8], _ place: Int) -> UInt8 {
    place < digits.count ? digits[place] : 0
  }

  private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var carry: UInt8 = 0
    return (0...max(left.count, right.count)).map { place in
      let sum = digit(left, place) + digit(right, place) + carry
      carry = sum / 10
      return sum % 10
    }
  }

  /// The left one must not be the lesser.
  private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var borrow: UInt8 = 0
    return left.indices.map { place in
      let taken = digit(right, place) + borrow
      borrow = left[place] < taken ? 1 : 0
      return left[place] + borrow * 10 - taken
    }
  }

  private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    for place in (0..<max(left.count, right.count)).reversed() {
      let (first, second) = (digit(left, place), digit(right, place))
      if first != second { return first < second }
    }
    return false
  }

  /// The number written with an exponent, for DecimalNumber to bring into normal form.
  var text: String {
    let written = digits.reversed().map { $0 + UInt8(ascii: "0") }
    return (isNegative ? "-" : "") + String(decoding: written, as: UTF8.self) + "E-\(scale)"
  }
}
