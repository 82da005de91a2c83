import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("The report of a run")
struct DetailedReportTests {
  /// Five changes: applied, in conflict, in conflict and then applied, refused, gone; three notes; a backup.
  private func makeRun(_ journal: Journal) async throws -> RunReport {
    let run = try await journal.startRun()
    try await journal.note(
      .skipped, "operatorWithoutValidator", "no validator of *theirs*", run: run, table: operators,
      key: ["discordId": .string("9")])
    try await journal.note(.warning, "indexStands", "the index still stands", run: run, table: operators)
    try await journal.note(.skipped, "other", "for a reason", run: run)
    let changes = try await journal.plan(
      ["1", "2", "3", "4", "5"].map(approve), run: run, tally: [PlanTally(table: operators, updates: 5)],
      counters: [Counter(name: "validators fetched", value: 12), Counter(name: "errors", value: 1)])
    let backup = BackedUpDetail(
      table: operators, name: "migration-backup-20261123-051402-\(operators)",
      arn: "arn:aws:dynamodb:eu-west-2:1:table/\(operators)/backup/01-a", sizeBytes: 1_024,
      lostOnRestore: ["timeToLive": "expires", "autoScaling": "5 to 50"])
    try await journal.append([EventDraft(.backedUp, backup)], run: run)
    try await journal.startApplying(run: run)
    let found = #"{"discordId":{"S":"2"},"isApproved":{"S":"secret"}}"#
    let conflict = OutcomeDetail(code: "conflict", message: "the item was changed", found: found)
    try await journal.outcome(.applied, changes[0], run: run)
    try await journal.outcome(.failed, changes[1], run: run, conflict)
    try await journal.outcome(.failed, changes[2], run: run, conflict)
    try await journal.outcome(
      .failed, changes[3], run: run, OutcomeDetail(code: "ValidationException", message: "too wide"))
    try await journal.outcome(
      .failed, changes[4], run: run,
      OutcomeDetail(code: "conflict", message: "the item was deleted", found: "null"))
    try await journal.outcome(.applied, changes[2], run: run)
    try await journal.finish(
      .incomplete, run: run, counts: counts(planned: 5, applied: 2, failed: 3, notes: 3))
    return RunReport(try await journal.run(run))
  }

  private func write(
    _ journal: Journal, _ run: RunReport, _ format: DetailedReport.Format, showValues: Bool = false
  ) async throws -> String {
    var text = ""
    try await DetailedReport(run, journal, showValues: showValues).write(format) { text += $0 }
    return text
  }

