import Testing

@testable import SpartaJournalCommands

@Suite("The line of progress") struct ProgressTests {
  @Test("it says how far, how fast, how long still, and for how long requests were held back")
  func text() {
    #expect(
      ProgressPrinter.text("applying", done: 1_200, total: 24_000, seconds: 3)
        == "applying 1200 of 24000 (5 %), 400/s, 57 s left")
    #expect(
      ProgressPrinter.text("applying", done: 0, total: 10, seconds: 12, throttled: 11)
        == "applying 0 of 10 (0 %), 0/s, throttled 11 s")
    #expect(
      ProgressPrinter.text("exporting", done: 30, total: 20, seconds: 2)
        == "exporting 30 of 20 (100 %), 15/s, 0 s left")
  }
}
