import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("The answer of run, resume, rollback and show")
struct RunReportTests {
  @Test("the JSON object has the members of the contract, in that order, and ours behind them")
  func theObjectIsThatOfTheContract() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun(reason: "wallets, \"at last\"")
      let changes = try await journal.plan([approve("1"), approve("2")], run: run)
      try await journal.startApplying(run: run)
      for change in changes { try await journal.outcome(.applied, change, run: run) }
      try await journal.finish(.applied, run: run, counts: counts(planned: 2, applied: 2, notes: 3))
      let fold = try await journal.run(run)
      let digest = try #require(fold.plan?.digest)
      let head = await journal.head
      let ada = #"{"user":"ada","uid":null,"host":"engine","arn":null,"accessKeyID":null,"claims":{}}"#
      #expect(
        RunReport(fold, head: head).json.text()
          == #"{"run":"06-20261123-051402-k3f9","migration":"06_add_wallet_to_operators","state":"applied","#
          + #""target":"local:.sparta/tables.sqlite","#
          + #""counts":{"planned":2,"applied":2,"failed":0,"inDoubt":0,"compensated":0,"notes":3,"pending":0},"#
          + #""planDigest":"\#(digest)","journalHead":"\#(head.description)","#
          + #""startedAt":"2026-11-23T05:14:02.113Z","finishedAt":"2026-11-23T05:14:07.113Z","dryRun":false,"#
          + #""actor":{"user":"ada","host":"engine","arn":null},"reason":"wallets, \"at last\"","refusal":null,"#
          + #""interruption":null,"backups":[],"cost":null,"people":{"plannedBy":\#(ada),"approvedBy":[],"#
          + #""appliedBy":\#(ada),"rolledBackBy":null,"redoneBy":null,"closedBy":null,"erasedBy":[]},"#
          + #""verified":null,"identity":null,"closing":null,"passedOver":[],"#
          + #""plan":{"changes":2,"units":2,"tables":[]}}"#)
    }
  }

  @Test("a run that is not finished has no end, and one that is planned not even a digest")
  func whatIsNotThereIsNull() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let json = RunReport(try await journal.run(run)).json
      #expect(json["finishedAt"]?.isNull == true)
      #expect(json["planDigest"]?.isNull == true)
      #expect(json["journalHead"]?.isNull == true)
      #expect(json["state"]?.stringValue == "planning")
    }
  }

  @Test("characters that JSON escapes and both spellings of é come out as they went in")
  func charactersAreKept() async throws {
    try await withJournal { journal in
      let reason = "caf\u{E9} cafe\u{301} \u{1} \\ \n \u{1F600}"
      let run = try await journal.startRun(reason: reason)
      let report = RunReport(try await journal.run(run))
      let read = try JSONValue(parsing: report.jsonText)
      #expect(read["reason"] == .string(reason))
      #expect(report.jsonText.contains(#"\u0001 \\ \n"#))
      // A terminal gets no control character.
      #expect(report.text.contains(#"\u{1} \ \u{a} "#))
    }
  }

  @Test("people read aligned lines and the commands to type next")
  func peopleReadAlignedLines() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun(reason: "wallets")
      let changes = try await journal.plan([approve("1"), approve("2")], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(.applied, changes[0], run: run)
      try await journal.outcome(.failed, changes[1], run: run, OutcomeDetail(code: "conflict"))
      try await journal.finish(.incomplete, run: run, counts: counts(planned: 2, applied: 1, failed: 1))
      let fold = try await journal.run(run)
      let digest = try #require(fold.plan?.digest)
      #expect(
        RunReport(fold).text == """
          run        06-20261123-051402-k3f9
          migration  06_add_wallet_to_operators
          state      incomplete
          target     local:.sparta/tables.sqlite
          changes    2 planned, 1 applied, 1 failed
          plan       \(digest)
          started    2026-11-23T05:14:02.113Z by ada@engine
          reason     wallets
          finished   2026-11-23T05:14:07.113Z
          next       sparta-journal report 06-20261123-051402-k3f9                 see what failed, and why
                     sparta-journal resume 06-20261123-051402-k3f9 --retry-failed  try what failed again
                     sparta-journal rollback-plan 06-20261123-051402-k3f9          see what undoing would do
                     sparta-journal close 06-20261123-051402-k3f9 --reason 'why'   end it as it is

          """)
    }
  }

  @Test("an empty plan is said plainly, in the run and in the plan")
  func anEmptyPlanIsSaidPlainly() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      _ = try await journal.plan([], run: run)
      try await journal.startApplying(run: run)
      try await journal.finish(.applied, run: run)
      let fold = try await journal.run(run)
      let report = RunReport(fold)
      #expect(report.text.contains("changes    nothing to do: the tables are as the migration wants them\n"))
      #expect(report.json["counts"]?["planned"] == 0)
      #expect(report.next.isEmpty)
      let plan = try #require(fold.plan)
      #expect(
        PlanReport(fold, plan, examples: [], notes: []).text == """
          06_add_wallet_to_operators on local:.sparta/tables.sqlite, run 06-20261123-051402-k3f9

          nothing to do: the tables are as the migration wants them

          digest \(plan.digest)

          """)
    }
  }

  @Test("a run whose process died is shown as interrupted, with the command that goes on")
  func aDeadProcessIsShown() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      _ = try await journal.plan([approve("1")], run: run)
      try await journal.startApplying(run: run)
      // An interruption of another time is not the reason for this one.
      let signal = InterruptedDetail(cause: .signal, drained: true, message: "stopped by a signal")
      try await journal.append([EventDraft(.interrupted, signal)], run: run)
      let stopped = RunReport(try await journal.run(run))
      #expect(stopped.text.contains("state      interrupted (stopped by a signal)\n"))
      try await journal.append([EventDraft(.resumed, ResumedDetail(retryFailed: false))], run: run)
      let report = RunReport(try await journal.run(run), state: .interrupted)
      #expect(report.json["interruption"]?["cause"] == "died")
      #expect(report.json["state"]?.stringValue == "interrupted")
      #expect(report.text.contains("state      interrupted (its process ended without a word)\n"))
      #expect(
        report.next.map(\.command) == [
          "sparta-journal resume 06-20261123-051402-k3f9",
          "sparta-journal rollback-plan 06-20261123-051402-k3f9",
        ])
    }
  }

  @Test("a dry run names the command that applies exactly what was reviewed")
  func aDryRunNamesItsDigest() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun(dryRun: true)
      _ = try await journal.plan([approve("1")], run: run)
      let fold = try await journal.run(run)
      let digest = try #require(fold.plan?.digest)
      let report = RunReport(fold, counts: counts(planned: 1))
      #expect(report.text.contains("state      planned (a dry run: nothing was written)\n"))
      #expect(
        report.next.map(\.command) == ["sparta-journal resume 06-20261123-051402-k3f9 --digest \(digest)"])
    }
  }

  @Test("counts are known of a run that ended, and of no other")
  func countsAreKnownOfWhatEnded() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      _ = try await journal.plan([approve("1")], run: run)
      #expect(try await journal.run(run).finalCounts == nil)
      try await journal.startApplying(run: run)
      try await journal.finish(.applied, run: run, counts: counts(planned: 1, applied: 1))
      #expect(try await journal.run(run).finalCounts == counts(planned: 1, applied: 1))
      let rollback = RollbackStartedDetail(onConflict: "stop", table: nil, key: nil)
      try await journal.append([EventDraft(.rollbackStarted, rollback)], run: run)
      #expect(try await journal.run(run).finalCounts == nil)
    }
  }
}
