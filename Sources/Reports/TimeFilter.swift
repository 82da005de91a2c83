import DynamoJournalEvents
import DynamoJournalProgram

/// Reads the times that `--since` and `--until` take.
package enum TimeFilter {
  /// What is meant by a time that is written less exactly than the journal keeps it.
  package enum Bound: Sendable {
    /// The first microsecond of the day, second or fraction.
    case since
    /// The last one, so that `--until 2026-11-23` takes in that whole day.
    case until
  }

  /// Microseconds since 1970, UTC, of `2026-11-23`, of the month `2026-11`, of a time in RFC 3339, section 5.6, which may end at its minutes
  /// where it is UTC, or of `10m`, which is ten minutes ago; units are s, m, h, d and w.
  ///
  /// - Parameter now: microseconds since 1970.
  /// - Throws: `TimeFilterError` when the text is none of these.
  package static func microseconds(
    _ text: String, as bound: Bound = .since, now: Int64 = Timestamp.now()
  ) throws(TimeFilterError) -> Int64 {
    if let ago = ago(text) { return now - ago }
    guard let time = parse(text) else { throw TimeFilterError(text: text) }
    return bound == .since ? time.first : time.first + time.length - 1
  }

  private static func ago(_ text: String) -> Int64? {
    let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard let unit = text.last.flatMap({ seconds[$0] }), (2...7).contains(text.count),
      text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int64(text.dropLast()).map { $0 * unit * 1_000_000 }
  }

  private static func parse(_ text: String) -> (first: Int64, length: Int64)? {
    var scanner = Scanner(rest: Array(text.utf8)[...])
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2) else { return nil }
    if scanner.rest.isEmpty { return whole(year, month) }
    guard scanner.take("-"), let day = scanner.digits(2), let days = days(year, month, day) else {
      return nil
    }
    if scanner.rest.isEmpty { return (days * 86_400_000_000, 86_400_000_000) }
    guard scanner.take("T") || scanner.take("t") || scanner.take(" ") else { return nil }
    if let minute = scanner.minuteAtTheEnd() {
      return ((days * 86_400 + minute * 60) * 1_000_000, 60_000_000)
    }
    guard let clock = scanner.clock(),
      let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.rest.isEmpty
    else { return nil }
    let seconds = days * 86_400 + clock - offset * 60
    return (seconds * 1_000_000 + fraction.microseconds, fraction.length)
  }

  /// A month from its first day to its last.
  private static func whole(_ year: Int64, _ month: Int64) -> (first: Int64, length: Int64)? {
    guard let first = days(year, month, 1),
      let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
    else { return nil }
    return (first * 86_400_000_000, (next - first) * 86_400_000_000)
  }

  /// Days since 1970-01-01, or nil when the calendar has no such day.
  /// Source: https://howardhinnant.github.io/date_algorithms.html, "days_from_civil"
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), day >= 1, day <= lengths[Int(month) - 1] else { return nil }
    // Years begin in March here, so that the leap day is the last one.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func digits(_ count: Int) -> Int64? {
      let taken = rest.prefix(count)
      guard taken.count == count, taken.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest.removeFirst(count)
      return taken.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Minutes of the day, where nothing more is written but that it is UTC.
    func minuteAtTheEnd() -> Int64? {
      var scanner = self
      guard let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), hour < 24,
        minute < 60,
        scanner.take("Z"), scanner.rest.isEmpty
      else { return nil }
      return hour * 60 + minute
    }

    /// Seconds of the day; a leap second, which RFC 3339 allows, is the one that follows it.
    mutating func clock() -> Int64? {
      guard let hour = digits(2), take(":"), let minute = digits(2), take(":"), let second = digits(2),
        hour < 24, minute < 60, second <= 60
      else { return nil }
      return hour * 3_600 + minute * 60 + second
    }

    /// A fraction of a second, and how long the last digit written lasts.
    mutating func fraction() -> (microseconds: Int64, length: Int64)? {
      guard take(".") else { return (0, 1_000_000) }
      var value: Int64 = 0
      var length: Int64 = 1_000_000
      var count = 0
      while let digit = digits(1) {
        count += 1
        length = max(1, length / 10)
        if count <= 6 { value += digit * length }
      }
      return count == 0 ? nil : (value, length)
    }

    /// Minutes ahead of UTC.
    mutating func offset() -> Int64? {
      if take("Z") || take("z") { return 0 }
      let isAhead = take("+")
      guard isAhead || take("-"), let hours = digits(2), take(":"), let minutes = digits(2), hours < 24,
        minutes < 60
      else { return nil }
      return (isAhead ? 1 : -1) * (hours * 60 + minutes)
    }
  }
}

/// A text that is not a time.
package struct TimeFilterError: ExplainedError, Hashable, Sendable {
  /// The text.
  package let text: String

  /// An error about this text.
  package init(text: String) { self.text = text }

  package var explanation: Explanation {
    Explanation(
      "'\(Printable.text(text))' is not a time",
      "write it like 2026-11-23, 2026-11, 2026-11-23T05:14:02Z, or 10m for ten minutes ago")
  }
  package var errorClass: ErrorClass { .usage }
  package var exitStatus: ExitStatus { .usage }
}
