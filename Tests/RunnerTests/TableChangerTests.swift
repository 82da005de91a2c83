import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

@Suite("One change of a table")
struct TableChangerTests {
  private static let index = IndexSpec(
    name: "by-number", key: KeySchema(partition: KeyAttribute("number", .number)))
  private static let indexed = TableSpec(name: "boxes", key: Toy.boxes.key, indexes: [index])
  private static let creates = TableChange(before: nil, after: Toy.boxes)

  private func apply(
    _ bench: Workbench, _ change: TableChange, inDoubt: Bool = false, undoing: Bool = false
  ) async throws -> Verdict {
    try await TableChanger(store: bench.store, stop: bench.stop)
      .apply(change, inDoubt: inDoubt, undoing ? .undoing : .applying)
  }

  private func withBench(
    _ spec: TableSpec?, _ items: [Item] = [], _ body: (Workbench) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      if let spec { try await bench.tables.create(spec) }
      if !items.isEmpty { try await bench.tables.put(items, into: "boxes") }
      try await body(bench)
    }
  }

  @Test func aTableThatIsThereIsForeignUnlessItMayBeOursOrIsUndone() async throws {
    try await withBench(Toy.boxes) { bench in
      for (inDoubt, undoing, foreign) in [
        (false, false, true), (true, false, nil), (false, true, nil), (true, true, nil),
      ] as [(Bool, Bool, Bool?)] {
        let verdict = try await apply(bench, Self.creates, inDoubt: inDoubt, undoing: undoing)
        let kind: EventKind = undoing ? .compensated : .applied
        #expect(verdict == Verdict(kind, OutcomeDetail(foundSo: true, foreign: foreign)))
      }
      #expect(await bench.store.tableCalls == [])
    }
  }

  @Test func aTableThatHoldsAnythingIsNotDeleted() async throws {
    try await withBench(Toy.boxes, [Toy.item(1)]) { bench in
      let verdict = try await apply(bench, Self.creates.inverse, inDoubt: true, undoing: true)
      #expect(verdict.kind == .failed && verdict.detail?.code == OutcomeCode.tableNotEmpty)
      #expect(verdict.detail?.undoing == true)
      #expect(await bench.store.tableCalls == [])
    }
  }

  @Test func anIndexOfATableThatIsGoneIsAConflict() async throws {
    try await withBench(nil) { bench in
      for change in [
        TableChange(before: Toy.boxes, after: Self.indexed),
        TableChange(before: Self.indexed, after: Toy.boxes),
      ] {
        let verdict = try await apply(bench, change)
        #expect(verdict.kind == .failed && verdict.detail?.code == OutcomeCode.conflict)
      }
      #expect(await bench.store.tableCalls == [])
    }
  }

  @Test func aTableThatIsGoneAlreadyCountsAsDeleted() async throws {
    try await withBench(nil) { bench in
      let verdict = try await apply(bench, Self.creates.inverse, inDoubt: true, undoing: true)
      #expect(verdict == Verdict(.compensated, OutcomeDetail(foundSo: true)))
    }
  }

  @Test func aStopWhileATableIsStillBeingMadeIsALossAndNotAFailure() async throws {
    try await withBench(Toy.boxes) { bench in
      var faults = FaultyStore.Faults()
      faults.descriptionsUntilActive = 1_000
      await bench.store.set(faults)
      bench.stop.request()
      let error = await #expect(throws: StoreError.self) { try await apply(bench, Self.creates) }
      #expect(error?.kind == .unavailable && error?.message.contains("CREATING") == true)
    }
  }

  @Test func aLossIsThrownAndARefusalJournaled() async throws {
    try await withBench(nil) { bench in
      for (refusal, isThrown) in [
        (FaultyStore.lost, true), (StoreError(code: "LimitExceededException", "no"), false),
      ] {
        var faults = FaultyStore.Faults()
        faults.creationRefusal = refusal
        await bench.store.set(faults)
        do {
          let verdict = try await apply(bench, Self.creates)
          #expect(!isThrown && verdict.detail?.code == refusal.code && verdict.kind == .failed)
        } catch let error as StoreError {
          #expect(isThrown && error.kind == .unavailable)
        }
      }
    }
  }
}
