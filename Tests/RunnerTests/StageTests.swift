import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Stages of a plan")
struct StageTests {
  /// The state that an update brings, by which its stage is known.
  private func states(_ bench: Workbench) async -> [[String]] {
    await bench.store.calls.map { $0.joined().compactMap { $0.after?["state"]?.stringValue } }
  }

  @Test func nothingOfAStageIsSentBeforeAllOfTheOneBeforeHasItsOutcome() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.gather = 4
      let bench = try Workbench(folder, unitsPerCall: 2, concurrentCalls: 4, faults: faults)
      try await Toy.fill(bench.tables, 20)
      let looks = Recorder<String>()
      let toy = Toy.inspects { stage, inspection in
        let page = try await inspection.tables.firstPage(of: "toys")
        let states = Set(page.items.map { $0["state"]?.stringValue ?? "none" }).sorted()
        looks.add("\(stage): \(states.joined(separator: " "))")
      }
      let result = try await bench.run(toy)
      #expect(result.end == .done && result.counts.applied == 60)
      #expect(looks.values == ["1: a", "2: b", "3: c"])
      #expect(result.fold.inspectedStages == [1, 2, 3])
      #expect(
        await states(bench).joined().map { $0 }
          == ["a", "b", "c"].flatMap { [String](repeating: $0, count: 20) })
      #expect(await bench.store.collisions == [])
      #expect(await bench.store.mostUnderWay == 4)
    }
  }

  @Test func aStageThatIsFoundWrongEndsTheRunAndIsLookedAtAgain() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let looks = Recorder<Int>()
      let toy = Toy.inspects { stage, _ in
        looks.add(stage)
        if stage == 2 && looks.values.count < 4 { throw Refusal("the toys are not as they should be") }
      }
      let result = try await bench.run(toy)
      #expect(result.end == .incomplete && result.fold.position.state == .incomplete)
      #expect(result.counts.applied == 6 && result.counts.pending == 3 && result.counts.inDoubt == 0)
      #expect(try await bench.notes() == ["inspectionFailed"])
      #expect(try await bench.resume(toy).end == .incomplete)
      #expect(try await bench.resume(toy).end == .done)
      #expect(looks.values == [1, 2, 2, 2, 3])
      _ = try await bench.events()
    }
  }

  @Test func theLastStageIsLookedAtAgainAlsoWhenNothingIsLeftToSend() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let looks = Recorder<Int>()
      let toy = Toy.inspects { stage, _ in
        looks.add(stage)
        if stage == 3 && looks.values.count == 3 { throw Refusal("not yet") }
      }
      #expect(try await bench.run(toy).end == .incomplete)
      #expect(try await bench.resume(toy).end == .done)
      #expect(looks.values == [1, 2, 3, 3])
    }
  }

  @Test func aStageIsLookedAtAfterADeathBetweenItsLastChangeAndTheLook() async throws {
    try await withTemporaryFolder { folder in
      let copy = folder + "/copy"
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 3)
        _ = try await bench.run(
          Toy.inspects { stage, _ in if stage == 2 { try Workbench.copy(folder, to: copy) } })
      }
      let bench = try Workbench(copy)
      let looks = Recorder<Int>()
      #expect(try await bench.resume(Toy.inspects { stage, _ in looks.add(stage) }).end == .done)
      #expect(looks.values == [2, 3])
      #expect(await states(bench) == [["c", "c", "c"]])
    }
  }

  @Test func aTargetThatIsLostWhileLookingInterruptsWithoutDoubt() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let toy = Toy.inspects { stage, _ in if stage == 1 { throw FaultyStore.lost } }
      let result = try await bench.run(toy)
      #expect(result.fold.position.interruptedWhile == .applying)
      #expect(result.fold.interruption?.cause == .target)
      #expect(result.counts.inDoubt == 0 && result.counts.pending == 6)
    }
  }

  @Test func aRunStoppedWithinAStageGoesOnThere() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      let bench = try Workbench(folder, unitsPerCall: 2)
      faults.before = { [stop = bench.stop] call, _, _ in if call == 3 { stop.request() } }
      await bench.store.set(faults)
      try await Toy.fill(bench.tables, 4)
      let result = try await bench.run(Toy.changesItemsInThreeStages)
      #expect(result.counts.applied == 6 && result.counts.pending == 6 && result.counts.inDoubt == 0)
      #expect(await states(bench) == [["a", "a"], ["a", "a"], ["b", "b"]])
    }
  }

  @Test func aPlanThatGoesBackToAnEarlierStageIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2)
      let toy = Toy(name: "09_wrong_order") { planner in
        try await planner.prepare("all") { step in
          for stage in [2, 1] {
            step.plan(
              [Change(table: "toys", key: Toy.key(stage), before: [:], after: ["a": .null])], stage: stage)
          }
        }
      }
      guard case .refused(let reason) = try await bench.run(toy).end else {
        Issue.record("the plan was not refused")
        return
      }
      #expect(reason.contains("ascending"))
      #expect(await bench.store.callCount == 0)
    }
  }

  @Test func aTableThatCannotBeMadeStopsWhatFollows() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.creationRefusal = StoreError(code: "LimitExceededException", "too many tables")
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3, withBoxes: false)
      let result = try await bench.run(Toy.createsTableThenItems)
      #expect(result.end == .incomplete && result.counts.failed == 1 && result.counts.pending == 3)
      #expect(await bench.store.callCount == 0)

      await bench.store.set(FaultyStore.Faults())
      let retried = try await bench.resume(Toy.createsTableThenItems, RunRequest(retryFailed: true))
      #expect(retried.end == .done && retried.counts.applied == 4)
    }
  }

  @Test func aTableThatADeadProcessBeganToMakeIsWaitedFor() async throws {
    try await withTemporaryFolder { folder in
      let copy = folder + "/copy"
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 3, withBoxes: false)
        #expect(try await bench.run(Toy.createsTableThenItems, RunRequest(dryRun: true)).end == .done)
        try await bench.tables.create(Toy.boxes)
        let run = try await bench.fold()
        try await bench.journal.append(
          [
            EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "test", digest: run.plan?.digest ?? ""))
          ],
          run: run.number)
        try Workbench.copy(folder, to: copy)
      }
      var faults = FaultyStore.Faults()
      faults.descriptionsUntilActive = 1
      let bench = try Workbench(copy, faults: faults)
      let result = try await bench.resume(Toy.createsTableThenItems)
      #expect(result.end == .done && result.counts.applied == 4)
      #expect(await bench.store.tableCalls == [])
      #expect(try await bench.outcomes()[1]?.first?.detail == OutcomeDetail(foundSo: true))
    }
  }

  @Test func itemsOfATablesOwnStageWaitForTheTable() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 1, concurrentCalls: 8)
      try await Toy.fill(bench.tables, 0, withBoxes: false)
      let toy = Toy(name: "10_one_stage") { planner in
        try await planner.prepare("all") { step in
          step.plan(table: TableChange(before: nil, after: Toy.boxes), stage: 1)
          for number in 0..<5 {
            step.plan(
              [Change(table: "boxes", key: Toy.key(number), before: nil, after: Toy.item(number))], stage: 1)
          }
        }
      }
      #expect(try await bench.run(toy).end == .done)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(await bench.store.tableCalls == ["create boxes", "delete boxes"])
    }
  }
}
