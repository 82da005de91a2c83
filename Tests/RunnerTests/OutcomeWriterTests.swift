import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

@Suite("Outcomes in groups")
struct OutcomeWriterTests {
  /// Units of three changes each, so that groups of another size end in the middle of one.
  static func unitsOfThree(_ count: Int) -> Toy {
    Toy(name: "16_units_of_three") { planner in
      try await planner.prepare("all") { step in
        for unit in 0..<count {
          step.plan(
            (0..<3).map {
              Change(table: "boxes", key: Toy.key(3 * unit + $0), before: nil, after: Toy.item(3 * unit + $0))
            })
        }
      }
    }
  }

  /// A run of these units that is about to write, and the units.
  private func withUnits(
    _ count: Int, _ body: (Workbench, Int64, [PlannedUnit]) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 0)
      let run = try await bench.beginApplying(Self.unitsOfThree(count))
      let plan = try await PlanReader(bench.journal, bench.journal.run(run))
      var stream = UnitStream(plan, .forward) { _ in true }
      var units: [PlannedUnit] = []
      while let unit = try await stream.next() { units.append(unit) }
      try await body(bench, run, units)
    }
  }

  private func verdicts(_ unit: PlannedUnit) -> [Verdict] { unit.changes.map { _ in Verdict(.applied) } }

  @Test(arguments: 1...7)
  func theOutcomesOfAUnitAreInOneCommitWhateverTheGroupsSize(groupSize: Int) async throws {
    try await withUnits(10) { bench, run, units in
      var writer = OutcomeWriter(journal: bench.journal, run: run, groupSize: groupSize)
      for unit in units { _ = try await writer.add(unit, verdicts(unit)) }
      _ = try await writer.finish()
      let times = try await bench.commitTimes()
      #expect(times.count == 30)
      for unit in units {
        #expect(Set(unit.changes.map { times[$0.ordinal] }).count == 1, "unit \(unit.number)")
      }
      #expect(Set(times.values).count == [10, 10, 10, 5, 5, 5, 4][groupSize - 1])
    }
  }

  @Test func aKeyIsGivenBackOnceAndOnlyWhenItsOutcomeIsDurable() async throws {
    try await withUnits(10) { bench, run, units in
      var writer = OutcomeWriter(journal: bench.journal, run: run, groupSize: 6)
      var given: [ItemReference] = []
      for unit in units {
        let durable = try await writer.add(unit, verdicts(unit))
        given += durable
        #expect(try await bench.commitTimes().count >= given.count)
      }
      #expect(given.count == 24, "the last group is on its way")
      given += try await writer.finish()
      #expect(Set(given) == Set(units.flatMap(\.keys)) && given.count == 30)
      #expect(try await bench.commitTimes().count == 30, "finished is durable")
      let rest = try await writer.finish()
      #expect(rest.isEmpty)
    }
  }

  @Test func aUnitWithoutVerdictsGivesItsKeysBackAtOnceAndLeavesNoEvent() async throws {
    try await withUnits(1) { bench, run, units in
      var writer = OutcomeWriter(journal: bench.journal, run: run, groupSize: 6)
      let given = try await writer.add(units[0], [])
      let rest = try await writer.finish()
      #expect(given == units[0].keys && rest.isEmpty)
      #expect(try await bench.commitTimes().isEmpty)
    }
  }

  @Test func aWholeRunSplitsNoUnitOverTwoCommits() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 7, concurrentCalls: 3)
      try await Toy.fill(bench.tables, 0)
      #expect(try await bench.run(Self.unitsOfThree(400)).counts.applied == 1_200)
      let times = try await bench.commitTimes()
      for unit in 0..<400 {
        #expect(Set((1...3).map { times[3 * unit + $0] }).count == 1, "unit \(unit + 1)")
      }
      #expect(Set(times.values).count > 2)
    }
  }
}

extension Workbench {
  /// Plans, and journals that the plan is being applied, so that outcomes may follow; the run's number.
  func beginApplying(_ toy: Toy) async throws -> Int64 {
    let fold = try await run(toy, RunRequest(dryRun: true)).fold
    let detail = ApplyStartedDetail(confirmedBy: "test", digest: fold.plan?.digest ?? "")
    try await journal.append([EventDraft(.applyStarted, detail)], run: fold.number)
    return fold.number
  }

  /// When each change of the latest run got its last outcome: all events of a commit have one time, no two commits share it.
  func commitTimes() async throws -> [Int: Int64] {
    var filter = AuditFilter()
    filter.run = try await fold().number
    var times: [Int: Int64] = [:]
    for try await page in try await journal.audit(filter) {
      for entry in page where entry.event.kind != .planned { times[entry.event.change ?? 0] = entry.event.at }
    }
    return times
  }
}
