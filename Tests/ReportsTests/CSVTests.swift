import DynamoJournalEvents
import DynamoJournalReports
import Testing

@Suite("Comma-separated values")
struct CSVTests {
  @Test(
    "fields are quoted where RFC 4180 wants it",
    arguments: [
      ("", ""), ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""),
      ("two\nlines", "\"two\nlines\""),
    ])
  func quoting(text: String, field: String) { #expect(CSV.field(text) == field) }

  @Test(
    "what a spreadsheet would compute is a text", arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
  func formulas(text: String) {
    #expect(CSV.field(text).hasPrefix("'") || CSV.field(text).hasPrefix("\"'"))
  }

  @Test("a line ends as RFC 4180 says, and does nothing to a terminal")
  func line() {
    #expect(CSV.line(["a", nil, "b"]) == "a,,b\r\n")
    #expect(
      !CSV.line(["\u{1B}[31m", "\u{202E}x"]).unicodeScalars.contains { [0x1B, 0x202E].contains($0.value) })
  }
}

@Suite("How a change of an item stands")
struct ChangeStandingTests {
  @Test(
    "by the last event that made it or took it back",
    arguments: [
      ([EventKind.planned], ChangeStanding.planned), ([.planned, .applied], .standing),
      ([.planned, .failed], .failed), ([.planned, .applied, .compensated], .undone),
      ([.planned, .applied, .compensated, .reapplied], .standing),
      ([.planned, .applied, .failed], .standing), ([.planned, .failed, .applied], .standing),
    ])
  func standing(kinds: [EventKind], standing: ChangeStanding) {
    #expect(ChangeStanding(of: kinds) == standing)
  }
}

@Suite("A month as a time")
struct MonthTests {
  @Test("is from its first microsecond to its last")
  func month() throws {
    let first = try TimeFilter.microseconds("2026-11")
    #expect(first == (try TimeFilter.microseconds("2026-11-01")))
    #expect(
      try TimeFilter.microseconds("2026-11", as: .until) == TimeFilter.microseconds("2026-11-30", as: .until))
    #expect(try TimeFilter.microseconds("2026-12", as: .until) == TimeFilter.microseconds("2027-01-01") - 1)
    for text in ["2026-13", "2026-00", "2026-1", "2026-11-"] {
      #expect(throws: TimeFilterError.self) { _ = try TimeFilter.microseconds(text) }
    }
  }
}
