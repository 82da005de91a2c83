/// A date and a time of day in UTC.
struct CivilTime {
  let secondsSinceEpoch: Int
  /// The digits after the second's point.
  let fraction: [Int]

  /// Reads `2026-11-23T05:14:02.113Z` or `2026-11-23`.
  init?(_ text: String) {
    var reader = TimeReader(bytes: Array(text.utf8)[...])
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
}
