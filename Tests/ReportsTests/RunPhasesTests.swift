import DynamoJournalEvents
import DynamoJournalReports
import Testing

@Suite("The phases of a run")
struct RunPhasesTests {
  private func moments(_ kinds: [(EventKind, Int64)]) -> [RunMoment] {
    kinds.enumerated().map { RunMoment(seq: Int64($0 + 1), kind: $1.0, at: $1.1 * 1_000_000, by: ada) }
  }

  private func totals(_ phases: RunPhases) -> [String] {
    phases.totals.map { "\($0.phase.words) \(Int($0.seconds))" }
  }

  @Test("each stretch of time belongs to what the run did; between its end and a rollback it did nothing")
  func stretches() {
    let phases = RunPhases(
      moments([
        (.started, 0), (.sealed, 10), (.backedUp, 14), (.applyStarted, 15), (.finished, 40),
        (.rollbackStarted, 100), (.finished, 107),
      ]))
    #expect(totals(phases) == ["planning 10", "review and backups 5", "applying 25", "undoing 7"])
    #expect(phases.secondsOfWork == 32)
  }

  @Test("a run that was stopped goes on with what it was at")
  func stopped() {
    let phases = RunPhases(
      moments([
        (.started, 0), (.interrupted, 4), (.resumed, 10), (.sealed, 12), (.applyStarted, 12),
        (.interrupted, 20),
        (.interrupted, 25), (.resumed, 30), (.finished, 33), (.resumed, 40), (.finished, 41),
      ]))
    #expect(totals(phases) == ["planning 6", "stopped 16", "applying 12"])
  }

  @Test("an event that counts for nothing ends no phase")
  func ignored() {
    let phases = RunPhases(moments([(.started, 0), (.finished, 3), (.sealed, 5)]), ignoring: [2])
    #expect(totals(phases) == ["planning 5"])
  }
}

@Suite("The throughput of a run")
struct ThroughputTests {
  @Test("outcomes are counted in stretches of equal length, failures apart; plans and overwritings are none")
  func bars() {
    var chart = Throughput()
    chart.add(.applied, at: 1_000_000)
    chart.add(.failed, at: 1_050_000)
    chart.add(.overwriting, at: 1_050_000)
    chart.add(.compensated, at: 1_250_000)
    #expect(chart.bars.map(\.done) == [1, 0, 1])
    #expect(chart.bars.map(\.failed) == [1, 0, 0])
    #expect(chart.outcomes == 3)
    #expect(chart.peak == 20)
    #expect(chart.rate(over: 2) == 1.5)
    #expect(chart.rate(over: 0) == nil)
  }

  @Test("a long run has no more stretches than a chart has room for, and loses no outcome")
  func longRun() {
    var chart = Throughput()
    for second in 0..<5_000 {
      chart.add(second % 10 == 0 ? .failed : .applied, at: Int64(second) * 1_000_000)
    }
    #expect(chart.bars.count <= 120)
    #expect(chart.bars.count > 60)
    #expect(chart.outcomes == 5_000)
    #expect(chart.bars.reduce(0) { $0 + $1.failed } == 500)
  }

  @Test("a clock that was set back counts where it stood before")
  func clockSetBack() {
    var chart = Throughput()
    chart.add(.applied, at: 5_000_000)
    chart.add(.applied, at: 1_000_000)
    #expect(chart.bars.map(\.done) == [2])
  }
}

@Suite("Numbers as people read them")
struct FigureTests {
  @Test(
    "numbers have thousands",
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (45_001, "45,001"), (-1_234_567, "-1,234,567")])
  func thousands(number: Int, text: String) { #expect(Printable.number(number) == text) }
}
