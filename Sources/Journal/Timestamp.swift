import Foundation

/// Points in time: microseconds since 1970-01-01, UTC.
package enum Timestamp {
  /// The times that can be written as a date of four digits a year.
  static let range: ClosedRange<Int64> = 0...253_402_300_799_999_999

  /// The time now.
  package static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

  /// As `2026-11-23T05:14:02.113Z` (RFC 3339), cut to milliseconds.
  package static func text(_ microseconds: Int64) -> String {
    let parts = calendarParts(microseconds)
    let milliseconds = (microseconds % 1_000_000 + 1_000_000) % 1_000_000 / 1_000
    return "\(parts.date("-"))T\(parts.time(":")).\(padded(milliseconds, 3))Z"
  }

  /// As `20261123-051402`, the form in run ids and names of backups.
  package static func compact(_ microseconds: Int64) -> String {
    let parts = calendarParts(microseconds)
    return "\(parts.date(""))-\(parts.time(""))"
  }

  private struct Parts {
    let components: DateComponents

    func date(_ separator: String) -> String {
      [padded(components.year, 4), padded(components.month, 2), padded(components.day, 2)]
        .joined(separator: separator)
    }

    func time(_ separator: String) -> String {
      [padded(components.hour, 2), padded(components.minute, 2), padded(components.second, 2)]
        .joined(separator: separator)
    }
  }

  private static func calendarParts(_ microseconds: Int64) -> Parts {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let seconds = (Double(microseconds) / 1_000_000).rounded(.down)
    return Parts(
      components: calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: seconds)))
  }
}

private func padded(_ value: (some BinaryInteger)?, _ width: Int) -> String {
  let digits = String(value ?? 0)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
