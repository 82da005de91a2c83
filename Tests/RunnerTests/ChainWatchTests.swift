import DynamoJournalEvents
import DynamoJournalRunner
import TestSupport
import Testing

@Suite("Verifying a journal beside the work")
struct ChainWatchTests {
  /// A journal with a run from before, edited or not, opened anew with a watch over it.
  private func watched(_ folder: String, editing sql: String?) async throws -> (
    Workbench, RunEnvironment, ChainWatch
  ) {
    do {
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 6)
      #expect(try await bench.run(Toy.addsAttribute).end == .done)
    }
    if let sql { try JournalSample.edit(folder + "/journal.sqlite", sql) }
    let bench = try Workbench(folder)
    let watch = await ChainWatch(bench.journal)
    var environment = bench.environment
    environment.chainMayWrite = watch.check
    environment.chainIsRight = watch.finish
    return (bench, environment, watch)
  }

  private static let edits = [
    "UPDATE events SET after = '{}' WHERE event = 'planned' AND change = 2",
    "UPDATE events SET at = at + 1 WHERE event = 'finished'", "UPDATE actors SET tool = 'another'",
  ]

  @Test("a flaw that is found beside the work stops the run before its end", arguments: edits)
  func flaw(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let (bench, environment, watch) = try await watched(folder, editing: sql)
      await #expect(throws: JournalError.self) {
        _ = try await Runner(environment, Toy.movesItems, RunRequest()).run(Settings(variables: [:]))
      }
      let fold = try await bench.fold()
      #expect(fold.started.migration == "02_moves_items" && fold.finished == nil)
      await #expect(throws: JournalError.self) { try await watch.finish() }
      #expect(throws: JournalError.self) { try watch.check() }
    }
  }

  @Test("a flaw that was found before the first write lets nothing be written")
  func foundBefore() async throws {
    try await withTemporaryFolder { folder in
      let (bench, environment, watch) = try await watched(folder, editing: Self.edits[0])
      await #expect(throws: JournalError.self) { try await watch.finish() }
      let contents = try await bench.contents()
      await #expect(throws: JournalError.self) {
        _ = try await Runner(environment, Toy.movesItems, RunRequest()).run(Settings(variables: [:]))
      }
      #expect(await bench.store.callCount == 0)
      #expect(try await bench.contents() == contents)
      #expect(try await bench.fold().appliedBy == nil)
      let run = try await bench.journal.runs()[0].handle
      await #expect(throws: JournalError.self) { try await Rollback(environment, policy: .stop).run(run) }
      #expect(try await bench.contents() == contents)
    }
  }

  @Test("a journal that is right stops nothing, and what the run appends meanwhile is no flaw")
  func clean() async throws {
    try await withTemporaryFolder { folder in
      let (bench, environment, watch) = try await watched(folder, editing: nil)
      let result = try await Runner(environment, Toy.movesItems, RunRequest()).run(Settings(variables: [:]))
      #expect(result.end == .done)
      try await watch.finish()
      try watch.check()
      let run = try await bench.fold().handle
      #expect(try await Rollback(environment, policy: .stop).run(run).result.end == .done)
      #expect(try await Redo(environment).run(run).result.end == .done)
    }
  }
}
