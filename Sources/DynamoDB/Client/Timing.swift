import Foundation

/// Clocks, sleep and chance, which tests bring themselves.
package struct Timing: Sendable {
  /// Time that only goes forward, since any moment.
  var elapsed: @Sendable () -> Duration
  /// Seconds since 1970.
  var date: @Sendable () -> Int64
  /// Waits; throws when the task is cancelled.
  var sleep: @Sendable (Duration) async throws -> Void
  /// A number from 0 to below 1.
  var random: @Sendable () -> Double

  init(
    elapsed: @escaping @Sendable () -> Duration, date: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
  ) {
    self.elapsed = elapsed
    self.date = date
    self.sleep = sleep
    self.random = random
  }

  /// The machine's.
  package static let system: Timing = {
    let start = ContinuousClock.now
    return Timing(
      elapsed: { start.duration(to: .now) },
      date: { Int64(Date().timeIntervalSince1970.rounded(.down)) },
      sleep: { try await Task.sleep(for: $0) },
      random: { Double.random(in: 0..<1) })
  }()
}

extension Duration {
  /// In seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// The date of HTTP's headers, RFC 9110 section 5.6.7.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`; nil for any other form.
  static func seconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]),
      (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    return days(year, Int64(month + 1), day) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
  }

  /// Days since 1970-01-01 in the Gregorian calendar; years begin in March here, so that a leap day is the last.
  ///
  /// Source: `days_from_civil` in https://howardhinnant.github.io/date_algorithms.html
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = (shifted / 400, shifted % 400)
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
