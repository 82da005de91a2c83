import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("The door to the terminal")
struct DoorTests {
  @Test("what could steer a terminal is escaped as JSON escapes it, and a document stays the same document")
  func escapes() throws {
    let bad = "a\u{1B}[31m\u{7}\u{9B}\u{202E}\u{2028}\u{E0041}\tz"
    let text = Printable.escaped("line \(bad)\nnext")
    #expect(text == "line a\\u001b[31m\\u0007\\u009b\\u202e\\u2028\\udb40\\udc41\\u0009z\nnext")
    let document: JSONValue = ["key": .string(bad), "list": [.string("é\u{200D}😀")]]
    let shown = Printable.escaped(document.prettyText())
    #expect(
      !shown.unicodeScalars.contains {
        $0 != "\n" && ($0.value < 0x20 || $0.properties.generalCategory == .format)
      })
    #expect(try JSONValue(parsing: Array(shown.utf8)) == document)
    #expect(Printable.escaped("grün → 😀\n") == "grün → 😀\n")
  }
}

@Suite("A run as it is seen from outside")
struct OutsideTests {
  private func started(_ journal: Journal) async throws -> Int64 {
    let run = try await journal.startRun()
    _ = try await journal.plan(
      (0..<4).map { number in
        .item(
          Change(
            table: "t", key: Key(["id": .number(Int64(number))]), before: nil,
            after: ["id": .number(Int64(number))]))
      }, run: run)
    try await journal.append(
      [try EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: ""))], run: run)
    return run
  }

  @Test("one that a process is at work on is under way, and a rollback that was stopped says so")
  func states() async throws {
    try await withJournal { journal in
      let run = try await started(journal)
      var counts = RunCounts()
      (counts.planned, counts.applied, counts.pending) = (4, 1, 3)
      let working = RunReport(try await journal.run(run), counts: counts)
      #expect(working.text.contains("applying (under way)") && working.text.contains("3 under way"))
      #expect(!working.text.contains("doubt"))
      try await journal.append(
        [
          try EventDraft(
            .interrupted, InterruptedDetail(cause: .signal, drained: true, message: "stopped by a signal")),
          try EventDraft(
            .rollbackStarted, RollbackStartedDetail(onConflict: "stop", table: nil, key: nil, reason: nil)),
          try EventDraft(
            .interrupted, InterruptedDetail(cause: .signal, drained: true, message: "stopped by a signal")),
        ], run: run)
      let stopped = RunReport(try await journal.run(run), counts: counts)
      #expect(stopped.text.contains("interrupted while undoing (stopped by a signal)"))
      #expect(stopped.text.contains("go on undoing"))
      #expect(RunListing([stopped]).text.contains("interrupted while undoing"))
      let check = try #require(Check.runs([stopped]).first)
      #expect(
        check.found.hasSuffix("is interrupted while undoing")
          && check.remedy?.contains("goes on undoing") == true)
    }
  }
}
