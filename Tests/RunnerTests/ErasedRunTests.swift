import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Undoing a run some of whose values were erased")
struct ErasedRunTests {
  private let alice = ActorIdentity(user: "alice", host: "here", tool: "test 1")

  /// A run whose journal is closed, erased in part, and opened again.
  private func erased(_ folder: String, _ toy: Toy, _ scope: ErasureScope) async throws -> Workbench {
    do {
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 6)
      #expect(try await bench.run(toy).end == .done)
    }
    _ = try await JournalErasure(path: folder + "/journal.sqlite", as: alice, scope, reason: "GDPR-1").run()
    return try Workbench(folder)
  }

  private static func item(_ number: Int) -> ErasureScope {
    .item(table: "toys", key: DynamoDBJSON.bytes(Toy.key(number).attributes))
  }

  @Test(
    "the rest is undone, the erased change is left and told of, and so is its whole unit",
    arguments: [Toy.addsAttribute, .movesItems])
  func rest(toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      let bench = try await erased(folder, toy, Self.item(2))
      let left = toy.name == "01_adds_attribute" ? "toys" : "boxes"
      let item = try await bench.tables.item(Toy.key(2), in: left)
      let result = try await bench.rollback()
      #expect(result.preview.erasedUnits == 1 && result.result.end == .incomplete)
      #expect(result.result.counts.compensated == result.result.counts.planned / 6 * 5)
      #expect(try await bench.tables.item(Toy.key(2), in: left) == item)
      for number in [0, 1, 3, 4, 5] {
        #expect(try await bench.tables.item(Toy.key(number), in: "toys") == Toy.item(number))
      }
      let redone = try await bench.redo()
      #expect(redone.fold.position.state == .applied || redone.counts.compensated == 0)
      _ = try await bench.events()
    }
  }

  @Test("of a run that lost an attribute nothing is undone from what is left of it")
  func attribute() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await erased(folder, .addsAttribute, .attribute("colour", table: nil))
      let contents = try await bench.contents()
      let events = try await bench.events()
      await #expect(throws: Refusal.self) { try await bench.rollback() }
      #expect(try await bench.contents() == contents)
      #expect(try await bench.events() == events)
    }
  }

  @Test("a selection of the erased item alone is refused in words, and nothing is journaled")
  func selected() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await erased(folder, .addsAttribute, Self.item(2))
      let events = try await bench.events()
      let key = DynamoDBJSON.text(Toy.key(2).attributes)
      await #expect(throws: Refusal.self) { try await bench.rollback(.stop, RollbackSelection(key: key)) }
      #expect(try await bench.events() == events)
    }
  }
}
