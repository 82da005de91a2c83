import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

/// Overwriting is a change like any other: what goes is journaled before it goes, and comes back.
@Suite("Forced rollbacks")
struct ForcedRollbackTests {
  @Test(
    "what is overwritten stands in the journal before the write, and what came of it names it",
    arguments: Spoiled.all)
  func journaledFirst(spoiled: Spoiled) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await spoiled.apply(bench)
      var faults = FaultyStore.Faults()
      // Before each call that is sent: nothing of somebody else is lost, whatever comes of the call.
      faults.before = { _, units, _ in
        let written = try await bench.overwritten()
        for change in units.joined() where change.before?["mark"] != nil {
          #expect(written.contains(DynamoDBJSON.text(change.before ?? [:])))
        }
      }
      await bench.store.set(faults)
      let result = try await bench.rollback(.force).result
      #expect(result.end == .done && result.fold.position.state == .rolledBack)
      let outcomes = try await bench.outcomes().values.joined()
      let forced = outcomes.filter { $0.detail?.forced == true }
      #expect(forced.count == spoiled.marks.count && forced.allSatisfy { $0.detail?.overwrote != nil })
      #expect(try await bench.overwritten().count == spoiled.marks.count)
      try await spoiled.nothingIsLost(bench)
      try await bench.verified()
    }
  }

  @Test(
    "who dies anywhere in one has lost nothing of others, and goes on to the same end", arguments: Spoiled.all
  )
  func dies(spoiled: Spoiled) async throws {
    try await withTemporaryFolder { folder in
      try await Deaths(
        start: { try await spoiled.apply($0) },
        command: { try await $0.rollback(.force).result },
        standing: spoiled.nothingIsLost,
        goOn: {
          let state = try await $0.fold().position.state
          return state == .rollingBack
            ? try await $0.resume(spoiled.toy) : try await $0.rollback(.force).result
        },
        afterwards: spoiled.nothingIsLost
      ).everywhere(folder)
    }
  }

  @Test("a redo of one that died and went on brings everything of others back", arguments: Spoiled.all)
  func diesAndIsRedone(spoiled: Spoiled) async throws {
    try await withTemporaryFolder { folder in
      let wanted = Recorder<[String]>()
      try await Deaths(
        start: {
          try await spoiled.apply($0)
          wanted.add(try await $0.contents())
        },
        command: { try await $0.rollback(.force).result },
        goOn: {
          let state = try await $0.fold().position.state
          return state == .rollingBack
            ? try await $0.resume(spoiled.toy) : try await $0.rollback(.force).result
        },
        afterwards: {
          let result = try await $0.redo()
          #expect(result.end == .done && result.fold.position.state == .applied, "\($0.folder)")
          let contents = try await $0.contents()
          #expect([contents] == wanted.values, "\($0.folder)")
          // Deaths compares what comes after this with the same of the live one.
        }
      ).everywhere(folder)
    }
  }

  @Test("an item that changes again between look and write is looked at again, and its last image is kept")
  func changesAgain() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).end == .done)
      let calls = await bench.store.callCount
      var faults = FaultyStore.Faults()
      faults.before = { call, _, store in
        guard call > calls, call <= calls + 3 else { return }
        var item = Toy.item(1)
        item["colour"] = .string("mine-\(call - calls)")
        try await store.put([item], into: "toys")
      }
      await bench.store.set(faults)
      let result = try await bench.rollback(.force).result
      #expect(result.fold.position.state == .rolledBack && result.counts.compensated == 3)
      #expect(try await bench.overwritten().last == #"{"colour":{"S":"mine-3"}}"#)
      await bench.store.set(FaultyStore.Faults())
      _ = try await bench.redo()
      #expect(try await bench.tables.item(Toy.key(1), in: "toys")?["colour"] == .string("mine-3"))
    }
  }

  @Test("an item that never stands still is a conflict in the end, and nothing of it is lost")
  func neverStandsStill() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).end == .done)
      let calls = await bench.store.callCount
      var faults = FaultyStore.Faults()
      faults.before = { call, _, store in
        guard call > calls else { return }
        var item = Toy.item(1)
        item["colour"] = .string("mine-\(call)")
        try await store.put([item], into: "toys")
      }
      await bench.store.set(faults)
      let result = try await bench.rollback(.force).result
      #expect(result.end == .incomplete && result.counts.compensated == 2)
      let last = await bench.store.callCount
      #expect(try await bench.tables.item(Toy.key(1), in: "toys")?["colour"] == .string("mine-\(last)"))
    }
  }
}
