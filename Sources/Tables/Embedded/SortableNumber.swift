/// A number taken apart, to be put into bytes that sort as the numbers do.
struct SortableNumber {
  private let isNegative: Bool
  /// The significant digits in ASCII, without zeros at either end; none for zero.
  private let digits: [UInt8]
  /// Where the point stands: the value is 0.digits × 10^exponent, and DynamoDB's range keeps it in -129...126.
  private let exponent: Int

  /// Takes a number apart, whose text is in normal form: no exponent, no plus sign.
  init(_ number: DecimalNumber) {
    var digits: [UInt8] = []
    var exponent = 0
    var isPastPoint = false
    for byte in number.text.utf8 where byte != UInt8(ascii: "-") {
      if byte == UInt8(ascii: ".") {
        isPastPoint = true
      } else if byte == UInt8(ascii: "0") && digits.isEmpty {
        if isPastPoint { exponent -= 1 }
      } else {
        digits.append(byte)
        if !isPastPoint { exponent += 1 }
      }
    }
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    self.digits = digits
    self.exponent = exponent
    isNegative = number.isNegative
  }

  /// Appends a byte for the sign, one for the exponent, then the digits.
  ///
  /// For a negative number exponent and digits are turned round, and a last 0xff makes the number with fewer digits the
  /// greater one. Zero is one byte between the two.
  func append(to bytes: inout [UInt8]) {
    let biased = UInt8(truncatingIfNeeded: exponent + 129)
    if digits.isEmpty {
      bytes.append(0x80)
    } else if isNegative {
      bytes.append(0x00)
      bytes.append(~biased)
      for digit in digits { bytes.append(~digit) }
      bytes.append(0xff)
    } else {
      bytes.append(0xff)
      bytes.append(biased)
      bytes.append(contentsOf: digits)
    }
  }
}
