import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Stopping, and going on")
struct InterruptionTests {
  private func stopping(_ bench: Workbench, at call: Int) async {
    var faults = FaultyStore.Faults()
    faults.before = { [stop = bench.stop] number, _, _ in if number == call { stop.request() } }
    await bench.store.set(faults)
  }

  @Test func aStopWhilePlanningIsResumedFromTheLastCheckpoint() async throws {
    try await withTemporaryFolder { folder in
      let expected: String?
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 1_400)
        expected = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true)).fold.plan?.digest
        let toy = Toy(name: Toy.addsAttribute.name) { [stop = bench.stop] planner in
          let table = try await planner.tables.require("toys", variable: "TOYS")
          var count = 0
          try await planner.forEachItem(of: table, step: "toys") { step, item in
            count += 1
            if count == 1_200 { stop.request() }
            guard let key = Toy.toys.key.key(of: item) else { return }
            step.count("toys seen")
            step.plan([Change(table: "toys", key: key, before: [:], after: ["colour": .string("red")])])
          }
        }
        let stopped = try await bench.run(toy)
        #expect(stopped.end == .interrupted("stopped") && stopped.fold.plan == nil)
        #expect(stopped.fold.position.interruptedWhile == .planning)
        #expect(stopped.counts.planned == 1_000, "two groups were committed with their checkpoints")
      }
      let bench = try Workbench(folder, unitsPerCall: 500)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.applied == 1_400)
      #expect(result.fold.plan?.digest == expected)
      #expect(result.fold.plan?.counters == [Counter(name: "toys seen", value: 1_400)])
      _ = try await bench.events()
    }
  }

  @Test func aStopWhileApplyingDrainsAndLeavesNothingInDoubt() async throws {
    try await withTemporaryFolder { folder in
      do {
        let bench = try Workbench(folder, unitsPerCall: 2)
        try await Toy.fill(bench.tables, 10)
        await stopping(bench, at: 2)
        let stopped = try await bench.run(Toy.addsAttribute)
        #expect(stopped.end == .interrupted("stopped"))
        #expect(stopped.counts.applied == 4 && stopped.counts.pending == 6 && stopped.counts.inDoubt == 0)
        #expect(stopped.fold.interruption?.drained == true && stopped.fold.interruption?.cause == .signal)
      }
      let bench = try Workbench(folder)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.applied == 10)
      #expect(try await bench.outcomes().values.allSatisfy { $0.count == 1 })
    }
  }

  @Test func aStopWhileRollingBackIsResumedOnTheTermsItBeganWith() async throws {
    try await withTemporaryFolder { folder in
      let before: [String]
      do {
        let bench = try Workbench(folder, unitsPerCall: 2)
        try await Toy.fill(bench.tables, 6)
        before = try await bench.contents()
        _ = try await bench.run(Toy.addsAttribute)
        try await bench.tables.put([["id": .string(Toy.id(0)), "colour": .string("blue")]], into: "toys")
        await stopping(bench, at: 4)
        let stopped = try await bench.rollback(.force).result
        #expect(stopped.fold.position.interruptedWhile == .rollingBack)
        #expect(stopped.counts.compensated == 2)
      }
      let bench = try Workbench(folder)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.fold.position.state == .rolledBack)
      let forced = try await bench.outcomes().values.joined().filter { $0.detail?.forced == true }
      #expect(forced.count == 1)
      #expect(try await bench.overwritten() == [#"{"colour":{"S":"blue"}}"#])
      #expect(try await bench.contents().count == before.count)
    }
  }

  @Test func aLostTargetLeavesDoubtThatResumeResolves() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostAfter = [2]
      let bench = try Workbench(folder, unitsPerCall: 2, faults: faults)
      try await Toy.fill(bench.tables, 10)
      let lost = try await bench.run(Toy.addsAttribute)
      #expect(lost.end == .interrupted(FaultyStore.lost.description))
      #expect(lost.counts.applied == 2 && lost.counts.inDoubt == 8 && lost.counts.pending == 0)
      #expect(lost.fold.interruption?.cause == .target && lost.fold.interruption?.drained == false)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.applied == 10)
      let foundSo = try await bench.outcomes().values.joined().filter { $0.detail?.foundSo == true }
      #expect(foundSo.count == 2 && foundSo.allSatisfy { $0.detail?.foreign == nil })
      #expect(try await bench.rollback().result.counts.compensated == 10)
    }
  }

  @Test func aCallThatIsRefusedAsAWholeLeavesDoubtToo() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.brokenAfterOneUnit = [2]
      faults.gather = 3
      let bench = try Workbench(folder, unitsPerCall: 2, concurrentCalls: 3, faults: faults)
      try await Toy.fill(bench.tables, 8)
      let broken = try await bench.run(Toy.addsAttribute)
      #expect(broken.fold.interruption?.drained == false)
      #expect(broken.counts.applied >= 4, "what else was under way was waited for")
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.resume(Toy.addsAttribute).counts.applied == 8)
      #expect(try await bench.rollback().result.counts.compensated == 8)
      #expect(try await bench.contents().allSatisfy { !$0.contains("colour") })
    }
  }

  @Test func aCallThatNeverArrivedIsJustSentAgain() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostBefore = [1]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 3)
      #expect(try await bench.resume(Toy.addsAttribute).counts.applied == 3)
      #expect(try await bench.outcomes().values.allSatisfy { $0 == [Outcome(kind: .applied, detail: nil)] })
    }
  }

  // MARK: Found so

  /// Makes the change to toy 1 that the run is about to make.
  private static let anticipate: @Sendable (Int, [[Change]], any TableStore) async throws -> Void = {
    call, _, store in
    var item = Toy.item(1)
    item["colour"] = .string("red")
    if call == 1 { try await store.put([item], into: "toys") }
  }

  @Test func whatSomebodyElseHadMadeIsForeignAndStaysAtRollback() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.before = Self.anticipate
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      let result = try await bench.run(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.applied == 3)
      #expect(try await bench.outcomes()[2]?.first?.detail == OutcomeDetail(foundSo: true, foreign: true))
      let rollback = try await bench.rollback()
      #expect(rollback.preview.foreign == 1 && rollback.preview.changeCount == 2)
      #expect(rollback.result.fold.position.state == .rolledBack && rollback.result.counts.compensated == 2)
      #expect(try await bench.contents().count { $0.contains("red") } == 1)
    }
  }

  @Test func whatMayHaveBeenSentBeforeIsOursAndIsUndone() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.before = Self.anticipate
      faults.sentTwice = [1]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).counts.applied == 3)
      #expect(try await bench.outcomes()[2]?.first?.detail == OutcomeDetail(foundSo: true))
      #expect(try await bench.rollback().result.counts.compensated == 3)
    }
  }

  @Test func aRetryOfAKnownFailureThatFindsItSoIsForeign() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostAfter = [1]
      let bench = try Workbench(folder, unitsPerCall: 1, faults: faults)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 3)
      faults = FaultyStore.Faults()
      faults.refusal = { unit in unit[0].key == Toy.key(1) ? StoreError.validation("no") : nil }
      await bench.store.set(faults)
      #expect(try await bench.resume(Toy.addsAttribute).counts.failed == 1)
      await bench.store.set(FaultyStore.Faults())
      var item = Toy.item(1)
      item["colour"] = .string("red")
      try await bench.tables.put([item], into: "toys")
      #expect(try await bench.resume(Toy.addsAttribute, RunRequest(retryFailed: true)).end == .done)
      #expect(try await bench.outcomes()[2]?.last?.detail?.foreign == true)
      #expect(try await bench.outcomes()[1]?.last?.detail == OutcomeDetail(foundSo: true))
    }
  }
}
