import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Applying a plan")
struct ApplyTests {
  @Test func everyPlannedChangeIsAppliedWithOneOutcome() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 12)
      let table = try await bench.tables.describe("toys")
      let result = try await bench.run(Toy.addsAttribute)
      #expect(result.end == .done)
      #expect(result.fold.position.state == .applied)
      #expect(result.counts.planned == 12 && result.counts.applied == 12)
      var tally = PlanTally(table: "toys", updates: 12)
      tally.attributes = [AttributeTally(name: "colour", added: 12)]
      var weight = TableWeight()
      (weight.alone.updates, weight.alone.updateUnits) = (12, 12)
      (weight.items, weight.bytes) = (12, table?.sizeBytes)
      tally.weight = weight
      #expect(result.fold.plan?.tally == [tally])
      #expect(result.fold.plan?.counters == [Counter(name: "toys seen", value: 12)])
      #expect(result.fold.finished?.counts == result.counts)
      let outcomes = try await bench.outcomes()
      #expect(outcomes.count == 12)
      #expect(outcomes.values.allSatisfy { $0 == [Outcome(kind: .applied, detail: nil)] })
      #expect(try await bench.contents().count { $0.contains(#""colour":{"S":"red"}"#) } == 12)
      _ = try await bench.events()
    }
  }

  @Test func theSamePlanHasTheSameDigestAndAnAppliedOneLeavesNothingToDo() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 7)
      let dry = RunRequest(dryRun: true)
      let first = try await bench.run(Toy.addsAttribute, dry).fold.plan
      let second = try await bench.run(Toy.addsAttribute, dry).fold.plan
      #expect(first?.digest == second?.digest)
      _ = try await bench.run(Toy.addsAttribute)
      let third = try await bench.run(Toy.addsAttribute)
      #expect(third.end == .done && third.counts.planned == 0 && third.fold.position.state == .applied)
      #expect(third.fold.plan?.digest != first?.digest)
    }
  }

  @Test func aPlanOfNothingIsAppliedAtOnceWithoutBackups() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let before = try await bench.contents()
      let result = try await bench.run(Toy.plansNothing)
      #expect(result.end == .done && result.counts == RunCounts())
      #expect(try await bench.contents() == before)
      #expect(await bench.store.backupsMade == [])
    }
  }

  @Test func anItemChangedSinceItWasPlannedFailsAloneWithWhatWasFound() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.before = { call, _, store in
        guard call == 1 else { return }
        try await store.put([["id": .string(Toy.id(2)), "colour": .string("blue")]], into: "toys")
      }
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 12)
      let result = try await bench.run(Toy.addsAttribute)
      #expect(result.end == .incomplete && result.fold.position.state == .incomplete)
      #expect(result.counts.applied == 11 && result.counts.failed == 1)
      let failed = try await bench.outcomes().values.joined().filter { $0.kind == .failed }
      #expect(failed.map(\.detail?.code) == [OutcomeCode.conflict])
      #expect(failed.first?.detail?.found == #"{"colour":{"S":"blue"},"id":{"S":"toy-10002"}}"#)

      await #expect(throws: Refusal.self) { try await bench.resume(Toy.addsAttribute) }
      try await bench.tables.put([Toy.item(2)], into: "toys")
      let retried = try await bench.resume(Toy.addsAttribute, RunRequest(retryFailed: true))
      #expect(retried.end == .done && retried.counts.applied == 12 && retried.counts.failed == 0)
      _ = try await bench.events()
    }
  }

  @Test func aConflictInOneChangeFailsItsWholeUnitAndNoOther() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.before = { call, _, store in
        if call == 1 { try await store.put([["id": .string(Toy.id(1))]], into: "boxes") }
      }
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 6)
      let result = try await bench.run(Toy.movesItems)
      #expect(result.counts.applied == 10 && result.counts.failed == 2)
      let failed = try await bench.outcomes().values.joined().filter { $0.kind == .failed }
      #expect(Set(failed.map(\.detail?.code)) == [OutcomeCode.conflict, OutcomeCode.unit])
      #expect(try await bench.contents().contains { $0.hasPrefix("toys {") && $0.contains(Toy.id(1)) })
    }
  }

  @Test func refusedChangesAreCountedAndTooManyOfThemStopTheRun() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.refusal = { _ in StoreError.validation("no") }
      let bench = try Workbench(folder, unitsPerCall: 2, faults: faults)
      try await Toy.fill(bench.tables, 12)
      let result = try await bench.run(Toy.addsAttribute, RunRequest(maxFailures: 3))
      #expect(result.end == .incomplete)
      #expect(result.counts.failed == 4 && result.counts.pending == 8 && result.counts.inDoubt == 0)
      #expect(result.fold.finished?.counts == result.counts)
      #expect(await bench.store.callCount == 2)

      await bench.store.set(FaultyStore.Faults())
      let resumed = try await bench.resume(Toy.addsAttribute)
      #expect(resumed.counts.applied == 8 && resumed.counts.failed == 4)
    }
  }
}
