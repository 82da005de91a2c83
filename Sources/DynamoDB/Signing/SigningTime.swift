/// A moment as a signature spells it, always in UTC.
struct SigningTime {
  /// `20150830T123600Z`
  let text: String
  /// `20150830`
  let day: String

  /// - Parameter seconds: since 1970.
  init(_ seconds: Int64) {
    let secondsADay: Int64 = 86_400
    let second = ((seconds % secondsADay) + secondsADay) % secondsADay
    let date = Self.civil(days: (seconds - second) / secondsADay)
    day = Self.digits(date.year, 4) + Self.digits(date.month, 2) + Self.digits(date.day, 2)
    let time = [second / 3600, second / 60 % 60, second % 60].map { Self.digits($0, 2) }.joined()
    text = "\(day)T\(time)Z"
  }

  /// The Gregorian date so many days after 1970-01-01, by eras of 400 years that begin in March
  /// (https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }

  private static func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
