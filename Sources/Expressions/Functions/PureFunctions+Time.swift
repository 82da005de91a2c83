import Tables

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

/// A date and a time of day in UTC.
struct CivilTime {
  let secondsSinceEpoch: Int
  /// The digits after the second's point.
  let fraction: [Int]

  /// Reads `2026-11-23T05:14:02.113Z` or `2026-11-23`.
  init?(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8)[...])
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), (1...12).contains(month),
      day >= 1, day <= CivilTime.days(in: month, of: year)
    else { return nil }
    let days = CivilTime.days(year, month, day) * 86_400
    if reader.bytes.isEmpty {
      secondsSinceEpoch = days
      fraction = []
      return
    }
    guard reader.take("T") || reader.take("t"), let time = reader.timeOfDay() else { return nil }
    fraction = reader.fraction()
    guard reader.takeUTC(), reader.bytes.isEmpty else { return nil }
    secondsSinceEpoch = days + time
  }

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01. A year is taken to begin in March, so that the leap day is its last.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let century = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - century * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return century * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func text(seconds: Int, nanoseconds: Int) -> String {
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let time = seconds - days * 86_400
    let (year, month, day) = date(days)
    let date = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    let clock = padded(time / 3_600, 2) + ":" + padded(time / 60 % 60, 2) + ":" + padded(time % 60, 2)
    return date + "T" + clock + fraction(nanoseconds) + "Z"
  }

  private static func date(_ days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let calendar = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (calendar <= 2 ? 1 : 0), calendar, day)
  }

  private static func fraction(_ nanoseconds: Int) -> String {
    if nanoseconds == 0 { return "" }
    let digits = padded(nanoseconds, 9)
    let count = nanoseconds.isMultiple(of: 1_000_000) ? 3 : nanoseconds.isMultiple(of: 1_000) ? 6 : 9
    return "." + digits.prefix(count)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  /// Reads the text from the left.
  private struct Reader {
    var bytes: ArraySlice<UInt8>

    mutating func number(_ count: Int) -> Int? {
      let digits = bytes.prefix(count)
      guard digits.count == count, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
      bytes = bytes.dropFirst(count)
      return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    mutating func take(_ letter: Unicode.Scalar) -> Bool {
      guard bytes.first == UInt8(ascii: letter) else { return false }
      bytes = bytes.dropFirst()
      return true
    }

    mutating func timeOfDay() -> Int? {
      guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
        hour < 24, minute < 60, second < 60
      else { return nil }
      return hour * 3_600 + minute * 60 + second
    }

    mutating func fraction() -> [Int] {
      guard bytes.first == UInt8(ascii: "."),
        bytes.dropFirst().first.map({ $0 &- UInt8(ascii: "0") < 10 }) == true
      else { return [] }
      bytes = bytes.dropFirst()
      let digits = bytes.prefix { $0 &- UInt8(ascii: "0") < 10 }
      bytes = bytes.dropFirst(digits.count)
      return digits.map { Int($0 - UInt8(ascii: "0")) }
    }

    mutating func takeUTC() -> Bool {
      if take("Z") || take("z") { return true }
      guard bytes.elementsEqual("+00:00".utf8) else { return false }
      bytes = bytes.dropFirst(6)
      return true
    }
  }
}