  @Test(
    "people read figures, failures under their codes, notes under their classes, backups, and what to type")
  func peopleReadAReport() async throws {
    try await withJournal { journal in
      let run = try await makeRun(journal)
      let text = try await write(journal, run, .text)
      let body = try #require(text.firstRange(of: "\ncounted\n").map { String(text[$0.lowerBound...]) })
      #expect(
        body == """

          counted
            validators fetched  12
            errors              1

          changes by table
            TABLE                      CREATE  UPDATE  DELETE  TABLE CHANGES
            sparta-node-operators-dev       0       5       0              0

          validation errors: not applied, ValidationException (1 change)
            sparta-node-operators-dev discordId=4
              too wide

          data errors: not applied, conflict (2 changes)
            sparta-node-operators-dev discordId=2
              the item was changed
              found: an item that differs in isApproved
            sparta-node-operators-dev discordId=5
              the item was deleted
              found: no item

          skipped (2 notes)
            operatorWithoutValidator: 1
              sparta-node-operators-dev discordId=9: no validator of *theirs*
            other: 1
              for a reason

          warnings (1 note)
            indexStands: 1
              sparta-node-operators-dev: the index still stands

          changes by item (5 units)
            update sparta-node-operators-dev discordId=1: isApproved
            update sparta-node-operators-dev discordId=2: isApproved
            update sparta-node-operators-dev discordId=3: isApproved
            update sparta-node-operators-dev discordId=4: isApproved
            update sparta-node-operators-dev discordId=5: isApproved

          backups
            sparta-node-operators-dev: migration-backup-20261123-051402-sparta-node-operators-dev, 1024 bytes
              arn:aws:dynamodb:eu-west-2:1:table/sparta-node-operators-dev/backup/01-a
              aws dynamodb restore-table-from-backup --target-table-name sparta-node-operators-dev-restored --backup-arn arn:aws:dynamodb:eu-west-2:1:table/sparta-node-operators-dev/backup/01-a
              a restore loses: autoScaling = 5 to 50
              a restore loses: timeToLive = expires

          in all
            5 planned, 2 applied, 3 failed

          next
            sparta-journal resume 06-20261123-051402-k3f9 --retry-failed  try what failed again
            sparta-journal rollback-plan 06-20261123-051402-k3f9          see what undoing would do
            sparta-journal close 06-20261123-051402-k3f9 --reason 'why'   end it as it is

          """)
      #expect(text.hasPrefix("run        06-20261123-051402-k3f9\nmigration  06_add"))
      #expect(!text.contains("secret"))
    }
  }

  @Test("values are shown only to whoever asks for them", arguments: DetailedReport.Format.allCases)
  func valuesAreShownOnRequest(format: DetailedReport.Format) async throws {
    try await withJournal { journal in
      let run = try await makeRun(journal)
      #expect(try await !write(journal, run, format).contains("secret"))
      #expect(try await write(journal, run, format, showValues: true).contains("secret"))
    }
  }

  @Test("programs read one document: the members of show, then figures, failures and notes")
  func programsReadADocument() async throws {
    try await withJournal { journal in
      let run = try await makeRun(journal)
      let document = try JSONValue(parsing: try await write(journal, run, .json))
      let names = try #require(document.objectValue).map(\.name)
      let head = try #require(run.json.objectValue).map(\.name).filter { $0 != "backups" }
      #expect(
        names == head + [
          "backups", "counters", "tally", "errors", "phases", "throughput", "failures", "notes", "next",
        ])
      #expect(
        document["failures"]?.text()
          == #"[{"class":"validation","code":"ValidationException","undoing":false,"redoing":false,"count":1,"changes":["#
          + #"{"seq":16,"change":4,"table":"sparta-node-operators-dev","key":{"discordId":{"S":"4"}},"#
          + #""message":"too wide","found":null}]},"#
          + #"{"class":"data","code":"conflict","undoing":false,"redoing":false,"count":2,"changes":["#
          + #"{"seq":14,"change":2,"table":"sparta-node-operators-dev","key":{"discordId":{"S":"2"}},"#
          + #""message":"the item was changed","found":{"exists":true,"differs":["isApproved"]}},"#
          + #"{"seq":17,"change":5,"table":"sparta-node-operators-dev","key":{"discordId":{"S":"5"}},"#
          + #""message":"the item was deleted","found":{"exists":false,"differs":["isApproved"]}}]}]"#)
      #expect(
        document["notes"]?.text()
          == #"[{"category":"skipped","class":null,"count":2,"codes":[{"code":"operatorWithoutValidator","count":1},"#
          + #"{"code":"other","count":1}],"notes":[{"seq":2,"code":"operatorWithoutValidator","#
          + #""table":"sparta-node-operators-dev","key":{"discordId":{"S":"9"}},"#
          + #""message":"no validator of *theirs*"},"#
          + #"{"seq":4,"code":"other","table":null,"key":null,"message":"for a reason"}]},"#
          + #"{"category":"warning","class":null,"count":1,"codes":[{"code":"indexStands","count":1}],"notes":["#
          + #"{"seq":3,"code":"indexStands","table":"sparta-node-operators-dev","key":null,"#
          + #""message":"the index still stands"}]}]"#)
      #expect(
        document["errors"]?.text()
          == #"[{"class":"validation","count":1},{"class":"api","count":0},"#
          + #"{"class":"database","count":0},{"class":"data","count":2}]"#)
      #expect(
        document["counters"]?.text()
          == #"[{"name":"validators fetched","value":12},{"name":"errors","value":1}]"#)
      #expect(
        document["tally"]?.text()
          == #"[{"table":"sparta-node-operators-dev","creates":0,"updates":5,"deletes":0,"tableChanges":0}]"#)
      #expect(
        document["backups"]?.arrayValue?.first?["lostOnRestore"]
          == ["autoScaling": "5 to 50", "timeToLive": "expires"])
    }
  }

  @Test("Markdown has headings and lists, and data is escaped")
  func markdownIsEscaped() async throws {
    try await withJournal { journal in
      let run = try await makeRun(journal)
      let text = try await write(journal, run, .markdown)
      #expect(
        text.hasPrefix(
          "# Run 06-20261123-051402-k3f9\n\n| | |\n|---|---|\n| run | 06-20261123-051402-k3f9 |\n"))
      #expect(
        text.contains(
          """

          ## data errors: not applied, conflict (2 changes)

          | table | key | why | found |
          |---|---|---|---|
          | sparta-node-operators-dev | discordId=2 | the item was changed | an item that differs in isApproved |

          """))
      #expect(text.contains(#"no validator of \*theirs\*"#))
    }
  }

  @Test(
    "of a conflict, values tell what was before, what was wanted and what was found",
    arguments: [true, false])
  func conflictsAreExplained(isText: Bool) async throws {
    try await withJournal { journal in
      let run = try await makeRun(journal)
      let text = try await write(journal, run, isText ? .text : .markdown, showValues: true)
      #expect(
        text.contains(
          isText
            ? "    before: isApproved = false\n    wanted: isApproved = true\n    found: isApproved = \"secret\"\n"
            : "| isApproved = false | isApproved = true | isApproved = \"secret\" |\n"))
      #expect(text.contains(isText ? "    found: no item\n" : "| isApproved = true | no item |\n"))
    }
  }

  @Test("ten notes of a code, failures of a kind and items are shown; all where they are asked for")
  func tenAreShown() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let drafts = try (1...1_201).map {
        try EventDraft(
          .note, NoteDetail(category: .data, code: $0 % 3 == 0 ? "a" : "b", message: "note \($0)"))
      }
      try await journal.append(drafts, run: run)
      let changes = try await journal.plan((1...700).map { approve(String($0)) }, run: run)
      try await journal.startApplying(run: run)
      let detail = OutcomeDetail(code: "AccessDenied", message: "no")
      try await journal.append(try changes.map { try .outcome(.failed, of: $0, detail) }, run: run)
      let report = RunReport(try await journal.run(run))
      for (showAll, shown) in [(false, [10, 10, 10, 10]), (true, [400, 801, 700, 700])] {
        var text = ""
        try await DetailedReport(report, journal, showAll: showAll).write(.text) { text += $0 }
        let lines = text.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("    note ") }.count == shown[0] + shown[1])
        #expect(lines.filter { $0 == "    no" }.count == shown[2])
        #expect(lines.filter { $0.hasPrefix("  update ") }.count == shown[3])
        #expect(text.contains("\n  b: 801; 10 shown, all with --all\n") == !showAll)
        #expect(text.contains("\nchanges by item (700 units; 10 shown, all with --all)\n") == !showAll)
      }
    }
  }

  @Test("Markdown is cut where a job summary takes no more, and says so")
  func markdownFits() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let message = String(repeating: "x", count: 2_000)
      let drafts = try (1...700).map { _ in
        try EventDraft(.note, NoteDetail(category: .data, code: "a", message: message))
      }
      try await journal.append(drafts, run: run)
      var text = ""
      try await DetailedReport(RunReport(try await journal.run(run)), journal, showAll: true)
        .write(.markdown) { text += $0 }
      #expect(text.utf8.count < 1_000_200)
      #expect(text.utf8.count > 990_000)
      #expect(text.hasSuffix("`--format html` has the whole report.\n"))
    }
  }

  @Test("a run without findings is a short report, and still one document")
  func aRunWithoutFindings() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let report = RunReport(try await journal.run(run))
      let document = try JSONValue(parsing: try await write(journal, report, .json))
      #expect(document["failures"] == [])
      #expect(document["notes"] == [])
      #expect(try await !write(journal, report, .text).contains("not applied"))
    }
  }

  @Test("more notes and failures than a page holds are all written, in pieces, in order")
  func manyFindingsAreWritten() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let drafts = try (1...1_201).map {
        try EventDraft(.note, NoteDetail(category: .data, code: "slot", message: "note \($0)"))
      }
      try await journal.append(drafts, run: run)
      let changes = try await journal.plan((1...1_201).map { approve(String($0)) }, run: run)
      try await journal.startApplying(run: run)
      let detail = OutcomeDetail(code: "AccessDenied", message: "no")
      try await journal.append(try changes.map { try .outcome(.failed, of: $0, detail) }, run: run)
      let report = try await DetailedReport(RunReport(try await journal.run(run)), journal)
      var text = ""
      var longest = 0
      try await report.write(.json) {
        text += $0
        longest = max(longest, $0.utf8.count)
      }
      let document = try JSONValue(parsing: text)
      let notes = document["notes"]?.arrayValue?.first?["notes"]?.arrayValue?.compactMap { $0["message"] }
      #expect(notes == (1...1_201).map { .string("note \($0)") })
      let failed = document["failures"]?.arrayValue?.first?["changes"]?.arrayValue?.compactMap {
        $0["change"]
      }
      #expect(failed == (1...1_201).map { .number($0) })
      #expect(longest < 2_000)
    }
  }

  @Test("what failed to be undone is told from what failed to be applied, and only the last outcome counts")
  func onlyTheLastOutcomeCounts() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan(["1", "2", "3"].map(approve), run: run)
      try await journal.startApplying(run: run)
      let undoing = OutcomeDetail(undoing: true, code: "conflict", message: "changed")
      for change in changes { try await journal.outcome(.applied, change, run: run) }
      try await journal.startRollback(run: run)
      try await journal.outcome(.failed, changes[0], run: run, undoing)
      try await journal.outcome(.failed, changes[1], run: run, undoing)
      try await journal.outcome(.failed, changes[1], run: run, undoing)
      try await journal.outcome(.compensated, changes[0], run: run)
      let groups = try await journal.failures(of: run)
      #expect(groups.map(\.count) == [1])
      #expect(groups.map(\.undoing) == [true])
      let failed = try await journal.failedChanges(of: try #require(groups.first))
      #expect(failed.map(\.planned.ordinal) == [2])
      #expect(failed.map(\.seq) == [14])
      let text = try await write(journal, RunReport(try await journal.run(run)), .text)
      #expect(text.contains("\ndata errors: not undone, conflict (1 change)\n"))
    }
  }
}
