import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("A rollback in part")
struct PartialRollbackTests {
  private func applied(_ folder: String, _ toy: Toy, _ count: Int) async throws -> Workbench {
    let bench = try Workbench(folder, unitsPerCall: 2)
    try await Toy.fill(bench.tables, count)
    #expect(try await bench.run(toy).end == .done)
    return bench
  }

  private func items(_ numbers: some Sequence<Int>, in table: String? = nil) -> Set<RollbackSelection.Item> {
    Set(numbers.map { .init(table: table, key: DynamoDBJSON.text(Toy.key($0).attributes)) })
  }

  private func selection(_ change: (inout RollbackSelection) -> Void) -> RollbackSelection {
    var selection = RollbackSelection()
    change(&selection)
    return selection
  }

  @Test("of many keys undoes those, says how many before, and ends as applied")
  func manyKeys() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await applied(folder, Toy.movesItems, 40)
      let keys = items(stride(from: 0, to: 40, by: 2), in: "boxes")
      let result = try await bench.rollback(.stop, selection { $0.items = keys })
      #expect(result.preview.changeCount == 40 && result.result.counts.compensated == 40)
      #expect(bench.totals.values == [40])
      #expect(result.result.end == .done && result.result.fold.position.state == .applied)
      for number in 0..<40 {
        let item = try await bench.tables.item(Toy.key(number), in: "toys")
        #expect((item != nil) == number.isMultiple(of: 2), "\(number)")
      }
    }
  }

  @Test("is refused without an event when one of the keys is not there, and when nothing is")
  func unmet() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await applied(folder, Toy.addsAttribute, 3)
      let (events, before) = (try await bench.events(), try await bench.contents())
      let wrong = [
        selection { $0.items = items([1, 7]) }, selection { $0.items = items([1], in: "boxes") },
        selection { $0.attributes = ["shape"] }, selection { $0.condition = .init("no") { _ in false } },
        selection {
          $0.items = items([1])
          $0.attributes = ["shape"]
        },
      ]
      for selection in wrong {
        await #expect(throws: Refusal.self) { try await bench.rollback(.stop, selection) }
      }
      #expect(try await bench.events() == events)
      #expect(try await bench.contents() == before)
      do {
        _ = try await bench.rollback(.stop, wrong[0])
      } catch let refusal as Refusal { #expect(refusal.problem.contains(Toy.id(7))) }
    }
  }

  @Test("by a condition is asked of the item as the run left it")
  func condition() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await applied(folder, Toy.movesItems, 6)
      let images = Recorder<Item>()
      let result = try await bench.rollback(
        .stop,
        selection {
          $0.table = "boxes"
          $0.condition = .init("number = 4") {
            images.add($0)
            return $0["number"] == .number(4)
          }
        })
      #expect(result.result.counts.compensated == 2)
      #expect(Set(images.values) == Set((0..<6).map(Toy.item)))
      #expect(try await bench.tables.item(Toy.key(4), in: "toys") == Toy.item(4))
    }
  }

  @Test("by an attribute undoes the changes that touch it")
  func attribute() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await applied(folder, Toy.addsAttribute, 4)
      let all = try await bench.rollback(.stop, selection { $0.attributes = ["colour", "other"] }).result
      #expect(all.counts.compensated == 4 && all.fold.position.state == .rolledBack)
    }
  }

  @Test("that was stopped goes on with the same selection, whatever it was")
  func resumed() async throws {
    try await withTemporaryFolder { folder in
      do {
        let bench = try await applied(folder, Toy.addsAttribute, 12)
        var faults = FaultyStore.Faults()
        // Two calls have applied nothing of the rollback yet: its second one is lost.
        faults.lostAfter = [await bench.store.callCount + 2]
        await bench.store.set(faults)
        let some = selection {
          $0.condition = .init("even") { item in
            guard case .string(let id)? = item["id"] else { return false }
            return Int(id.string.suffix(1)).map { $0.isMultiple(of: 2) } ?? false
          }
        }
        let stopped = try await bench.rollback(.stop, some).result
        #expect(stopped.fold.position.interruptedWhile == .rollingBack && stopped.counts.compensated == 2)
        let selected = try #require(try await bench.fold().selection)
        #expect(selected.count == 6)
      }
      let bench = try Workbench(folder)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.compensated == 6)
      #expect(result.fold.position.state == .applied)
      #expect(try await bench.contents().count { $0.contains("colour") } == 6)
    }
  }

  @Test("that skips what somebody changed since leaves the run applied, but is not all that was asked")
  func skipped() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await applied(folder, Toy.addsAttribute, 6)
      try await bench.tables.put([["id": .string(Toy.id(1)), "colour": .string("blue")]], into: "toys")
      let result = try await bench.rollback(.skip, selection { $0.items = items([1, 2]) }).result
      #expect(result.end == .incomplete && result.fold.position.state == .applied)
      #expect(result.counts.compensated == 1)
      #expect(bench.totals.values == [1])
    }
  }

  @Test("of a journal that says the terms alone goes on with them")
  func oldTerms() async throws {
    try await withTemporaryFolder { folder in
      let bench = try await applied(folder, Toy.addsAttribute, 5)
      let key = DynamoDBJSON.text(Toy.key(3).attributes)
      let run = try await bench.fold()
      let terms = RollbackStartedDetail(onConflict: "stop", table: "toys", key: key)
      try await bench.journal.append([EventDraft(.rollbackStarted, terms)], run: run.number)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.compensated == 1)
      #expect(try await bench.contents().count { $0.contains("colour") } == 4)
    }
  }
}
