import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Foundation
import Testing

@Suite("The changes of a run as comma-separated values")
struct ChangeTableTests {
  private func write(_ journal: Journal, _ run: Int64) async throws -> [String] {
    var text = ""
    let report = try await DetailedReport(RunReport(try await journal.run(run)), journal)
    try await report.write(.csv) { text += $0 }
    return text.components(separatedBy: "\r\n")
  }

  @Test("each change has a line with its images and what came of it")
  func aLineAChange() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan(
        [approve("1"), approve("2"), create("3", ["name": .string("a \"b\", c\nd")]), approve("4")], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(.applied, changes[0], run: run)
      try await journal.outcome(
        .failed, changes[1], run: run, OutcomeDetail(code: "conflict", message: "=1+1"))
      try await journal.outcome(.applied, changes[2], run: run)
      try await journal.startRollback(run: run)
      try await journal.outcome(.compensated, changes[2], run: run)
      let lines = try await write(journal, run)
      #expect(
        lines[0] == "run,change,unit,stage,kind,table,key,before,after,state,at,by,code,message,found")
      let start = "06-20261123-051402-k3f9"
      #expect(
        lines[1]
          == "\(start),1,1,0,update,\(operators),\"{\"\"discordId\"\":{\"\"S\"\":\"\"1\"\"}}\",\"{\"\"isApproved\"\":{\"\"BOOL\"\":false}}\","
          + "\"{\"\"isApproved\"\":{\"\"BOOL\"\":true}}\",applied,2026-11-23T05:14:05.113Z,ada@engine,,,")
      #expect(lines[2].hasSuffix(",failed,2026-11-23T05:14:06.113Z,ada@engine,conflict,'=1+1,"))
      #expect(lines[3].contains(#"""S"":""a \""b\"", c\nd"""#))
      #expect(lines[3].contains(",undone,"))
      #expect(lines[4].hasSuffix(",not sent,,,,,"))
      #expect(lines.count == 6)
      #expect(lines[5] == "")
    }
  }

  @Test(
    "what a spreadsheet takes for a formula is text",
    arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
  func formulasAreDefused(field: String) {
    #expect(ChangeTable.line([field]).first == "'")
    #expect(ChangeTable.line([field]).dropLast().contains { $0 == "\t" || $0 == "\r" } == false)
  }

  @Test("fields with commas and quotation marks are quoted; others are as they are")
  func fieldsAreQuoted() {
    #expect(ChangeTable.line(["a", "b,c", "d\"e", ""]) == "a,\"b,c\",\"d\"\"e\",\r\n")
  }

  @Test("a run whose plan is not whole has no line but the first")
  func noPlan() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      #expect(try await write(journal, run).count == 2)
    }
  }
}
