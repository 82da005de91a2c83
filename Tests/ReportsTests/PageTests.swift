import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Foundation
import Testing

@Suite("The page of a run")
struct PageTests {
  static func write(
    _ journal: Journal, _ run: Int64, showValues: Bool = false
  ) async throws -> String {
    var text = ""
    let report = try await DetailedReport(
      RunReport(try await journal.run(run)), journal, showValues: showValues)
    try await report.write(.html) { text += $0 }
    return text
  }

  @Test("it names no other host, and what is data is nowhere markup")
  func dataIsNoMarkup() async throws {
    try await withJournal { journal in
      let evil =
        "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\u{202E}\u{2028}&"
      let run = try await journal.startRun(reason: evil)
      try await journal.note(.data, evil, evil, run: run, table: evil)
      let item: Item = [Text(evil): .string(Text(evil))]
      let changes = try await journal.plan(
        [create("1" + evil, item)], run: run, tally: [PlanTally(table: operators)])
      try await journal.startApplying(run: run)
      try await journal.outcome(.failed, changes[0], run: run, OutcomeDetail(code: evil, message: evil))
      let text = try await Self.write(journal, run)
      #expect(!text.contains("<script>window"))
      #expect(!text.contains("<img"))
      #expect(!text.contains("\u{202E}"))
      #expect(!text.contains("\u{2028}"))
      #expect(!text.contains("://"))
      #expect(text.components(separatedBy: "</script>").count == 3)
      #expect(text.contains("&lt;/script&gt;&lt;script&gt;window.hit = 1"))
      #expect(text.contains(#"\u003c/script\u003e"#))
    }
  }

  @Test("a run without a plan is a page without changes")
  func noPlan() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let text = try await Self.write(journal, run)
      #expect(text.contains("06_add_wallet_to_operators"))
      #expect(!text.contains("id=\"rows\""))
      #expect(!text.contains("<!--the changes-->"))
    }
  }
}
