import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("A process that dies")
struct DeathTests {
  private static let toys = [
    Toy.addsAttribute, .movesItems, .changesItemsInThreeStages, .createsTableThenItems, .countsUp(4),
  ]

  @Test(arguments: toys)
  func aRunThatDiesAnywhereIsResumedToTheSameEnd(toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      try await Deaths(
        start: { try await Toy.fill($0.tables, 12, withBoxes: toy.name != "03_creates_table") },
        command: { try await $0.run(toy) },
        goOn: { try await $0.resume(toy) }
      ).everywhere(folder)
    }
  }

  @Test(arguments: toys)
  func aRollbackThatDiesAnywhereIsTakenToTheSameEnd(toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      try await Deaths(
        start: {
          try await Toy.fill($0.tables, 12, withBoxes: toy.name != "03_creates_table")
          _ = try await $0.run(toy)
        },
        command: { try await $0.rollback().result },
        goOn: {
          let state = try await $0.fold().position.state
          return state == .rollingBack ? try await $0.resume(toy) : try await $0.rollback().result
        }
      ).everywhere(folder)
    }
  }

  @Test func aDeathIsJournaledByTheNextCommand() async throws {
    try await withTemporaryFolder { folder in
      let copy = folder + "/copy"
      do {
        var faults = FaultyStore.Faults()
        faults.after = { call in if call == 2 { try Workbench.copy(folder, to: copy) } }
        let bench = try Workbench(folder, faults: faults)
        try await Toy.fill(bench.tables, 12)
        _ = try await bench.run(Toy.addsAttribute)
      }
      let bench = try Workbench(copy)
      let dead = try await bench.fold()
      #expect(dead.position.state == .applying)
      #expect(try await RunCounts.read(bench.journal, dead.number).inDoubt == 12)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.inDoubt == 0)
      #expect(result.fold.interruption?.cause == .died && result.fold.interruption?.drained == false)
      let outcomes = try await bench.outcomes().values.joined()
      #expect(outcomes.count { $0.detail?.foundSo == true } == 10)
      #expect(outcomes.allSatisfy { $0.detail?.foreign == nil })
    }
  }

  @Test func aRetryThatDiesLeavesItsChangesInDoubtAndOurs() async throws {
    try await withTemporaryFolder { folder in
      let copy = folder + "/copy"
      do {
        var faults = FaultyStore.Faults()
        faults.refusal = { unit in unit[0].key == Toy.key(1) ? StoreError.validation("no") : nil }
        let bench = try Workbench(folder, faults: faults)
        try await Toy.fill(bench.tables, 4)
        #expect(try await bench.run(Toy.addsAttribute).counts.failed == 1)
        faults = FaultyStore.Faults()
        faults.after = { _ in try Workbench.copy(folder, to: copy) }
        await bench.store.set(faults)
        #expect(try await bench.resume(Toy.addsAttribute, RunRequest(retryFailed: true)).counts.applied == 4)
      }
      let bench = try Workbench(copy)
      let resumed = try await bench.resume(Toy.addsAttribute)
      #expect(resumed.end == .done && resumed.counts.applied == 4)
      #expect(try await bench.rollback().result.counts.compensated == 4)
      #expect(try await bench.contents().allSatisfy { !$0.contains("colour") })
    }
  }

  @Test func doubtsOfAnEarlierProcessOutliveARetryThatIsLost() async throws {
    try await withTemporaryFolder { folder in
      // Stage 1 has a failure, stage 2 is lost when it is written; then the retry of stage 1 is lost too.
      let toy = Toy(name: "15_two_stages") { planner in
        try await planner.prepare("all") { step in
          for stage in [1, 2] {
            step.plan(
              [Change(table: "toys", key: Toy.key(stage), before: [:], after: ["colour": .null])],
              stage: stage)
          }
        }
      }
      var faults = FaultyStore.Faults()
      faults.refusal = { unit in unit[0].key == Toy.key(1) ? StoreError.validation("no") : nil }
      faults.lostAfter = [2]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      let before = try await bench.contents()
      let lost = try await bench.run(toy).counts
      #expect(lost.failed == 1 && lost.inDoubt == 1)
      await bench.store.set(.lost(after: 3))
      let retried = try await bench.resume(toy, RunRequest(retryFailed: true)).counts
      #expect(retried.failed == 0 && retried.inDoubt == 2)
      #expect(try await bench.rollback().result.counts.compensated == 2)
      #expect(try await bench.contents() == before)
    }
  }
}
