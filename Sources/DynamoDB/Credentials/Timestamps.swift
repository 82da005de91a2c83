/// Moments as AWS's replies write them.
enum Timestamps {
  /// Seconds since 1970 of RFC 3339 text (`2026-11-23T08:15:30Z`, with or without a fraction, with any offset); the
  /// `UTC` that older versions of AWS's command line tool wrote into their cache is read too. Nil for anything else.
  static func seconds(parsing text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, separated(bytes) else { return nil }
    let fields = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19].map { number(bytes[$0]) }
    let numbers = fields.compactMap(\.self)
    guard numbers.count == 6, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]), numbers[3] < 24,
      numbers[4] < 60, numbers[5] <= 60, let offset = offset(withoutFraction(bytes[19...]))
    else { return nil }
    let days = days(year: numbers[0], month: numbers[1], day: numbers[2])
    return days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5] - offset
  }

  private static func separated(_ bytes: [UInt8]) -> Bool {
    let minus = UInt8(ascii: "-")
    let colon = UInt8(ascii: ":")
    return bytes[4] == minus && bytes[7] == minus && [UInt8(ascii: "T"), 32].contains(bytes[10])
      && bytes[13] == colon && bytes[16] == colon
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
  }

  private static func withoutFraction(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard rest.first == UInt8(ascii: ".") else { return rest }
    return rest.dropFirst().drop { (48...57).contains($0) }
  }

  /// Seconds east of Greenwich.
  private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
    let text = String(decoding: zone, as: UTF8.self)
    if ["Z", "z", "UTC"].contains(text) { return 0 }
    let digits = zone.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), digits.count == 4,
      let hours = number(digits[..<2]), let minutes = number(digits[2...])
    else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  /// Days since 1970-01-01 (https://howardhinnant.github.io/date_algorithms.html#days_from_civil).
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
