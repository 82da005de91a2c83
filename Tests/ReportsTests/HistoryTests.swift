import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("The history of an item")
struct HistoryTests {
  private func history(_ journal: Journal, _ id: String) async throws -> String {
    var filter = AuditFilter()
    filter.table = operators
    filter.key = DynamoDBJSON.bytes(key(id).attributes)
    var report = HistoryReport(table: operators, key: DynamoDBJSON.bytes(key(id).attributes))
    for try await page in try await journal.audit(filter) { report.add(page) }
    return try report.text()
  }

  private func change(_ before: Item?, _ after: Item?) -> IntendedChange {
    .item(Change(table: operators, key: key("1"), before: before, after: after))
  }

  @Test("a change is told once, with its values, its run, its reason and all that came of it")
  func aChangeIsToldOnce() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun(reason: "OPS-1")
      let intended = change(
        ["a": .number(1), "gone": .bool(true)], ["a": .number(2), "new": .string("x\u{1B}")])
      let changes = try await journal.plan([intended, approve("2")], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(.applied, changes[0], run: run)
      try await journal.startRollback(run: run)
      try await journal.outcome(
        .compensated, changes[0], run: run,
        OutcomeDetail(forced: true, found: #"{"a":{"N":"3"},"discordId":{"S":"1"},"new":{"S":"x\u001b"}}"#))
      #expect(
        try await history(journal, "1") == """
          sparta-node-operators-dev discordId=1

          update, undone since, by run 06-20261123-051402-k3f9 of 06_add_wallet_to_operators
            reason: OPS-1
            ~ a: 1 → 2
            - gone = true
            + new = "x\\u001b"
            2026-11-23T05:14:03.113Z  planned by ada@engine
            2026-11-23T05:14:05.113Z  applied by ada@engine
            2026-11-23T05:14:08.113Z  undone by ada@engine: forced over a later change
              found: an item that differs in a = 3

          """)
    }
  }

  @Test("a failure says its code and what was found, a plan without an outcome that it wrote nothing")
  func failuresAndPlans() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan([change(["a": .number(1)], nil)], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(
        .failed, changes[0], run: run,
        OutcomeDetail(code: "conflict", message: "the item was deleted", found: "null"))
      let dry = try await journal.startRun("06-20261123-060000-dry2", dryRun: true)
      _ = try await journal.plan([change(nil, ["a": .number(1)])], run: dry)
      let text = try await history(journal, "1")
      #expect(text.contains("failed by ada@engine: conflict, the item was deleted\n    found: no item\n"))
      #expect(text.contains("create by run 06-20261123-060000-dry2"))
      #expect(text.hasSuffix("  no outcome is journaled: the plan alone writes nothing\n"))
      #expect(text.components("planned by ada@engine") == 2)
    }
  }

  @Test("long values are cut, and an item that no run touched is said to be none")
  func limits() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let long = String(repeating: "x", count: 1_000)
      _ = try await journal.plan([change(nil, ["a": .string(Text(long))])], run: run)
      let text = try await history(journal, "1")
      #expect(text.contains("xxx…\n"))
      #expect(text.count < 600)
      #expect(
        try await history(journal, "2")
          == "sparta-node-operators-dev discordId=2\nno run in this journal has planned a change of this item\n"
      )
    }
  }
}

extension String {
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
