import DynamoJournalEvents
import DynamoJournalTables
import Testing

@testable import DynamoJournalRunner

@Suite("What becomes of a wish")
struct ControlDecisionTests {
  private let bob = OperatorAccount(uid: 501, user: "bob", host: "here")

  private func wish(
    _ verb: ControlWish.Verb, run: String = "r1", units: ControlWish.Limit? = nil,
    concurrency: ControlWish.Limit? = nil
  ) -> ControlWish {
    ControlWish(verb, run: run, by: bob, maxWriteUnits: units, concurrency: concurrency)
  }

  private var running: RunStatus {
    var status = RunStatus(process: 12, by: bob)
    status.run = "r1"
    status.phase = .applying
    return status
  }

  private var paused: RunStatus {
    var status = running
    status.pause = RunStatus.Pause(asked: AskedDetail(by: bob, reason: "lunch"), since: 1_795_411_442_113_000)
    return status
  }

  private func outcome(_ wish: ControlWish, _ status: RunStatus, isStopping: Bool = false) -> ControlAnswer? {
    if case .leave(let answer) = ControlDecision.of(wish, status, isStopping: isStopping) {
      answer
    } else {
      nil
    }
  }

  @Test("what can be is fulfilled")
  func fulfilled() {
    #expect(ControlDecision.of(wish(.pause), running, isStopping: false) == .fulfil(.paused))
    #expect(ControlDecision.of(wish(.continue), paused, isStopping: false) == .fulfil(.continued))
    #expect(ControlDecision.of(wish(.stop), paused, isStopping: false) == .stop)
    #expect(ControlDecision.of(wish(.pace, units: .at(5)), running, isStopping: false) == .fulfil(.paced))
  }

  @Test("what is so already is said to be, with who did it")
  func already() {
    let answer = outcome(wish(.pause), paused)
    #expect(answer?.outcome == .already)
    #expect(answer?.message.contains("bob@here since 2026-") == true)
    #expect(answer?.message.contains("(lunch)") == true)
    #expect(outcome(wish(.continue), running)?.outcome == .already)
    #expect(outcome(wish(.pace, units: ControlWish.Limit.none), running)?.outcome == .already)
    #expect(outcome(wish(.stop), running, isStopping: true)?.outcome == .already)
  }

  @Test("another run, a run that stops and a run that holds by itself are refused")
  func refused() {
    #expect(outcome(wish(.pause, run: "r2"), running)?.outcome == .refused)
    #expect(outcome(wish(.pause), RunStatus(process: 1, by: bob))?.outcome == .refused)
    #expect(outcome(wish(.pause), running, isStopping: true)?.outcome == .refused)
    var held = running
    held.hold = RunStatus.Hold(detail: HeldDetail(cause: .command, message: "lag"), since: 0)
    #expect(outcome(wish(.continue), held)?.outcome == .refused)
    // Somebody may pause it all the same.
    #expect(ControlDecision.of(wish(.pause), held, isStopping: false) == .fulfil(.paused))
  }

  @Test("a pace sets what it names and leaves the rest; none lifts")
  func pace() {
    let known = WorkControl.Pace(writeUnits: 10, concurrency: 4)
    #expect(
      wish(.pace, units: .at(2.5)).pace(after: known) == WorkControl.Pace(writeUnits: 2.5, concurrency: 4))
    #expect(
      wish(.pace, units: ControlWish.Limit.none, concurrency: .at(9)).pace(after: known)
        == WorkControl.Pace(writeUnits: nil, concurrency: 9))
  }

  @Test(
    "a limit is a number above 0 or none", arguments: ["0", "-1", "nan", "inf", "1e10", "", "None", "1 "])
  func limits(_ text: String) {
    #expect(ControlWish.Limit(text) == nil)
    #expect(ControlWish.Limit("0.5") == .at(0.5))
    #expect(ControlWish.Limit("none") == ControlWish.Limit.none)
  }

  @Test(
    "the loop's own pace lets a quarter of a second's worth through at once, and no more than the rate over time"
  )
  func loopPace() {
    var pace = LoopPace(isUsed: true)
    let start = ContinuousClock.now
    var sent = 0
    for step in 0...400 {
      let room = pace.room(8, at: start.advanced(by: .milliseconds(50 * step)))
      sent += room
      pace.take(room)
    }
    // 20 seconds at 8 a second.
    #expect((150...165).contains(sent), "\(sent)")
    #expect(pace.room(nil, at: start) == .max)
    var unused = LoopPace(isUsed: false)
    #expect(unused.room(1, at: start) == .max)
  }

  @Test("a rate is that of the last ten seconds")
  func rate() {
    var window = RateWindow()
    #expect(window.rate == nil)
    for second in 0...60 {
      window.add(second < 30 ? second * 100 : 3_000 + (second - 30) * 10, at: Double(second))
    }
    #expect(window.rate == 10)
    window.add(0, at: 61)
    #expect(window.rate == nil)
  }
}
