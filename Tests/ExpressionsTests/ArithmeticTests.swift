import DynamoJournalExpressions
import DynamoJournalTables
import Testing

@Suite("Numbers are added exactly")
struct ArithmeticTests {
  @Test(
    "sums and differences",
    arguments: [
      ("1", "2", "3", "-1"), ("0.1", "0.2", "0.3", "-0.1"), ("-5", "7", "2", "-12"), ("0", "0", "0", "0"),
      ("9223372036854775807", "1", "9223372036854775808", "9223372036854775806"),
      ("-9223372036854775808", "1", "-9223372036854775807", "-9223372036854775809"),
      (
        "12345678901234567890123456789012345678", "-12345678901234567890123456789012345677", "1",
        "24691357802469135780246913578024691355"
      ),
      (
        "99999999999999999999999999999999999999", "1", "100000000000000000000000000000000000000",
        "99999999999999999999999999999999999998"
      ),
      ("1E-130", "2E-130", "3E-130", "-1E-130"), ("1E125", "1E124", "1.1E125", "9E124"),
      ("0.5", "0.5", "1", "0"),
    ])
  func sums(_ left: String, _ right: String, _ sum: String, _ difference: String) throws {
    let (left, right) = (try DecimalNumber(left), try DecimalNumber(right))
    #expect(try left.adding(right) == DecimalNumber(sum))
    #expect(try left.subtracting(right) == DecimalNumber(difference))
  }

  @Test("a result that DynamoDB can't hold is an error, never rounded")
  func refusals() throws {
    let one = DecimalNumber(1)
    #expect(throws: DecimalNumberError.tooPrecise) { try DecimalNumber("1E50").adding(one) }
    #expect(throws: DecimalNumberError.tooPrecise) {
      try DecimalNumber("1E125").subtracting(DecimalNumber("1E-130"))
    }
    #expect(throws: DecimalNumberError.tooLarge) { try DecimalNumber("9E125").adding(DecimalNumber("9E125")) }
    #expect(throws: DecimalNumberError.tooSmall) {
      try DecimalNumber("1.5E-129").subtracting(DecimalNumber("1.4999999E-129"))
    }
  }

  @Test("agrees with whole numbers of 128 bits, and a sum less one part is the other")
  func random() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let left = Int128.random(in: -(1 << 110)...(1 << 110), using: &generator)
      let right = Int128.random(in: -(1 << 80)...(1 << 80), using: &generator)
      let scale = Int.random(in: 0...40, using: &generator)
      let (first, second) = (try DecimalNumber("\(left)E-\(scale)"), try DecimalNumber("\(right)E-\(scale)"))
      let sum = try first.adding(second)
      #expect(try sum == DecimalNumber("\(left + right)E-\(scale)"))
      #expect(try first.subtracting(second) == DecimalNumber("\(left - right)E-\(scale)"))
      #expect(try sum.subtracting(second) == first)
    }
  }
}
