import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("The look before a rollback")
struct PreviewTests {
  @Test("follows an item through any number of changes in one stage", arguments: [1, 99, 101, 350])
  func manyChanges(count: Int) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 50)
      try await Toy.fill(bench.tables, 3)
      let start = try await bench.contents()
      #expect(try await bench.run(Toy.countsUp(count)).end == .done)
      let end = try await bench.contents()
      let undone = try await bench.rollback()
      #expect(undone.preview.conflictCount == 0 && undone.preview.changeCount == 3 * count)
      #expect(undone.result.end == .done)
      #expect(try await bench.contents() == start)
      let seen = try await Redo(bench.environment).look(bench.fold().handle)
      #expect(seen.conflictCount == 0 && seen.changeCount == 3 * count)
      #expect(try await bench.redo().end == .done)
      #expect(try await bench.contents() == end)
    }
  }

  @Test("counts what is selected, and so does progress")
  func selection() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 20)
      _ = try await bench.run(Toy.movesItems)
      let selection = RollbackSelection(key: DynamoDBJSON.text(Toy.key(3).attributes))
      let undone = try await bench.rollback(.stop, selection)
      #expect(undone.result.counts.compensated == 2 && undone.preview.changeCount == 2)
      #expect(bench.totals.values == [2])
    }
  }

  @Test("a rollback that leaves conflicts by choice counts them as failed, and one that stops does not")
  func failedCounts() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Spoiled.all[0].apply(bench)
      #expect(try await bench.rollback().result.counts.failed == 0)
      let undone = try await bench.rollback(.skip).result
      #expect(undone.fold.position.state == .rolledBack && undone.end == .incomplete)
      #expect(undone.counts.failed == 2 && undone.counts.compensated == 6 && undone.counts.applied == 8)
      #expect(try await RunCounts.read(bench.journal, undone.fold.number) == undone.counts)
      #expect(try await bench.redo().counts.failed == 0)
    }
  }
}
