import DynamoJournalEvents
import Testing

@testable import DynamoJournalReports

@Suite("The order of migrations")
struct RunOrderTests {
  private let target = "local:.sparta/tables.sqlite"
  private let names = ["test-migration", "00_first", "01_second", "02_third", "03_fourth"]

  /// The order of one migration where others are applied, and some of those undone.
  private func order(
    of name: String, applied: [String] = [], undone: [String] = []
  ) async throws -> RunOrder {
    var order: RunOrder?
    try await withJournal { journal in
      for (index, name) in applied.enumerated() {
        let run = try await journal.startRun("run-\(index)", name)
        _ = try await journal.plan([approve("1")], run: run)
        try await journal.startApplying(run: run)
        try await journal.finish(.applied, run: run)
        guard undone.contains(name) else { continue }
        let terms = RollbackStartedDetail(onConflict: "stop", table: nil, key: nil)
        try await journal.append([EventDraft(.rollbackStarted, terms)], run: run)
        try await journal.finish(.rolledBack, run: run)
      }
      let entries = names.map {
        MigrationStatus.Entry(name: $0, summary: "", version: 1, codeDigest: "sha256:x")
      }
      let runs = try await journal.runs().map { RunReport($0) }
      let listing = MigrationListing(entries, runs: runs, target: target)
      order = RunOrder(of: name, in: listing, target: target)
    }
    return try #require(order)
  }

  @Test("nothing is wrong with the next one, nor with one that has no number")
  func inOrder() async throws {
    #expect(try await order(of: "00_first").problem == nil)
    #expect(try await order(of: "02_third", applied: ["00_first", "01_second"]).problem == nil)
    #expect(try await order(of: "test-migration", applied: ["03_fourth"]).problem == nil)
  }

  @Test("what is missing before it and what stands after it is named in one line")
  func outOfOrder() async throws {
    #expect(
      try await order(of: "01_second").problem
        == "01_second is out of order on \(target): by this journal, 00_first is not applied")
    #expect(
      try await order(of: "03_fourth").problem
        == "03_fourth is out of order on \(target): by this journal, 00, 01 and 02 are not applied")
    #expect(
      try await order(of: "01_second", applied: ["02_third", "03_fourth"]).problem
        == "01_second is out of order on \(target): by this journal, 00_first is not applied, and 02_third and 03_fourth are applied already"
    )
  }

  @Test("one that was rolled back counts as not applied")
  func rolledBack() async throws {
    let order = try await order(
      of: "01_second", applied: ["00_first", "02_third"], undone: ["00_first", "02_third"])
    #expect(order.missing == ["00_first"])
    #expect(order.later.isEmpty)
  }

  @Test("only two digits and an underscore are a number")
  func numbers() {
    #expect(RunOrder.number(of: "07_x") == 7)
    for name in ["test-migration", "7_x", "007_x", "07-x", "07"] { #expect(RunOrder.number(of: name) == nil) }
  }
}
