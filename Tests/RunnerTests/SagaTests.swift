import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Units larger than a transaction")
struct SagaTests {
  private static let size = 250

  /// One unit that moves 250 toys into the boxes, and a small one behind it.
  private let moves = Toy(name: "14_moves_all") { planner in
    try await planner.prepare("all") { step in
      step.plan((0..<Self.size).map { Self.puts($0) })
      step.plan([Self.puts(900)])
    }
  }

  private static func puts(_ number: Int) -> Change {
    Change(table: "boxes", key: Toy.key(number), before: nil, after: Toy.item(number))
  }

  @Test func partsAreWrittenInOrderAndUndoneInReverse() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 1, concurrentCalls: 4)
      try await Toy.fill(bench.tables, 0)
      let start = try await bench.contents()
      let result = try await bench.run(moves)
      #expect(result.end == .done && result.counts.applied == 251)
      #expect(result.fold.plan?.units == 2)
      let sizes = await bench.store.calls.map { $0.joined().count }
      #expect(sizes.filter { $0 > 1 } == [100, 100, 50])
      let before = sizes.count
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      let undone = await bench.store.calls.dropFirst(before).map { $0.joined().count }
      #expect(undone.filter { $0 > 1 } == [50, 100, 100])
      #expect(try await bench.contents() == start)
      #expect(await bench.store.collisions == [])
      _ = try await bench.events()
    }
  }

  /// Twelve items of nearly 400 KB: ten of them fill a transaction.
  private let heavyMoves = Toy(name: "15_moves_much") { planner in
    try await planner.prepare("all") { step in
      step.plan(
        (0..<12).map { number in
          let item = Toy.item(number).with(["ballast": .string(Text(String(repeating: "x", count: 400_000)))])
          return Change(table: "boxes", key: Toy.key(number), before: nil, after: item)
        })
    }
  }

  @Test func partsAreCutByTheBytesThatATransactionTakes() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 1, concurrentCalls: 4)
      try await Toy.fill(bench.tables, 0)
      let start = try await bench.contents()
      let result = try await bench.run(heavyMoves)
      #expect(result.end == .done && result.counts.applied == 12)
      #expect(await bench.store.calls.map { $0.joined().count } == [10, 2])
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(await bench.store.calls.map { $0.joined().count } == [10, 2, 2, 10])
      #expect(try await bench.contents() == start)
    }
  }

  @Test func aPartThatFailsKeepsTheLaterOnesFromBeingSent() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 1)
      try await Toy.fill(bench.tables, 0)
      let dry = try await bench.run(moves, RunRequest(dryRun: true))
      try await bench.tables.put([Toy.item(150).with(["number": .null])], into: "boxes")
      let result = try await bench.resume(moves)
      #expect(result.end == .incomplete)
      #expect(result.counts.applied == 101 && result.counts.failed == 150)
      let outcomes = try await bench.outcomes()
      let codes = (1...250).map { outcomes[$0]?.last?.detail?.code }
      #expect(codes[..<100].allSatisfy { $0 == nil })
      #expect(codes[150] == OutcomeCode.conflict)
      #expect(codes.filter { $0 == OutcomeCode.unit }.count == 149)
      // Once the obstacle is gone, the rest is sent again, and only that.
      try await bench.tables.delete("boxes")
      try await bench.tables.create(Toy.boxes)
      try await bench.tables.put((0..<100).map(Toy.item) + [Toy.item(900)], into: "boxes")
      var retry = RunRequest()
      retry.retryFailed = true
      #expect(try await bench.resume(moves, retry).end == .done)
      #expect(try await bench.contents().count == 2 + 251)
      #expect(dry.fold.number == result.fold.number)
    }
  }

  @Test(arguments: [0, 99, 100, 249])
  func aConflictAnywhereInItStopsWhatComesAfterAndNamesItself(number: Int) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 1)
      try await Toy.fill(bench.tables, 0)
      _ = try await bench.run(moves, RunRequest(dryRun: true))
      let obstacle = Toy.item(number).with(["number": .null])
      try await bench.tables.put([obstacle], into: "boxes")
      let result = try await bench.resume(moves)
      // The parts are 0 to 99, 100 to 199, 200 to 249; the small unit behind them is its own.
      let written = number / 100 * 100
      #expect(result.end == .incomplete)
      #expect(result.counts.applied == written + 1 && result.counts.failed == 250 - written)
      #expect(result.counts.pending == 0 && result.counts.inDoubt == 0)
      let outcomes = try await bench.outcomes()
      for change in 0..<250 {
        let expected =
          change < written ? nil : change == number ? OutcomeCode.conflict : OutcomeCode.unit
        #expect(outcomes[change + 1]?.map(\.detail?.code) == [expected], "change \(change + 1)")
      }
      #expect(try await bench.tables.item(Toy.key(number), in: "boxes") == obstacle)
      #expect(try await bench.contents().count == 2 + written + 2)
    }
  }

  @Test func aPartThatCanNotBeUndoneKeepsTheEarlierOnes() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, unitsPerCall: 1)
      try await Toy.fill(bench.tables, 0)
      _ = try await bench.run(moves)
      try await bench.tables.put([Toy.item(150).with(["number": .null])], into: "boxes")
      let stopped = try await bench.rollback(.stop)
      #expect(stopped.preview.conflictCount == 1 && stopped.result.counts.compensated == 0)
      let skipped = try await bench.rollback(.skip)
      #expect(skipped.result.counts.compensated == 51)
      #expect(try await bench.contents().count == 2 + 200)
      let forced = try await bench.rollback(.force)
      #expect(forced.result.fold.position.state == .rolledBack)
      #expect(try await bench.contents().count == 2)
    }
  }

  @Test func oneKeyOfItSelectsAllOfIt() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 0)
      _ = try await bench.run(moves)
      let key = DynamoDBJSON.text(Toy.key(7).attributes)
      let undone = try await bench.rollback(.stop, RollbackSelection(table: "boxes", key: key))
      #expect(undone.result.counts.compensated == 250)
      #expect(try await bench.contents().count == 2 + 1)
    }
  }

  @Test func aDeathAtAnyAppendLeavesNothingThatCanNotBeGoneOnWith() async throws {
    try await withTemporaryFolder { folder in
      let copies = Recorder<String>()
      let bench = try Workbench(folder, unitsPerCall: 1) {
        let copy = folder + "/copy-\(copies.values.count)"
        do { try Workbench.copy(folder, to: copy) } catch { Issue.record("\(error)") }
        copies.add(copy)
      }
      try await Toy.fill(bench.tables, 0)
      let start = try await bench.contents()
      _ = try await bench.run(moves)
      let end = try await bench.contents()
      var states: Set<RunState> = []
      for copy in copies.values {
        for backward in [false, true] {
          let folder = copy + (backward ? "-backward" : "-forward")
          try Workbench.copy(copy, to: folder)
          let other = try Workbench(folder, unitsPerCall: 1)
          guard let fold = try await other.journal.runs().first, fold.position.state == .applying else {
            continue
          }
          states.insert(fold.position.state)
          if backward { _ = try await other.rollback() } else { _ = try await other.resume(moves) }
          #expect(try await other.contents() == (backward ? start : end))
        }
      }
      #expect(states == [.applying])
    }
  }
}
