import Foundation

@testable import DynamoJournalClient

/// A clock that sleep moves forward, without waiting.
actor SteppingClock {
  nonisolated let start: Int64
  private let state = ClockState()

  init(date: Int64 = 1_800_000_000) { start = date }

  nonisolated var timing: Timing {
    Timing(
      elapsed: { [state] in state.now }, date: { [state, start] in start + state.now.components.seconds },
      sleep: { [state] duration in
        try Task.checkCancellation()
        state.advance(duration)
        await Task.yield()
      },
      random: { 0.5 })
  }

  /// What was slept, in order.
  nonisolated var sleeps: [Duration] { state.sleeps }
}

/// `@unchecked Sendable`: each access holds the lock.
private final class ClockState: @unchecked Sendable {
  private let lock = NSLock()
  private var elapsed = Duration.zero
  private var slept: [Duration] = []

  var now: Duration { lock.withLock { elapsed } }
  var sleeps: [Duration] { lock.withLock { slept } }

  func advance(_ duration: Duration) {
    lock.withLock {
      elapsed += duration
      slept.append(duration)
    }
  }
}

extension DynamoDBClient.Configuration {
  /// With time-outs that no load can reach, for tests that are not about them.
  static var patient: DynamoDBClient.Configuration {
    var configuration = DynamoDBClient.Configuration()
    configuration.requestTimeout = .seconds(3_600)
    configuration.stallTimeout = .seconds(3_600)
    return configuration
  }

  /// With a clock on which waiting takes no time.
  static func hasty(_ clock: SteppingClock = SteppingClock(date: Int64(Date().timeIntervalSince1970)))
    -> DynamoDBClient.Configuration
  {
    var configuration = patient
    configuration.timing = clock.timing
    return configuration
  }
}
