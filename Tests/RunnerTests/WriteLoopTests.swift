import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

@Suite("The loop that writes")
struct WriteLoopTests {
  /// What the loop did, as it did it.
  private final class Doings: Sendable {
    /// The stages of each call, and how many outcomes were durable when it began.
    let calls = Recorder<(stages: [Int], changes: [Int], durable: Int)>()
    let stagesEnded = Recorder<String>()
    let progress = Recorder<Int>()
  }

  /// Runs the loop over a plan, its writes being done by `write`, which is told a call's number and its units.
  private func run(
    _ bench: Workbench, _ toy: Toy, unitsPerCall: Int = 1, concurrentCalls: Int = 8, maxFailures: Int? = nil,
    isWanted: @escaping @Sendable (Int) -> Bool = { _ in true }, _ doings: Doings = Doings(),
    write: @escaping @Sendable (Int, [PlannedUnit]) async throws -> [[Verdict]]
  ) async throws -> WriteEnd {
    let number = try await bench.beginApplying(toy)
    let loop = WriteLoop(
      journal: bench.journal, run: number,
      shape: WriteShape(unitsPerCall: unitsPerCall, concurrentCalls: concurrentCalls), stop: bench.stop,
      maxFailures: maxFailures, stopsWhenTableFails: true,
      progress: { doings.progress.add($0.joined().count) },
      stageEnded: {
        doings.stagesEnded.add("\($0)\($1 ? "" : " again")")
        return nil
      },
      mayWrite: {},
      write: { units in
        let durable = try await bench.commitTimes().count
        doings.calls.add((units.map(\.stage), units.flatMap(\.changes).map(\.ordinal), durable))
        return try await write(doings.calls.values.count, units)
      })
    let plan = try await PlanReader(bench.journal, bench.journal.run(number))
    return try await loop.run(UnitStream(plan, .forward, isWanted: isWanted)).end
  }

  private static let applies: @Sendable (Int, [PlannedUnit]) async throws -> [[Verdict]] = { _, units in
    units.map { $0.changes.map { _ in Verdict(.applied) } }
  }

  private static func adds(_ number: Int) -> Change {
    Change(table: "toys", key: Toy.key(number), before: [:], after: ["colour": .string("red")])
  }

  /// Stages of these sizes; no two changes have a key in common.
  private func stages(_ sizes: Int...) -> Toy {
    Toy(name: "17_stages_apart") { planner in
      try await planner.prepare("all") { step in
        for (stage, size) in sizes.enumerated() {
          for number in 0..<size { step.plan([Self.adds(100 * stage + number)], stage: stage + 1) }
        }
      }
    }
  }

