import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Changes of tables")
struct TableChangeTests {
  private static let index = IndexSpec(
    name: "by-number", key: KeySchema(partition: KeyAttribute("number", .number)))
  private static let other = IndexSpec(
    name: "by-colour", key: KeySchema(partition: KeyAttribute("colour", .string)))
  private static let indexed = TableSpec(name: "toys", key: Toy.toys.key, indexes: [index])

  private let addsIndex = Toy(name: "30_adds_index") { planner in
    try await planner.prepare("index") { step in
      step.plan(table: TableChange(before: Toy.toys, after: TableChangeTests.indexed))
    }
  }

  @Test func anIndexIsAddedAndTakenAwayAgain() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(addsIndex).end == .done)
      #expect(try await bench.tables.describe("toys")?.spec == Self.indexed)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.tables.describe("toys")?.spec == Toy.toys)
      #expect(await bench.store.tableCalls == ["add by-number", "remove by-number"])
    }
  }

  @Test func anIndexThatSomebodyElseAddedIsLeftAlone() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(addsIndex).end == .done)
      try await bench.tables.createIndex(Self.other, on: "toys")
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.tables.describe("toys")?.spec.indexes == [Self.other])
    }
  }

  @Test func aTableThatSomebodyElseMadeIsForeignAndStays() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2, withBoxes: false)
      _ = try await bench.run(Toy.createsTableThenItems, RunRequest(dryRun: true))
      try await bench.tables.create(Toy.boxes)
      #expect(try await bench.resume(Toy.createsTableThenItems).counts.applied == 3)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.tables.describe("boxes")?.itemCount == 0)
    }
  }

  @Test func anotherTableOfThatNameIsAConflict() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2, withBoxes: false)
      _ = try await bench.run(Toy.createsTableThenItems, RunRequest(dryRun: true))
      try await bench.tables.create(
        TableSpec(name: "boxes", key: KeySchema(partition: KeyAttribute("number", .number))))
      let result = try await bench.resume(Toy.createsTableThenItems)
      #expect(result.end == .incomplete && result.counts.failed == 1 && result.counts.pending == 2)
      #expect(try await bench.outcomes()[1]?.first?.detail?.code == OutcomeCode.conflict)
    }
  }
}
