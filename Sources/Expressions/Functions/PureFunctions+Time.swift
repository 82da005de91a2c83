import DynamoJournalTables

/// Times are UTC, in the proleptic Gregorian calendar, without leap seconds, from year 0000 to 9999.
///
/// Source: https://www.rfc-editor.org/rfc/rfc3339 section 5.6
extension PureFunctions {
  /// How many digits of a second's fraction a unit has.
  private static let units: [String: Int] = ["s": 0, "ms": 3, "us": 6]
  private static let firstSecond = -62_167_219_200
  private static let lastSecond = 253_402_300_799

  private static func fractionDigits(_ arguments: Arguments) throws(Failure) -> Int {
    guard arguments.count > 1 else { return 0 }
    guard let digits = units[arguments.text(1).string] else {
      throw .badArgument("the unit 's', 'ms' or 'us'")
    }
    return digits
  }

  /// The whole units since 1970 that a time is past, rounded down.
  static func epoch(_ arguments: Arguments) throws(Failure) -> DecimalNumber {
    let digits = try fractionDigits(arguments)
    guard let time = CivilTime(arguments.text(0).string) else {
      throw .badArgument("a time in UTC such as 2026-11-23T05:14:02.113Z, or a date such as 2026-11-23")
    }
    let scale = digits == 0 ? 1 : digits == 3 ? 1_000 : 1_000_000
    let fraction =
      time.fraction.prefix(digits) + repeatElement(0, count: max(0, digits - time.fraction.count))
    let units = fraction.reduce(0) { $0 * 10 + $1 }
    return DecimalNumber(Int64(time.secondsSinceEpoch * scale + units))
  }

  /// The time that many units after 1970; the fraction has 0, 3, 6 or 9 digits, as few as hold it.
  static func iso8601(_ arguments: Arguments) throws(Failure) -> Text {
    let digits = try fractionDigits(arguments)
    let problem = Failure.badArgument(
      "a number of units since 1970, for the years 0000 to 9999, exact to nine digits of a second")
    guard let (seconds, nanoseconds) = split(arguments.number(0), digits),
      (firstSecond...lastSecond).contains(seconds)
    else { throw problem }
    return Text(CivilTime.text(seconds: seconds, nanoseconds: nanoseconds))
  }

  /// Whole seconds, rounded down, and the nanoseconds after them.
  private static func split(_ number: DecimalNumber, _ digits: Int) -> (Int, Int)? {
    let parts = number.text.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    // Nine digits of a second, whatever the unit; more can't be shown.
    let places = 9 - digits
    guard fraction.utf8.count <= places, parts[0].utf8.count <= 19 else { return nil }
    let padded = fraction + String(repeating: "0", count: places - fraction.utf8.count)
    guard let total = Int128(String(parts[0]) + padded) else { return nil }
    var (seconds, nanoseconds) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
    if nanoseconds < 0 { (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000) }
    guard let whole = Int(exactly: seconds) else { return nil }
    return (whole, Int(nanoseconds))
  }
}
