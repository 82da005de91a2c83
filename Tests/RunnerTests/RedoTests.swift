import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Taking a rollback back")
struct RedoTests {
  private func applied(_ folder: String, _ toy: Toy, _ count: Int = 8) async throws -> (
    Workbench, after: [String]
  ) {
    let bench = try Workbench(folder)
    try await Toy.fill(bench.tables, count, withBoxes: toy.name != "03_creates_table")
    #expect(try await bench.run(toy).end == .done)
    return (bench, try await bench.contents())
  }

  private static let toys = [
    Toy.addsAttribute, .movesItems, .changesItemsInThreeStages, .createsTableThenItems, .countsUp(4),
  ]

  @Test("brings back what the run had made, and again after another rollback", arguments: toys)
  func thereAndBack(toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      let (bench, after) = try await applied(folder, toy)
      for _ in 0..<2 {
        let undone = try await bench.rollback().result
        #expect(undone.fold.position.state == .rolledBack)
        let before = try await bench.contents()
        let redone = try await bench.redo()
        #expect(redone.end == .done && redone.fold.position.state == .applied)
        #expect(redone.counts.applied == redone.counts.planned && redone.counts.compensated == 0)
        #expect(try await bench.contents() == after && before != after)
      }
      #expect(try await bench.fold().redoneBy?.user == "alice")
      try await bench.verified()
    }
  }

  @Test("who dies anywhere in it goes on to the same end", arguments: Spoiled.all)
  func dies(spoiled: Spoiled) async throws {
    try await withTemporaryFolder { folder in
      try await Deaths(
        start: {
          try await spoiled.apply($0)
          _ = try await $0.rollback(.force)
        },
        command: { try await $0.redo() },
        standing: spoiled.nothingIsLost,
        goOn: {
          let state = try await $0.fold().position.state
          return state == .redoing ? try await $0.resume(spoiled.toy) : try await $0.redo()
        }
      ).everywhere(folder)
    }
  }

  @Test("after a rollback that skipped conflicts makes again what was undone, and leaves the rest")
  func afterSkip() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let spoiled = Spoiled.all[0]
      try await spoiled.apply(bench)
      let wanted = try await bench.contents()
      let undone = try await bench.rollback(.skip).result
      #expect(undone.fold.position.state == .rolledBack && undone.end == .incomplete)
      #expect(undone.counts.compensated == 6)
      let redone = try await bench.redo()
      #expect(redone.end == .done && redone.fold.position.state == .applied)
      #expect(try await bench.contents() == wanted)
    }
  }

  @Test("after the rollback of one item makes that one again")
  func afterPart() async throws {
    try await withTemporaryFolder { folder in
      let (bench, after) = try await applied(folder, .movesItems)
      let key = DynamoDBJSON.text(Toy.key(1).attributes)
      let part = try await bench.rollback(.stop, RollbackSelection(key: key)).result
      #expect(part.fold.position.state == .applied && part.counts.compensated == 2)
      #expect(try await bench.redo().counts.compensated == 0)
      #expect(try await bench.contents() == after)
    }
  }

  @Test("of a run with a conflict changes nothing by default, not even the journal")
  func stops() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, .addsAttribute)
      _ = try await bench.rollback()
      try await bench.tables.put([Toy.item(2).with("colour", "mine")], into: "toys")
      let (events, contents) = (try await bench.events(), try await bench.contents())
      let redone = try await Redo(bench.environment).run(bench.fold().handle)
      #expect(redone.result.end == .incomplete && redone.preview.conflictCount == 1)
      #expect(redone.preview.changeCount == 7 && redone.preview.conflicts.first?.expected == [:])
      #expect(try await bench.events() == events)
      #expect(try await bench.contents() == contents)
    }
  }

  @Test("does what was shown: what is changed between the look and the redo is a conflict")
  func shown() async throws {
    try await withTemporaryFolder { folder in
      let (bench, after) = try await applied(folder, .addsAttribute)
      _ = try await bench.rollback()
      let redo = Redo(bench.environment)
      let seen = try await redo.look(bench.fold().handle)
      #expect(seen.conflictCount == 0 && seen.changeCount == 8)
      try await bench.tables.put([Toy.item(2).with("colour", "mine")], into: "toys")
      let redone = try await redo.run(bench.fold().handle, seen: seen).result
      #expect(redone.end == .incomplete && redone.fold.position == RunFoldPosition.incompleteRedo(redone))
      #expect(redone.counts.compensated == 1 && redone.counts.failed == 1)
      // Once it is as it was, the redo goes on.
      try await bench.tables.put([Toy.item(2)], into: "toys")
      #expect(try await bench.resume(Toy.addsAttribute).fold.position.state == .applied)
      #expect(try await bench.contents() == after)
    }
  }

  @Test("of a run that had failures makes it what it was, and resume repeats what had failed")
  func incompleteBefore() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.refusal = { $0[0].key == Toy.key(1) ? StoreError.validation("no") : nil }
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 4)
      #expect(try await bench.run(Toy.addsAttribute).counts.failed == 1)
      let before = try await bench.contents()
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      let redone = try await bench.redo()
      #expect(redone.end == .done && redone.fold.position.activity == .applying)
      #expect(redone.fold.position.state == .incomplete && redone.counts.failed == 1)
      #expect(try await bench.contents() == before)
      await #expect(throws: Refusal.self) { try await bench.resume(Toy.addsAttribute) }
      await bench.store.set(FaultyStore.Faults())
      let repeated = try await bench.resume(Toy.addsAttribute, RunRequest(retryFailed: true))
      #expect(repeated.fold.position.state == .applied && repeated.counts.failed == 0)
      #expect(try await bench.contents().count { $0.contains("red") } == 4)
      try await bench.verified()
    }
  }

  @Test("of a rollback that was stopped before it undid anything, and the other way round, ends it")
  func nothingDone() async throws {
    try await withTemporaryFolder { folder in
      let (bench, after) = try await applied(folder, .addsAttribute)
      await bench.store.set(.lost(before: await bench.store.callCount + 1))
      #expect(try await bench.rollback().result.fold.position.interruptedWhile == .rollingBack)
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.redo().fold.position.state == .applied)
      #expect(try await bench.contents() == after)
      _ = try await bench.rollback()
      let before = try await bench.contents()
      await bench.store.set(.lost(before: await bench.store.callCount + 1))
      #expect(try await bench.redo().fold.position.interruptedWhile == .redoing)
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.contents() == before)
    }
  }

  @Test("with skip meets what somebody changed since the rollback as a conflict, and leaves it")
  func conflict() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, .addsAttribute)
      _ = try await bench.rollback()
      var item = Toy.item(2)
      item["colour"] = .string("mine")
      try await bench.tables.put([item], into: "toys")
      let redone = try await bench.redo(.skip)
      #expect(redone.end == .incomplete && redone.fold.position.state == .applied)
      #expect(redone.counts.compensated == 1 && redone.counts.failed == 1)
      #expect(try await bench.tables.item(Toy.key(2), in: "toys") == item)
      let failed = try await bench.outcomes().values.joined().first { $0.kind == .failed }
      #expect(
        failed?.kind == .failed && failed?.detail?.redoing == true && failed?.detail?.code == "conflict")
      // Once it is as it was, it is redone, too.
      try await bench.tables.put([Toy.item(2)], into: "toys")
      let rest = try await bench.redo()
      #expect(rest.fold.position.state == .applied && rest.counts.compensated == 0 && rest.counts.failed == 0)
      try await bench.verified()
    }
  }

  private enum RunFoldPosition {
    static func incompleteRedo(_ result: RunResult) -> RunPosition {
      #expect(result.fold.position.state == .incomplete && result.fold.position.before == .redoing)
      return result.fold.position
    }
  }

  @Test("leaves alone what somebody else had undone before the rollback came to it")
  func foreignUndoing() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, .addsAttribute, 4)
      try await bench.tables.put([Toy.item(2)], into: "toys")
      let undone = try await bench.rollback().result
      #expect(undone.counts.compensated == 4 && undone.fold.position.state == .rolledBack)
      #expect(try await bench.outcomes().values.joined().count { $0.detail?.foreign == true } == 1)
      let redone = try await bench.redo()
      #expect(try await bench.tables.item(Toy.key(2), in: "toys") == Toy.item(2))
      #expect(redone.counts.compensated == 1)
      #expect(try await bench.contents().count { $0.contains("red") } == 3)
    }
  }

  // MARK: Doubts

  /// Calls after the run's own that are lost on their way, or on the way back.
  static let losses: [(isAfter: Bool, call: Int)] = [(false, 1), (false, 2), (true, 1), (true, 2)]

  private func lose(_ bench: Workbench, _ loss: (isAfter: Bool, call: Int)) async {
    let call = await bench.store.callCount + loss.call
    await bench.store.set(loss.isAfter ? .lost(after: call) : .lost(before: call))
  }

  @Test(
    "after a rollback whose target was lost brings everything back, whatever of it had been done",
    arguments: losses, toys)
  func afterInterruptedRollback(loss: (isAfter: Bool, call: Int), toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      let (bench, after) = try await applied(folder, toy)
      await lose(bench, loss)
      let undone = try await bench.rollback().result
      guard undone.fold.position.interruptedWhile == .rollingBack else { return #expect(undone.end == .done) }
      await bench.store.set(FaultyStore.Faults())
      let redone = try await bench.redo()
      #expect(redone.end == .done && redone.fold.position.state == .applied)
      #expect(try await bench.contents() == after)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      try await bench.verified()
    }
  }

  @Test(
    "that lost its target can be rolled back in turn, whatever of it had been done", arguments: losses,
    toys)
  func rollbackAfterInterruptedRedo(loss: (isAfter: Bool, call: Int), toy: Toy) async throws {
    try await withTemporaryFolder { folder in
      let (bench, after) = try await applied(folder, toy)
      _ = try await bench.rollback()
      let before = try await bench.contents()
      await lose(bench, loss)
      let redone = try await bench.redo()
      guard redone.fold.position.interruptedWhile == .redoing else { return #expect(redone.end == .done) }
      await bench.store.set(FaultyStore.Faults())
      let undone = try await bench.rollback().result
      #expect(undone.fold.position.state == .rolledBack && undone.end == .done)
      #expect(try await bench.contents() == before)
      #expect(try await bench.redo().fold.position.state == .applied)
      #expect(try await bench.contents() == after)
      try await bench.verified()
    }
  }

  @Test("that lost its target is resumed", arguments: losses)
  func resumed(loss: (isAfter: Bool, call: Int)) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let spoiled = Spoiled.all[1]
      try await spoiled.apply(bench)
      let wanted = try await bench.contents()
      _ = try await bench.rollback(.force)
      await lose(bench, loss)
      #expect(try await bench.redo().fold.position.interruptedWhile == .redoing)
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.resume(spoiled.toy).fold.position.state == .applied)
      #expect(try await bench.contents() == wanted)
    }
  }

  @Test("leaves alone what a rollback that died may have undone and somebody else has changed since")
  func changedAfterDoubt() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, .addsAttribute)
      await bench.store.set(.lost(after: await bench.store.callCount + 1))
      #expect(try await bench.rollback().result.fold.position.interruptedWhile == .rollingBack)
      await bench.store.set(FaultyStore.Faults())
      let other = Toy.item(6).with("colour", "mine")
      try await bench.tables.put([other], into: "toys")
      let undone = try await bench.rollback(.skip).result
      #expect(undone.fold.position.state == .rolledBack && undone.counts.failed == 1)
      let redone = try await bench.redo()
      #expect(redone.end == .done && redone.fold.position.state == .applied)
      #expect(try await bench.tables.item(Toy.key(6), in: "toys") == other)
      #expect(try await bench.contents().count { $0.contains(#"{"S":"red"}"#) } == 7)
    }
  }

  @Test("of a run that was found never made leaves it to be applied, and nothing of it is a failure")
  func neverMade() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, faults: .lost(before: 1))
      try await Toy.fill(bench.tables, 4)
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 4)
      await bench.store.set(FaultyStore.Faults())
      let undone = try await bench.rollback().result
      #expect(undone.fold.position.state == .rolledBack && undone.counts.applied == 0)
      let redone = try await bench.redo()
      #expect(redone.fold.position.activity == .applying && redone.fold.position.state == .incomplete)
      #expect(redone.counts.failed == 0 && redone.counts.pending == 4)
      #expect(try await bench.resume(Toy.addsAttribute).counts.applied == 4)
      try await bench.verified()
    }
  }

  /// Gives each toy a colour, then a shape.
  private static let colourThenShape = Toy(name: "22_colour_then_shape") { planner in
    try await planner.prepare("all") { step in
      for (stage, name) in (["colour", "shape"] as [Text]).enumerated() {
        for number in 0..<2 {
          let after: AttributeMap = [name: .string("new")]
          step.plan([Change(table: "toys", key: Toy.key(number), before: [:], after: after)], stage: stage)
        }
      }
    }
  }

  @Test("after a rollback that met a conflict on an item, then lost its target on an earlier change of it")
  func conflictThenDoubt() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2)
      #expect(try await bench.run(Self.colourThenShape).end == .done)
      var item = try #require(try await bench.tables.item(Toy.key(1), in: "toys"))
      item["shape"] = .string("mine")
      try await bench.tables.put([item], into: "toys")
      let before = try await bench.contents()
      await bench.store.set(.lost(after: await bench.store.callCount + 2))
      let undone = try await bench.rollback(.skip).result
      #expect(undone.fold.position.interruptedWhile == .rollingBack && undone.counts.failed == 1)
      #expect(try await bench.tables.item(Toy.key(1), in: "toys")?["colour"] == nil)
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.redo().fold.position.state == .applied)
      #expect(try await bench.contents() == before)
    }
  }

  // MARK: Refusals

  @Test("a run without a rollback has none to take back, and nothing is journaled", arguments: [false, true])
  func nothing(isDry: Bool) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      _ = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: isDry))
      let events = try await bench.events()
      await #expect(throws: Refusal.self) { try await bench.redo() }
      #expect(try await bench.events() == events)
    }
  }

  @Test("a rollback that was taken back is not taken back twice")
  func twice() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, .addsAttribute)
      _ = try await bench.rollback()
      _ = try await bench.redo()
      let events = try await bench.events()
      await #expect(throws: Refusal.self) { try await bench.redo() }
      #expect(try await bench.events() == events)
    }
  }

  @Test("another run that is unfinished on the table keeps it from beginning")
  func openRun() async throws {
    try await withTemporaryFolder { folder in
      let (bench, _) = try await applied(folder, .addsAttribute)
      let run = try await bench.fold().started.run
      _ = try await bench.rollback()
      await bench.store.set(.lost(before: await bench.store.callCount + 1))
      _ = try await bench.run(Toy.movesItems)
      await bench.store.set(FaultyStore.Faults())
      let contents = try await bench.contents()
      await #expect(throws: Refusal.self) { try await bench.redo(run: run) }
      #expect(try await bench.contents() == contents)
    }
  }
}
