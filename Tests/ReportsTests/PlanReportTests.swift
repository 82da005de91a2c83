import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("A plan under review")
struct PlanReportTests {
  @Test("it has figures by table, example diffs, findings by code, and its digest")
  func aPlanIsShown() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      try await journal.note(.skipped, "operatorWithoutValidator", "no validator", run: run)
      try await journal.note(.skipped, "operatorWithoutValidator", "no validator", run: run)
      try await journal.note(.data, "slotIsNoNumber", "slot", run: run)
      let before = TableSpec(name: "t-1", key: KeySchema(partition: KeyAttribute("id", .string)))
      let after = TableSpec(
        name: "t-1", key: before.key,
        indexes: [IndexSpec(name: "ByWallet", key: KeySchema(partition: KeyAttribute("wallet", .string)))])
      let update = Change(
        table: operators, key: key("1"),
        before: ["isApproved": .bool(false), "discordUsername": .string("ada\u{7}"), "same": .null],
        after: ["isApproved": .bool(true), "updatedAt": .number(12), "same": .null])
      let delete = Change(
        table: operators, key: key("3"), before: ["discordId": .string("3"), "tags": .list([.null])],
        after: nil)
      let changes = try await journal.plan(
        [
          .table(TableChange(before: before, after: after)), .item(update),
          create("2", ["name": .string(String(repeating: "x", count: 99))]), .item(delete), approve("4"),
        ], run: run,
        tally: [
          PlanTally(table: "t-1", tableChanges: 1),
          PlanTally(table: operators, creates: 1, updates: 2, deletes: 1),
        ])
      let fold = try await journal.run(run)
      let plan = try #require(fold.plan)
      let notes = try await journal.noteTallies(of: run)
      #expect(
        PlanReport(fold, plan, examples: Array(changes.prefix(4)), notes: notes).text == """
          06_add_wallet_to_operators on local:.sparta/tables.sqlite, run 06-20261123-051402-k3f9

          4 of 5 changes; this shows all of them:
            sparta-journal show 06-20261123-051402-k3f9 --changes
            update table t-1
              + index ByWallet on wallet:S
            update sparta-node-operators-dev discordId=1
              - discordUsername
              ~ isApproved: false → true
              + updatedAt = 12
            create sparta-node-operators-dev discordId=2
              + name = "\(String(repeating: "x", count: 58))…
            delete sparta-node-operators-dev discordId=3
              - tags

          notes
            CLASS    CODE                      COUNT
            data     slotIsNoNumber                1
            skipped  operatorWithoutValidator      2

          5 changes in 5 units
            TABLE                      CREATE  UPDATE  DELETE  TABLE CHANGES
            t-1                             0       0       0              1
            sparta-node-operators-dev       1       2       1              0

          digest \(plan.digest)

          """)
    }
  }

  @Test("a change of many attributes is cut, and a refusal stands above the digest")
  func manyAttributesAreCut() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      var item = Item()
      for number in 0..<12 { item[Text("a\(number)")] = .number(Int64(number)) }
      let changes = try await journal.plan([create("1", item)], run: run, refusal: "it deletes too much")
      let fold = try await journal.run(run)
      let text = PlanReport(fold, try #require(fold.plan), examples: changes, notes: []).text
      #expect(text.contains("\nthe changes\n"))
      #expect(text.contains("    + a5 = 5\n    … and 4 more attributes\n"))
      #expect(text.contains("\nrefused: it deletes too much\ndigest sha256:"))
    }
  }
}
