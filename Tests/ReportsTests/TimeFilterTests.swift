import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalReports
import Testing

@Suite("Times for --since and --until")
struct TimeFilterTests {
  @Test(
    "a day, a second and a fraction are read to the microsecond",
    arguments: [
      ("1970-01-01", 0), ("2026-11-23", 1_795_392_000_000_000), ("2024-02-29", 1_709_164_800_000_000),
      ("2000-03-01", 951_868_800_000_000), ("1969-12-31", -86_400_000_000),
      ("2026-11-23T05:14:02Z", 1_795_410_842_000_000), ("2026-11-23t05:14:02.113456z", startTime),
      ("2026-11-23T07:14:02+02:00", 1_795_410_842_000_000),
      ("2026-11-22T23:44:02-05:30", 1_795_410_842_000_000),
      ("2026-11-23T05:14:02.1134569Z", startTime), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
    ] as [(String, Int64)])
  func aTimeIsRead(text: String, expected: Int64) throws {
    #expect(try TimeFilter.microseconds(text) == expected)
  }

  @Test(
    "as an end, a time takes in all of the day, second or fraction that it names",
    arguments: [
      ("1970-01-01", 86_399_999_999), ("1970-01-01T00:00:00Z", 999_999),
      ("1970-01-01T00:00:00.113Z", 113_999),
      ("1970-01-01T00:00:00.113456Z", 113_456),
    ] as [(String, Int64)])
  func anEndTakesInTheUnitItNames(text: String, expected: Int64) throws {
    #expect(try TimeFilter.microseconds(text, as: .until) == expected)
  }

  @Test(
    "a number with a unit is so long ago",
    arguments: [("90s", 90), ("10m", 600), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800)]
      as [(String, Int64)])
  func ago(text: String, seconds: Int64) throws {
    #expect(try TimeFilter.microseconds(text, now: startTime) == startTime - seconds * 1_000_000)
    #expect(try TimeFilter.microseconds(text, as: .until, now: startTime) == startTime - seconds * 1_000_000)
  }

  @Test("a time may end at its minutes, which it then takes in")
  func minutes() throws {
    #expect(try TimeFilter.microseconds("1970-01-01T01:01Z") == 3_660_000_000)
    #expect(try TimeFilter.microseconds("1970-01-01T01:01Z", as: .until) == 3_719_999_999)
  }

  @Test("what reports print is read back")
  func whatIsPrintedIsReadBack() throws {
    let first = try TimeFilter.microseconds(Timestamp.text(startTime))
    let last = try TimeFilter.microseconds(Timestamp.text(startTime), as: .until)
    #expect((first...last).contains(startTime))
  }

  @Test(
    "anything else is refused with the form to write",
    arguments: [
      "", "yesterday", "2026-13-01", "2026-02-29", "2026-11-31", "2026-11-00", "2026-1-1", "2026-11-23T",
      "2026-11-23T05:14:02", "2026-11-23T24:00:00Z", "2026-11-23T05:14", "10", "m", "10y", "-5m", "12345678m",
      "2026-11-23T05:14:02.Z",
      "2026-11-23T05:14:02+0200", "2026-11-23Z", "1795410842", "２０２６-11-23",
    ])
  func anythingElseIsRefused(text: String) {
    #expect(throws: TimeFilterError(text: text)) { try TimeFilter.microseconds(text) }
    #expect(
      TimeFilterError(text: text).description
        == "'\(text)' is not a time: write it like 2026-11-23, 2026-11, 2026-11-23T05:14:02Z, or 10m for ten minutes ago"
    )
  }
}