  private func withBench(_ body: (Workbench) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 0)
      try await body(bench)
    }
  }

  @Test func noMoreKeysAreAheadOfTheirOutcomesThanAJournalLooksThroughForDoubts() async throws {
    try await withBench { bench in
      let (doings, cap) = (Doings(), Journal.mostKeysUnderWay)
      let end = try await run(
        bench, stages(cap + 50), unitsPerCall: 2 * cap, doings, write: Self.applies)
      guard case .finished = end else { return #expect(Bool(false), "\(end)") }
      #expect(doings.calls.values.map(\.changes.count) == [cap, 50])
    }
  }

  // MARK: Stages

  @Test(arguments: [1, 2, 8])
  func aStageBeginsWhenAllOutcomesOfTheOneBeforeAreDurable(unitsPerCall: Int) async throws {
    try await withBench { bench in
      let doings = Doings()
      let end = try await run(
        bench, stages(3, 3, 1), unitsPerCall: unitsPerCall, doings, write: Self.applies)
      guard case .finished = end else { throw Unexpected(end: end) }
      // Keys keep nothing apart here; the stages alone do.
      let durableBefore = [1: 0, 2: 3, 3: 6]
      for call in doings.calls.values {
        let stage = try #require(call.stages.first)
        #expect(call.stages.allSatisfy { $0 == stage }, "one call with two stages: \(call)")
        #expect(call.durable == durableBefore[stage], "\(call)")
      }
      #expect(doings.stagesEnded.values == ["1", "2", "3"])
      #expect(doings.progress.values.reduce(0, +) == 7)
    }
  }

  @Test func aStageThatWasDoneBeforeIsLookedAtAgainUnlessALaterOneHadBegun() async throws {
    for (done, ended) in [(3, ["1 again", "2"]), (4, ["2"]), (6, ["2 again"])] {
      try await withBench { bench in
        let doings = Doings()
        let end = try await run(
          bench, stages(3, 3), isWanted: { $0 > done }, doings, write: Self.applies)
        guard case .finished = end else { throw Unexpected(end: end) }
        #expect(doings.stagesEnded.values == ended, "\(done) were done")
        #expect(doings.calls.values.flatMap(\.changes).sorted() == Array((done + 1)..<7))
      }
    }
  }

  // MARK: Keys

  @Test func aKeyIsWrittenAgainWhenItsLastOutcomeIsDurable() async throws {
    try await withBench { bench in
      let doings = Doings()
      let end = try await run(bench, .countsUp(4), unitsPerCall: 3, doings, write: Self.applies)
      guard case .finished = end else { throw Unexpected(end: end) }
      #expect(doings.calls.values.count == 4)
      for call in doings.calls.values {
        // Changes 1 to 3 are the first step, 4 to 6 the second.
        let step = (call.changes[0] - 1) / 3
        #expect(call.changes == (1...3).map { 3 * step + $0 } && call.durable == 3 * step, "\(call)")
      }
    }
  }

  @Test func aSagaHoldsItsKeysUntilItsLastPartIsDurable() async throws {
    try await withBench { bench in
      let toy = Toy(name: "18_saga_then_again") { planner in
        try await planner.prepare("all") { step in
          step.plan((0..<150).map { Self.adds($0) })
          step.plan([
            Change(table: "toys", key: Toy.key(140), before: ["colour": .string("red")], after: [:])
          ])
        }
      }
      let doings = Doings()
      _ = try await run(bench, toy, doings, write: Self.applies)
      #expect(doings.calls.values.map(\.changes.count) == [100, 50, 1])
      #expect(doings.calls.values.last?.durable == 150)
    }
  }

  // MARK: Ends

  @Test func aLossWhileTheRestIsWaitedForIsToldWhateverStoppedTheLoopBefore() async throws {
    for stops in [true, false] {
      try await withBench { bench in
        let failed = Recorder<Bool>()
        let end = try await run(bench, stages(2), concurrentCalls: 2, maxFailures: 0) { _, units in
          if units[0].number == 1 {
            failed.add(true)
            if stops { bench.stop.request() }
            return [[Verdict(.failed, OutcomeDetail(code: "no", message: "no"))]]
          }
          // The other call has its answer, which the loop takes in first or not: the end must be the same.
          while failed.values.isEmpty { await Task.yield() }
          for _ in 0..<1_000 { await Task.yield() }
          throw FaultyStore.lost
        }
        guard case .targetLost = end else { throw Unexpected(end: end) }
        #expect(try await bench.commitTimes().keys.sorted() == [1], "what is known is journaled")
      }
    }
  }

  @Test func aStopSendsNothingMoreAndWaitsForWhatIsUnderWay() async throws {
    try await withBench { bench in
      let doings = Doings()
      let end = try await run(bench, stages(6), concurrentCalls: 1, doings) { call, units in
        if call == 2 { bench.stop.request() }
        return try await Self.applies(call, units)
      }
      guard case .stopped = end else { throw Unexpected(end: end) }
      #expect(doings.calls.values.count == 2)
      #expect(try await bench.commitTimes().keys.sorted() == [1, 2])
    }
  }

  @Test func asManyFailuresAsAllowedStopNothingAndOneMoreDoes() async throws {
    for (allowed, calls) in [(2, 6), (1, 2)] {
      try await withBench { bench in
        let doings = Doings()
        let end = try await run(bench, stages(6), concurrentCalls: 1, maxFailures: allowed, doings) {
          call, units in
          call <= 2
            ? [[Verdict(.failed, OutcomeDetail(code: "no", message: "no"))]]
            : try await Self.applies(call, units)
        }
        #expect(doings.calls.values.count == calls, "\(end)")
      }
    }
  }

  private struct Unexpected: Error { let end: WriteEnd }
}

@Suite("Units as they come from the journal")
struct UnitStreamTests {
  /// Units of three: 1,200 rows, so that the end of a page of a thousand is in the middle of one.
  private static let count = 400

  private func units(
    _ bench: Workbench, _ run: Int64, _ direction: UnitStream.Direction,
    isWanted: @escaping @Sendable (Int) -> Bool = { _ in true }
  ) async throws -> [[Int]] {
    let plan = try await PlanReader(bench.journal, bench.journal.run(run))
    var stream = UnitStream(plan, direction, isWanted: isWanted)
    var units: [[Int]] = []
    while let unit = try await stream.next() { units.append(unit.changes.map(\.ordinal)) }
    return units
  }

  @Test func aUnitIsWholeOverTheEndOfAPageForwardAndBackward() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 0)
      let run = try await bench.beginApplying(OutcomeWriterTests.unitsOfThree(Self.count))
      let forward = (0..<Self.count).map { unit in (1...3).map { 3 * unit + $0 } }
      #expect(try await units(bench, run, .forward) == forward)
      #expect(try await units(bench, run, .backward) == forward.reversed().map { $0.reversed() })
    }
  }

  @Test func aUnitOfWhichOneChangeIsWantedComesWhole() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 0)
      let run = try await bench.beginApplying(OutcomeWriterTests.unitsOfThree(Self.count))
      let wanted: @Sendable (Int) -> Bool = { [3, 1_000].contains($0) }
      #expect(
        try await units(bench, run, .forward, isWanted: wanted) == [[1, 2, 3], [1_000, 1_001, 1_002]])
      #expect(
        try await units(bench, run, .backward, isWanted: wanted) == [[1_002, 1_001, 1_000], [3, 2, 1]])
    }
  }
}
