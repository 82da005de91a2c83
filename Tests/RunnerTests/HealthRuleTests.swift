import DynamoJournalEvents
import DynamoJournalTables
import Testing

@testable import DynamoJournalRunner

@Suite("When a run holds by itself")
struct HealthRuleTests {
  /// What a target does in a second.
  private struct Second {
    var requests = 100
    var throttles = 0
    var faults = 0
  }

  /// The decisions over some seconds, but for those that change nothing, each with its second.
  private func decisions(
    _ seconds: [Second], _ terms: HealthRule.Terms = HealthRule.Terms()
  ) -> [(at: Int, decision: HealthRule.Decision)] {
    var (rule, total, found) = (HealthRule(terms), StoreStatistics(), [(Int, HealthRule.Decision)]())
    _ = rule.decide(total, at: 0)
    for (index, second) in seconds.enumerated() {
      total.requests += second.requests
      total.throttles["ThrottlingException", default: 0] += second.throttles
      total.faults += second.faults
      let decision = rule.decide(total, at: Double(index + 1))
      if decision != .stay { found.append((index + 1, decision)) }
    }
    return found.map { (at: $0.0, decision: $0.1) }
  }

  private func times(_ count: Int, _ second: Second) -> [Second] { Array(repeating: second, count: count) }

  @Test("a healthy target, and one that refuses less than half, holds nothing", arguments: [0, 10, 49])
  func healthy(throttles: Int) {
    #expect(decisions(times(120, Second(throttles: throttles))).isEmpty)
  }

  @Test("half of the requests over the window hold the run, and the sentence says how much and why")
  func throttled() throws {
    let found = decisions(times(10, Second(throttles: 60)))
    #expect(found.map(\.at) == [10])
    #expect(
      found.first?.decision
        == .hold(
          HeldDetail(
            cause: .throttles, message: "60 % of 1000 requests in 10 s were refused for want of capacity")))
  }

  @Test("failures count like throttles, and the larger part gives the cause")
  func faults() {
    let found = decisions(times(10, Second(throttles: 20, faults: 40)))
    guard case .hold(let detail) = found.first?.decision else { return #expect(Bool(false), "\(found)") }
    #expect(detail.cause == .errors)
    #expect(detail.message.contains("failed"))
  }

  @Test("few answers say nothing, and one bad second in a good window neither")
  func fewAnswers() {
    #expect(decisions(times(30, Second(requests: 1, throttles: 1))).isEmpty)
    let good = Second()
    #expect(decisions(times(20, good) + [Second(throttles: 100)] + times(20, good)).isEmpty)
  }

  @Test("a held run goes on when the share is low, not when it is merely lower: that is the hysteresis")
  func hysteresis() {
    let bad = times(10, Second(throttles: 60))
    #expect(decisions(bad + times(60, Second(throttles: 40))).map(\.at) == [10])
    let found = decisions(bad + times(60, Second(throttles: 15)))
    #expect(found.map(\.at) == [10, 15])
    guard case .release(.throttles, let message) = found.last?.decision else {
      return #expect(Bool(false), "\(found)")
    }
    #expect(message.contains("15 %"))
  }

  @Test(
    "a held run under which nothing is left to be answered is tried again, and held again only by new refusals"
  )
  func nothingUnderWay() {
    let idle = Second(requests: 0)
    let found = decisions(
      times(10, Second(throttles: 60)) + times(6, idle) + times(30, Second(throttles: 60)))
    #expect(found.map(\.at).prefix(2) == [10, 15])
    // A whole window after the release, not at its first answer.
    #expect(found.count == 4 || found.count == 3)
    #expect(found[2].at >= 25)
  }
}
