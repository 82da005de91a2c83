import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalReports
import Testing

@Suite("The doctor's report") struct DoctorReportTests {
  @Test("a line for each check, failures in capitals, and a line that counts them")
  func text() {
    let report = DoctorReport(
      target: "aws", migration: nil,
      checks: [
        Check(.target, of: "aws", .ok, "answers"),
        Check(.table, of: "operators", .fail, "there is no such table", remedy: "set the name"),
        Check(.clock, .warn, "70 s behind", remedy: "set the clock"),
        .skipped(.caller, since: "nobody\u{1B}[31m answers"),
      ])
    #expect(
      report.text == """
        ok    target aws       answers
        FAIL  table operators  there is no such table: set the name
        warn  clock            70 s behind: set the clock
        skip  caller           not looked at, since nobody\\u{1b}[31m answers
        4 checks: 1 ok, 1 warning, 1 failed, 1 not looked at

        """)
    #expect(!report.isHealthy)
  }

  @Test("one JSON object with every member, null where there is nothing to say")
  func json() throws {
    let report = DoctorReport(
      target: nil, migration: "06", checks: [Check(.disk, of: "/x", .warn, "little", remedy: "free some")])
    let json = try JSONValue(parsing: report.jsonText)
    #expect(
      json == [
        "target": .null, "migration": "06", "healthy": true,
        "counts": ["ok": 0, "warn": 1, "fail": 0, "skip": 0],
        "checks": [
          ["check": "disk", "subject": "/x", "mark": "warn", "found": "little", "remedy": "free some"]
        ],
      ])
  }

  @Test("an error is shown as what is wrong and what to do")
  func explained() {
    let check = Check(.journal, saying: Explanation("it is in use: by 12", "wait"))
    #expect(check.mark == .fail && check.found == "it is in use: by 12" && check.remedy == "wait")
    #expect(Check(.journal, .warn, saying: Explanation("it is odd")).remedy == nil)
  }

  @Test(
    "the clock: a minute is fine, five are too much",
    arguments: [
      (0, Check.Mark.ok), (60, .ok), (-60, .ok), (61, .warn), (300, .warn), (-300, .warn), (301, .fail),
      (-301, .fail), (.min, .fail), (nil, .skip),
    ] as [(Int64?, Check.Mark)])
  func clock(offset: Int64?, mark: Check.Mark) {
    let check = Check.clock(offset: offset)
    #expect(check.mark == mark)
    #expect((check.remedy != nil) == [.warn, .fail].contains(mark))
  }

  @Test(
    "the disk: below 1 GB is little, below 50 MB too little",
    arguments: [
      (1_000_000_000, Check.Mark.ok), (999_999_999, .warn), (50_000_000, .warn), (49_999_999, .fail),
      (0, .fail), (nil, .skip),
    ] as [(Int64?, Check.Mark)])
  func disk(free: Int64?, mark: Check.Mark) {
    #expect(Check.disk(free: free, folder: ".").mark == mark)
  }

  @Test("room is told in changes, roughly")
  func room() {
    #expect(
      Check.disk(free: 75_000_000_000, folder: ".").found == "75 GB free, room for about 100 million changes")
    #expect(
      Check.disk(free: 75_000_000, folder: ".").found == "75 MB free, room for about 100 thousand changes")
    #expect(Check.disk(free: 7_500, folder: ".").found == "0 MB free, room for about 10 changes")
  }
}
