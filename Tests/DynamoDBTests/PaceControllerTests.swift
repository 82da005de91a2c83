import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("How fast requests are sent")
struct PaceControllerTests {
  private let hot = PaceKey(table: "t", partition: .string("hot"))
  private let cool = PaceKey(table: "t", partition: .string("cool"))

  @Test("without a limit and without a throttle nothing waits")
  func free() {
    var pace = PaceController()
    for step in 0..<1_000 {
      #expect(pace.admit(.write, keys: [], at: Double(step) / 1_000) == 0)
      pace.succeeded(.write, units: 5, keys: [], at: Double(step) / 1_000)
    }
    #expect(pace.rate(.write) == nil)
  }

  /// How many units a table lets through a second when requests come as fast as they are let.
  private func units(of pace: inout PaceController, seconds: Double, unitsEach: Double) -> Double {
    var (now, used) = (0.0, 0.0)
    while now < seconds {
      now += pace.admit(.write, keys: [], at: now)
      pace.succeeded(.write, units: unitsEach, keys: [], at: now)
      used += unitsEach
    }
    return used / seconds
  }

  @Test("a limit is kept to, whatever one request costs", arguments: [0.5, 1.0, 7, 40])
  func limit(_ unitsEach: Double) {
    var pace = PaceController(maximumWriteUnits: 100)
    let rate = units(of: &pace, seconds: 60, unitsEach: unitsEach)
    #expect((95...102).contains(rate))
  }

  @Test("a limit below one unit a second is kept to")
  func slowLimit() {
    var pace = PaceController(maximumWriteUnits: 0.5)
    let rate = units(of: &pace, seconds: 200, unitsEach: 1)
    #expect((0.45...0.56).contains(rate))
  }

  @Test("reads and writes have a limit each")
  func lanes() {
    var pace = PaceController(maximumReadUnits: 1)
    for _ in 0..<10 { _ = pace.admit(.read, keys: [], at: 0) }
    #expect(pace.admit(.read, keys: [], at: 0) > 5)
    #expect(pace.admit(.write, keys: [], at: 0) == 0)
  }

  @Test("a table's throttle takes 30 % off what was really used, once for one overload")
  func decrease() throws {
    var pace = PaceController()
    for step in 0..<200 {
      let now = Double(step) / 100
      _ = pace.admit(.write, keys: [], at: now)
      pace.succeeded(.write, units: 2, keys: [], at: now)
    }
    for _ in 0..<50 { pace.throttled(.write, isHotKey: false, keys: [], at: 2) }
    let rate = try #require(pace.rate(.write))
    #expect((130...150).contains(rate))
    #expect(pace.rate(.read) == nil)
  }

  @Test("after a throttle the rate grows by the same amount each second")
  func increase() throws {
    var pace = PaceController(maximumWriteUnits: 1_000)
    var now = 0.0
    func run(_ seconds: Double) {
      let end = now + seconds
      while now < end {
        now += max(0.000_1, pace.admit(.write, keys: [], at: now))
        pace.succeeded(.write, units: 1, keys: [], at: now)
      }
    }
    run(3)
    pace.throttled(.write, isHotKey: false, keys: [], at: now)
    let cut = try #require(pace.rate(.write))
    #expect((650...720).contains(cut))
    run(0.5)
    let first = try #require(pace.rate(.write))
    run(0.5)
    let second = try #require(pace.rate(.write))
    #expect(first > cut + 50 && second < 1_000)
    #expect(abs((second - first) - (first - cut)) < 20)
    run(20)
    #expect(pace.rate(.write) == 1_000)
  }

  @Test("a controller settles at what the table takes, with few throttles")
  func settles() {
    // A table of 200 units a second, with a bucket of its own that holds 300 seconds' worth of nothing.
    var pace = PaceController()
    var (now, capacity, filledAt) = (0.0, 200.0, 0.0)
    var (written, throttles) = (0, 0)
    while now < 120 {
      now += max(0.000_5, pace.admit(.write, keys: [], at: now))
      capacity = min(200, capacity + (now - filledAt) * 200)
      filledAt = now
      if capacity >= 1 {
        capacity -= 1
        pace.succeeded(.write, units: 1, keys: [], at: now)
        if now > 20 { written += 1 }
      } else {
        pace.throttled(.write, isHotKey: false, keys: [], at: now)
        if now > 20 { throttles += 1 }
      }
    }
    #expect(written > 100 * 150)
    #expect(throttles < written / 20)
  }

  @Test("a part of all requests that is throttled at any rate does not bring everything to a standstill")
  func randomThrottles() {
    var pace = PaceController()
    var generator = SeededGenerator(seed: 11)
    var (now, written) = (0.0, 0)
    while now < 30 {
      now += max(0.001, pace.admit(.write, keys: [], at: now))
      if Double.random(in: 0..<1, using: &generator) < 0.3 {
        pace.throttled(.write, isHotKey: false, keys: [], at: now)
      } else {
        pace.succeeded(.write, units: 1, keys: [], at: now)
        written += 1
      }
    }
    #expect(written > 30 * 80)
  }

  @Test("a throttle does not raise a limit")
  func throttledLimit() {
    var pace = PaceController(maximumWriteUnits: 5)
    pace.throttled(.write, isHotKey: false, keys: [], at: 10)
    #expect(pace.rate(.write) == 5)
  }

  @Test("a hot key holds back itself and nothing else, longer each time, until it is let through")
  func hotKey() {
    var pace = PaceController()
    pace.throttled(.write, isHotKey: true, keys: [hot], at: 0)
    let first = pace.admit(.write, keys: [hot], at: 0)
    #expect(first > 0)
    #expect(pace.admit(.write, keys: [cool], at: 0) == 0)
    #expect(pace.rate(.write) == nil)
    pace.throttled(.write, isHotKey: true, keys: [hot], at: first)
    let second = pace.admit(.write, keys: [cool, hot], at: first)
    #expect(second > first)
    #expect(pace.admit(.write, keys: [hot], at: first + second) == 0)
    pace.succeeded(.write, units: 1, keys: [hot], at: first)
    #expect(pace.admit(.write, keys: [hot], at: first) == 0)
    for step in 0..<30 { pace.throttled(.write, isHotKey: true, keys: [hot], at: Double(step)) }
    #expect(pace.admit(.write, keys: [hot], at: 29) <= 5)
  }
}
