import DynamoJournalTables
import Testing

private let nines = String(repeating: "9", count: 38)

@Test(arguments: [
  ("0", "0"), ("-0", "0"), ("+0", "0"), ("0.000", "0"), ("0e999999999999999999999", "0"), ("00", "0"),
  ("1", "1"), ("1.0", "1"), ("+5", "5"), ("-5", "-5"), ("007", "7"), ("-007.50", "-7.5"), (".5", "0.5"),
  ("5.", "5"), ("-.25", "-0.25"), ("1E2", "100"), ("1e-3", "0.001"), ("1.5e+3", "1500"),
  ("123.456e1", "1234.56"),
  ("123456e-3", "123.456"), ("100", "100"), ("1e0000000000000000000000005", "100000"),
  (nines, nines), ("-" + nines, "-" + nines), ("0." + nines, "0." + nines),
  ("1" + String(repeating: "0", count: 40), "1" + String(repeating: "0", count: 40)),
  ("1e125", "1" + String(repeating: "0", count: 125)),
  ("1e-130", "0." + String(repeating: "0", count: 129) + "1"),
  ("9." + nines.dropFirst() + "E125", nines + String(repeating: "0", count: 88)),
])
func aNumberIsBroughtIntoDynamoDBsNormalForm(written: String, normal: String) throws {
  let number = try DecimalNumber(written)
  #expect(number.text == normal)
  #expect(try DecimalNumber(normal) == number)
}

@Test(arguments: [
  "", "-", "+", ".", "e", "1e", "1e+", "e5", "1.2.3", "--1", "+-1", "1 ", " 1", "1_000", "0x10", "NaN",
  "Infinity",
  "1,5", "١", "1e5.0", "1\u{0}",
])
func whatIsNoNumberIsRefused(text: String) {
  #expect(throws: DecimalNumberError.notANumber) { try DecimalNumber(text) }
}

@Test(
  arguments: [
    (nines + "9", .tooPrecise), ("1." + nines, .tooPrecise),
    ("1" + String(repeating: "0", count: 38) + "1", .tooPrecise),
    ("1e126", .tooLarge), ("-1e126", .tooLarge), ("10e125", .tooLarge),
    ("1e999999999999999999999", .tooLarge),
    ("1e-131", .tooSmall), ("-0.1e-130", .tooSmall), ("1e-999999999999999999999", .tooSmall),
  ] as [(String, DecimalNumberError)])
func whatDynamoDBCannotHoldExactlyIsRefused(text: String, error: DecimalNumberError) {
  #expect(throws: error) { try DecimalNumber(text) }
}

@Test func numbersSortByTheirValue() throws {
  let sorted = [
    "-1e125", "-100", "-99.5", "-99", "-10", "-9", "-1.25", "-1.2", "-0.5", "-1e-130", "0", "1e-130", "0.05",
    "0.5", "1",
    "1.2", "1.25", "9", "10", "99", "99.5", "100", nines, "1e125",
  ]
  let numbers = try sorted.map { try DecimalNumber($0) }
  for left in numbers.indices {
    for right in numbers.indices {
      #expect((numbers[left] < numbers[right]) == (left < right), "\(sorted[left]) \(sorted[right])")
    }
  }
}

@Test func aWholeNumberThatFitsIsAnInt64() throws {
  #expect(DecimalNumber(Int64.min).int64 == Int64.min)
  #expect(try DecimalNumber("9223372036854775807.0").int64 == Int64.max)
  #expect(try DecimalNumber("9223372036854775808").int64 == nil)
  #expect(try DecimalNumber("1.5").int64 == nil)
}

@Test(arguments: [("0", 1), ("100", 1), ("-120.50", 4), ("0.001", 1), ("105", 3), (nines, 38)])
func significantDigitsLeaveOutTheZerosAtBothEnds(text: String, digits: Int) throws {
  #expect(try DecimalNumber(text).significantDigits == digits)
}

@Test func eachErrorNamesItsLimitAndNotTheNumber() {
  let words = DecimalNumberError.allCases.map { "\($0)" }
  #expect(Set(words).count == 4)
  #expect("\(DecimalNumberError.tooPrecise)".contains("38 significant digits"))
  #expect("\(DecimalNumberError.tooSmall)".contains("1E-130"))
}
