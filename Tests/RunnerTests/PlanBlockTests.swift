import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

@Suite("Reading the units of a sealed plan, block by block")
struct PlanBlockTests {
  /// A plan of 10,020 units, and so of two blocks, on whose file something is edited then.
  private func reader(_ folder: String, editing change: Int? = nil) async throws -> PlanReader {
    let path = folder + "/journal.sqlite"
    let journal = try Journal(path: path, for: .append(JournalSample.actor))
    let run = try await journal.start(JournalSample.started)
    var digest = PlanDigest()
    let drafts = (1...10_020).map { number in
      let item = Change(table: "toys", key: Toy.key(number), before: [:], after: ["colour": .null])
      return EventDraft.planned(.item(item), change: number, unit: number, stage: 1)
    }
    for draft in drafts { digest.add(draft) }
    let (blocks, text) = digest.finish()
    try await journal.append(drafts, run: run)
    let sealed = SealedDetail(
      changes: drafts.count, units: drafts.count, tally: [], counters: [], digest: text, refusal: nil,
      blocks: blocks, stages: [PlanStage(stage: 1, firstChange: 1)])
    try await journal.append([EventDraft(.sealed, sealed)], run: run)
    if let change {
      try JournalSample.edit(path, "UPDATE events SET after = '{}' WHERE seq = \(change + 1)")
    }
    return try await PlanReader(journal, try await journal.run(run))
  }

  private func numbers(_ stream: UnitStream) async -> (units: [Int], error: (any Error)?) {
    var (stream, units) = (stream, [Int]())
    do {
      while let unit = try await stream.next() { units.append(unit.number) }
      return (units, nil)
    } catch { return (units, error) }
  }

  @Test("hands out each unit once, in the order that was asked for")
  func order() async throws {
    try await withTemporaryFolder { folder in
      let plan = try await reader(folder)
      #expect(await numbers(UnitStream(plan, .forward) { _ in true }).units == Array(1...10_020))
      #expect(await numbers(UnitStream(plan, .backward) { _ in true }).units == (1...10_020).reversed())
      #expect(await numbers(UnitStream(plan, .forward) { $0 == 7 || $0 == 10_010 }).units == [7, 10_010])
      #expect(await numbers(UnitStream(plan, .forward) { _ in false }).units == [])
    }
  }

  @Test("hands out nothing of an altered block, and what stands before it all the same")
  func altered() async throws {
    try await withTemporaryFolder { folder in
      let plan = try await reader(folder, editing: 9_999)
      let forward = await numbers(UnitStream(plan, .forward) { _ in true })
      #expect(forward.units == [] && forward.error is JournalError)
      let backward = await numbers(UnitStream(plan, .backward) { _ in true })
      #expect(backward.units == (10_001...10_020).reversed() && backward.error is JournalError)
    }
  }

  @Test("does not read a block of which nothing is wanted, as when a long run is resumed")
  func skips() async throws {
    try await withTemporaryFolder { folder in
      let plan = try await reader(folder, editing: 5)
      let rest = await numbers(UnitStream(plan, .forward) { $0 > 10_000 })
      #expect(
        rest.units == Array(10_001...10_020) && rest.error == nil, "the altered block was not looked at")
      let all = await numbers(UnitStream(plan, .forward) { $0 > 9_999 })
      #expect(all.units == [] && all.error is JournalError)
    }
  }
}
