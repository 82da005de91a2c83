import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Rolling back")
struct RollbackTests {
  /// A bench with a run that was applied to so many toys, and what was there before.
  private func applied(
    _ folder: String, _ toy: Toy, _ count: Int = 6
  ) async throws -> (bench: Workbench, before: [String]) {
    let bench = try Workbench(folder)
    try await Toy.fill(bench.tables, count, withBoxes: toy.name != "03_creates_table")
    let before = try await bench.contents()
    #expect(try await bench.run(toy).end == .done)
    return (bench, before)
  }

  @Test(arguments: [
    Toy.addsAttribute, Toy.movesItems, Toy.changesItemsInThreeStages, Toy.createsTableThenItems,
  ])
  func aWholeRollbackBringsBackWhatWasThere(toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      let (bench, before) = try await applied(folder, toy, 150)
      let result = try await bench.rollback()
      #expect(result.preview.conflictCount == 0 && result.preview.changeCount == result.result.counts.planned)
      #expect(result.result.end == .done && result.result.fold.position.state == .rolledBack)
      #expect(result.result.counts.compensated == result.result.counts.applied)
      #expect(try await bench.contents() == before)
      #expect(try await bench.outcomes().values.allSatisfy { $0.map(\.kind) == [.applied, .compensated] })
      _ = try await bench.events()
    }
  }

  @Test func theLastStageIsUndoneFirst() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.changesItemsInThreeStages, 5)
      _ = try await bench.rollback()
      let undone = await bench.store.calls.suffix(3).map {
        $0.joined().map { $0.before?["state"]?.stringValue }
      }
      #expect(undone == [["c", "c", "c", "c", "c"], ["b", "b", "b", "b", "b"], ["a", "a", "a", "a", "a"]])
    }
  }

  @Test func aRunThatIsRolledBackIsAtItsEnd() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.addsAttribute)
      _ = try await bench.rollback()
      let events = try await bench.events()
      await #expect(throws: Refusal.self) { try await bench.rollback() }
      // Whoever restarts it comes to rest: it is done.
      #expect(try await bench.resume(Toy.addsAttribute).end == .done)
      #expect(try await bench.events() == events)
    }
  }

  @Test func aRunThatWasNeverAppliedCannotBeRolledBack() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2)
      _ = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let events = try await bench.events()
      await #expect(throws: Refusal.self) { try await bench.rollback() }
      #expect(try await bench.events() == events)
    }
  }

  // MARK: Conflicts

  private func spoil(_ bench: Workbench, _ numbers: [Int]) async throws {
    let items: [Item] = numbers.map { ["id": .string(Toy.id($0)), "colour": .string("blue")] }
    try await bench.tables.put(items, into: "toys")
  }

  @Test func stopReportsEveryConflictAndWritesNothingAtAll() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.addsAttribute)
      try await spoil(bench, [1, 4])
      let (events, contents) = (try await bench.events(), try await bench.contents())
      let calls = await bench.store.callCount
      let result = try await bench.rollback(.stop)
      #expect(result.result.end == .incomplete && result.result.fold.position.state == .applied)
      #expect(result.preview.conflictCount == 2 && result.preview.changeCount == 4)
      #expect(result.preview.conflicts.map { $0.found?["colour"] } == [.string("blue"), .string("blue")])
      #expect(try await bench.events() == events)
      #expect(try await bench.contents() == contents)
      #expect(await bench.store.callCount == calls)
    }
  }

  @Test func skipUndoesTheRestAndASecondRollbackGoesOn() async throws {
    try await withTemporaryFolder { folder in
      let (bench, before) = try await applied(folder, Toy.addsAttribute)
      try await spoil(bench, [1, 4])
      let first = try await bench.rollback(.skip).result
      #expect(first.end == .incomplete && first.fold.position.state == .rolledBack)
      #expect(first.counts.compensated == 4)
      let items = [1, 4].map { number in
        var item = Toy.item(number)
        item["colour"] = .string("red")
        return item
      }
      try await bench.tables.put(items, into: "toys")
      let second = try await bench.rollback(.stop).result
      #expect(
        second.end == .done && second.fold.position.state == .rolledBack && second.counts.compensated == 6)
      #expect(try await bench.contents() == before)
    }
  }

  @Test func forceOverwritesAndJournalsWhatItOverwrote() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.movesItems, 3)
      try await bench.tables.put([["id": .string(Toy.id(0)), "mark": .null]], into: "boxes")
      try await bench.tables.put([["id": .string(Toy.id(1)), "mark": .null]], into: "toys")
      let result = try await bench.rollback(.force).result
      #expect(result.end == .done && result.fold.position.state == .rolledBack)
      let forced = try await bench.outcomes().values.joined().filter { $0.detail?.forced == true }
      #expect(
        try await bench.overwritten().sorted() == [
          // A creation that is undone takes the whole item; of one that is made whole again only the key stays.
          #"{"id":{"S":"toy-10000"},"mark":{"NULL":true}}"#, #"{"mark":{"NULL":true}}"#,
        ])
      #expect(forced.count == 2, "only what was overwritten is marked")
      let whole = (0..<3).map { "toys \(DynamoDBJSON.text(Toy.item($0)))" }
      #expect(try await bench.contents() == (["boxes", "toys"] + whole).sorted())
    }
  }

  @Test func forceMakesNoHalfItemOfOneThatIsGone() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.addsAttribute, 2)
      let gone = Change(
        table: "toys", key: Toy.key(0),
        before: try await bench.tables.item(Toy.key(0), in: "toys"), after: nil)
      _ = try await bench.tables.write([[gone]])
      let result = try await bench.rollback(.force).result
      #expect(result.end == .incomplete && result.counts.compensated == 1)
      #expect(try await bench.tables.item(Toy.key(0), in: "toys") == nil)
    }
  }

  // MARK: In part

  @Test func oneTableIsUndoneWithTheUnitsThatTouchIt() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.createsTableThenItems, 3)
      let events = try await bench.events()
      await #expect(throws: Refusal.self) {
        try await bench.rollback(.stop, RollbackSelection(table: "toys"))
      }
      #expect(try await bench.events() == events)
      let all = try await bench.rollback(.stop, RollbackSelection(table: "boxes")).result
      #expect(all.counts.compensated == 4 && all.fold.position.state == .rolledBack)
    }
  }

  @Test func oneKeyIsUndoneWithItsWholeUnit() async throws {
    try await withTemporaryFolder { folder in
      let (bench, before) = try await applied(folder, Toy.movesItems, 3)
      let key = DynamoDBJSON.text(Toy.key(1).attributes)
      let result = try await bench.rollback(.stop, RollbackSelection(table: "boxes", key: key))
      #expect(result.preview.changeCount == 2 && result.result.end == .done)
      #expect(result.result.counts.compensated == 2 && result.result.fold.position.state == .applied)
      #expect(try await bench.tables.item(Toy.key(1), in: "toys") == Toy.item(1))
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.contents() == before)
    }
  }

  // MARK: In doubt

  @Test func doubtIsResolvedByUndoing() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostAfter = [2]
      let bench = try Workbench(folder, unitsPerCall: 2, faults: faults)
      try await Toy.fill(bench.tables, 6)
      let before = try await bench.contents()
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 4)
      let result = try await bench.rollback()
      #expect(result.preview.changeCount == 4 && result.preview.neverMade == 2)
      #expect(result.result.fold.position.state == .rolledBack && result.result.end == .done)
      #expect(result.result.counts.applied == 4 && result.result.counts.compensated == 4)
      #expect(result.result.counts.failed == 2 && result.result.counts.inDoubt == 0)
      let failed = try await bench.outcomes().values.joined().filter { $0.kind == .failed }
      #expect(failed.allSatisfy { $0.detail?.code == OutcomeCode.neverMade })
      #expect(try await bench.contents() == before)
    }
  }

  @Test func aRollbackInPartIsNotTheEndWhileChangesAreInDoubt() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostAfter = [2]
      let bench = try Workbench(folder, unitsPerCall: 1, faults: faults)
      try await Toy.fill(bench.tables, 2)
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 1)
      let applied = try #require(await bench.store.calls.first?.first?.first?.key)
      let key = DynamoDBJSON.text(applied.attributes)
      let part = try await bench.rollback(.stop, RollbackSelection(key: key)).result
      #expect(part.counts.compensated == 1 && part.counts.inDoubt == 1)
      #expect(part.fold.position.state == .incomplete)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.contents().allSatisfy { !$0.contains("colour") })
    }
  }

  @Test func whatIsInDoubtAndCannotBeUndoneStaysInDoubt() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostAfter = [1]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 3)
      faults = FaultyStore.Faults()
      faults.refusal = { unit in unit[0].key == Toy.key(1) ? StoreError.validation("no") : nil }
      await bench.store.set(faults)
      try await spoil(bench, [0])
      let skipped = try await bench.rollback(.skip).result
      #expect(skipped.end == .incomplete && skipped.fold.position.state == .incomplete)
      #expect(skipped.counts.inDoubt == 2 && skipped.counts.compensated == 1)
      await bench.store.set(FaultyStore.Faults())
      let forced = try await bench.rollback(.force).result
      #expect(forced.fold.position.state == .rolledBack && forced.counts.compensated == 3)
      #expect(try await bench.contents().allSatisfy { !$0.contains("colour") })
    }
  }

  @Test func aTableInDoubtThatWasNeverMadeIsNoFault() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.creationRefusal = FaultyStore.lost
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 2, withBoxes: false)
      let lost = try await bench.run(Toy.createsTableThenItems).counts
      #expect(lost.inDoubt == 1 && lost.pending == 2, "the stage of the items was never begun")
      let result = try await bench.rollback().result
      #expect(result.fold.position.state == .rolledBack && result.end == .done)
      #expect(result.counts.failed == 1 && result.counts.pending == 2 && result.counts.compensated == 0)
    }
  }

  @Test func aStageThatWasNeverBegunStaysOutOfIt() async throws {
    try await withTemporaryFolder { folder in
      // Undoing the last stage, which deletes, would create the item if it were taken for being in doubt.
      let toy = Toy(name: "14_comes_and_goes") { planner in
        try await planner.prepare("all") { step in
          let item = Toy.item(50)
          step.plan([Change(table: "toys", key: Toy.key(50), before: nil, after: item)], stage: 1)
          step.plan([Change(table: "toys", key: Toy.key(50), before: item, after: nil)], stage: 2)
        }
      }
      for lost in [FaultyStore.Faults.lost(before: 1), .lost(after: 1), .lost(before: 2), .lost(after: 2)] {
        let bench = try Workbench(
          folder + "/\(lost.lostBefore.sorted())\(lost.lostAfter.sorted())", faults: lost)
        try await Toy.fill(bench.tables, 2)
        let before = try await bench.contents()
        #expect(try await bench.run(toy).counts.inDoubt == 1)
        let result = try await bench.rollback()
        #expect(result.preview.conflictCount == 0)
        #expect(result.result.fold.position.state == .rolledBack)
        #expect(try await bench.contents() == before)
      }
    }
  }

  // MARK: Tables

  @Test func aCreatedTableIsDeletedOnlyWhenItIsEmpty() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, Toy.createsTableThenItems, 3)
      try await bench.tables.put([Toy.item(77)], into: "boxes")
      let (events, contents) = (try await bench.events(), try await bench.contents())
      let found = try await bench.rollback()
      #expect(found.result.end == .incomplete && found.preview.conflictCount == 1)
      #expect(found.preview.conflicts.first?.obstacle?.contains("items that the run did not write") == true)
      #expect(try await bench.events() == events)
      #expect(try await bench.contents() == contents, "nothing was undone before the table was looked at")
      let result = try await bench.rollback(.skip).result
      #expect(result.end == .incomplete && result.fold.position.state == .rolledBack)
      #expect(result.counts.compensated == 3)
      let failed = try await bench.outcomes()[1]?.last
      #expect(failed?.detail?.code == OutcomeCode.tableNotEmpty && failed?.detail?.undoing == true)
      let other = Change(table: "boxes", key: Toy.key(77), before: Toy.item(77), after: nil)
      _ = try await bench.tables.write([[other]])
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.tables.describe("boxes") == nil)
    }
  }

  @Test func aTableThatStaysDoesNotKeepWhatCameBeforeFromBeingUndone() async throws {
    try await withTemporaryFolder { folder in
      let toy = Toy(name: "11_items_then_table") { planner in
        try await planner.prepare("all") { step in
          step.plan([Change(table: "toys", key: Toy.key(0), before: [:], after: ["a": .null])], stage: 1)
          step.plan(table: TableChange(before: nil, after: Toy.boxes), stage: 2)
        }
      }
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 1, withBoxes: false)
      #expect(try await bench.run(toy).end == .done)
      try await bench.tables.put([Toy.item(77)], into: "boxes")
      let result = try await bench.rollback(.skip).result
      #expect(result.end == .incomplete && result.counts.compensated == 1)
      #expect(try await bench.tables.item(Toy.key(0), in: "toys") == Toy.item(0))
    }
  }
}
