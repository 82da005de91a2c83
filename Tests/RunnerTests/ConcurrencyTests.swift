import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Many writes at once")
struct ConcurrencyTests {
  @Test func asManyCallsAreUnderWayAsTheStoreLikesAndNoKeyTwice() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.gather = 16
      let bench = try Workbench(folder, unitsPerCall: 1, concurrentCalls: 16, faults: faults)
      try await Toy.fill(bench.tables, 120)
      let before = try await bench.contents()
      #expect(try await bench.run(Toy.movesItems).counts.applied == 240)
      #expect(await bench.store.mostUnderWay == 16)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(await bench.store.collisions == [])
      #expect(try await bench.contents() == before)
    }
  }

  @Test func changesOfOneKeyInOneStageAreSentOneAfterTheOther() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 2, concurrentCalls: 16)
      try await Toy.fill(bench.tables, 3)
      let before = try await bench.contents()
      #expect(try await bench.run(Toy.countsUp(20)).end == .done)
      #expect(await bench.store.collisions == [])
      let result = try await bench.rollback().result
      #expect(result.fold.position.state == .rolledBack && result.counts.compensated == 60)
      #expect(try await bench.contents() == before)
    }
  }

  @Test func whatIsUnderWayWhenACallIsLostIsWaitedForAndJournaled() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.gather = 8
      faults.lostBefore = [3]
      let bench = try Workbench(folder, unitsPerCall: 1, concurrentCalls: 8, faults: faults)
      try await Toy.fill(bench.tables, 30)
      let result = try await bench.run(Toy.addsAttribute)
      let written = await bench.store.callCount - 1
      #expect(result.counts.applied == written && result.counts.inDoubt == 30 - written)
    }
  }
}
