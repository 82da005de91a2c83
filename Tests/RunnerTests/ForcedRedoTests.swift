import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Forced redos")
struct ForcedRedoTests {
  /// Somebody writes two of eight toys after the rollback.
  private static let others = [Toy.item(1).with("colour", "mine-1"), Toy.item(4).with("colour", "mine-4")]

  private func undone(_ bench: Workbench) async throws {
    try await Toy.fill(bench.tables, 8)
    #expect(try await bench.run(Toy.addsAttribute).end == .done)
    #expect(try await bench.rollback().result.end == .done)
    try await bench.tables.put(Self.others, into: "toys")
  }

  @Test("journal what they write over before they do, and a rollback brings it back")
  func thereAndBack() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await undone(bench)
      let spoiled = try await bench.contents()
      var faults = FaultyStore.Faults()
      faults.before = { _, units, _ in
        let written = try await bench.overwritten()
        for change in units.joined() where change.before?["colour"] != nil {
          #expect(written.contains(DynamoDBJSON.text(change.before ?? [:])))
        }
      }
      await bench.store.set(faults)
      let redone = try await bench.redo(.force)
      #expect(redone.end == .done && redone.fold.position.state == .applied && redone.counts.failed == 0)
      #expect(try await bench.contents().count { $0.contains(#"{"S":"red"}"#) } == 8)
      let outcomes = try await bench.outcomes().values.joined().filter { $0.kind == .reapplied }
      #expect(outcomes.count { $0.detail?.forced == true && $0.detail?.overwrote != nil } == 2)
      await bench.store.set(FaultyStore.Faults())
      // Back to what stood there before, others' values included; and nothing but that is a conflict again.
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.contents() == spoiled)
      #expect(try await Redo(bench.environment).look(bench.fold().handle).conflictCount == 2)
      try await bench.verified()
    }
  }

  @Test("that die anywhere have lost nothing of others and go on to the same end, forward or back")
  func dies() async throws {
    for isTurned in [false, true] {
      try await withTemporaryFolder { folder in
        try await Deaths(
          start: { try await undone($0) },
          command: {
            let redone = try await $0.redo(.force)
            return isTurned ? try await $0.rollback().result : redone
          },
          standing: { bench in
            let texts = try await bench.contents() + bench.overwritten()
            for number in [1, 4] { #expect(texts.contains { $0.contains("mine-\(number)") }) }
          },
          goOn: { bench in
            switch try await bench.fold().position.state {
            case .rolledBack:
              if isTurned, try await bench.fold().redoneBy != nil { return try await bench.rollback().result }
              _ = try await bench.redo(.force)
            case .redoing, .rollingBack: _ = try await bench.resume(Toy.addsAttribute)
            default: break
            }
            let state = try await bench.fold().position.state
            if isTurned, state == .applied { return try await bench.rollback().result }
            return try await bench.resume(Toy.addsAttribute)
          }
        ).everywhere(folder)
      }
    }
  }

  @Test("what was put back once is not put back by the redo of a later rollback, which wrote over nothing")
  func onlyOnce() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      _ = try await bench.run(Toy.addsAttribute)
      let after = try await bench.contents()
      try await bench.tables.put([Toy.item(1).with("colour", "mine")], into: "toys")
      #expect(try await bench.rollback(.force).result.end == .done)
      #expect(try await bench.redo().end == .done)
      #expect(try await bench.tables.item(Toy.key(1), in: "toys")?["colour"] == .string("mine"))
      try await bench.tables.put([Toy.item(1).with("colour", "red")], into: "toys")
      #expect(try await bench.rollback().result.end == .done)
      #expect(try await bench.redo().end == .done)
      #expect(try await bench.contents() == after)
    }
  }

  @Test("of a forced rollback whose value was changed in turn keep all that was written over")
  func bothWays() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      _ = try await bench.run(Toy.addsAttribute)
      try await bench.tables.put([Toy.item(1).with("colour", "first")], into: "toys")
      #expect(try await bench.rollback(.force).result.end == .done)
      try await bench.tables.put([Toy.item(1).with("colour", "second")], into: "toys")
      #expect(try await bench.redo(.force).end == .done)
      #expect(try await bench.tables.item(Toy.key(1), in: "toys")?["colour"] == .string("first"))
      #expect(try await bench.rollback().result.end == .done)
      #expect(try await bench.tables.item(Toy.key(1), in: "toys")?["colour"] == .string("second"))
      #expect(try await bench.overwritten() == [#"{"colour":{"S":"first"}}"#, #"{"colour":{"S":"second"}}"#])
    }
  }
}
