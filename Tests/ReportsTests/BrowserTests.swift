import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

/// The page in headless Chromium. Where there is none the suite is skipped, but not where REQUIRE_BROWSER says that there must be
/// one, as CI does.
@Suite("The page of a run in a browser", .enabled(if: Browser.isWanted), .serialized)
struct BrowserTests {
  private static let evil =
    "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\u{202E}\u{2028}"

  /// A run of some changes, of which the second failed; each seventh item has a hostile name.
  private func page(_ folder: String, changes count: Int) async throws -> String {
    let path = folder + "/report.html"
    try await withJournal { journal in
      let run = try await journal.startRun(reason: Self.evil)
      try await journal.note(.data, "hostile", Self.evil, run: run, table: operators)
      let planned = (1...count).map { number in
        number % 7 == 0
          ? create("\(number) \(Self.evil)", ["name": .string(Text(Self.evil))]) : approve("\(number)")
      }
      let tally = PlanTally(table: operators, creates: count / 7, updates: count - count / 7)
      let changes = try await journal.plan(planned, run: run, tally: [tally])
      try await journal.startApplying(run: run)
      for start in stride(from: 0, to: count, by: 1_000) {
        try await journal.append(
          try changes[start..<min(count, start + 1_000)].map { change in
            change.ordinal == 2
              ? try .outcome(.failed, of: change, OutcomeDetail(code: "conflict", message: Self.evil))
              : try .outcome(.applied, of: change)
          }, run: run)
      }
      try await journal.finish(
        .incomplete, run: run, counts: counts(planned: count, applied: count - 1, failed: 1, notes: 1))
      try Data().write(to: URL(fileURLWithPath: path))
      let file = try #require(FileHandle(forWritingAtPath: path))
      let report = try await DetailedReport(RunReport(try await journal.run(run), verified: true), journal)
      try await report.write(.html) { try file.write(contentsOf: Data($0.utf8)) }
      try file.close()
    }
    return path
  }

  private static let rows = "document.querySelectorAll('#rows .row').length"
  private static let firstKey = "document.querySelector('#rows .row').children[3].textContent"
  private static let count = "document.getElementById('count').textContent"
  private static func search(_ text: String) -> [Browser.Step] {
    [
      .evaluate("void (document.getElementById('search').value = '\(text)')"),
      .evaluate("void document.getElementById('search').dispatchEvent(new Event('input'))"),
    ]
  }

  @Test("it has its parts, filters, sorts and searches, and asks nothing of any network")
  func elements() async throws {
    try await withTemporaryFolder { folder in
      let path = try await page(folder, changes: 60)
      let steps: [Browser.Step] =
        [
          .evaluate("document.documentElement.dataset.ready"),
          .evaluate("[...document.querySelectorAll('h2')].map((one) => one.textContent).join('|')"),
          .evaluate(Self.count),
          .evaluate("document.querySelectorAll('svg rect').length > 2"),
          .choose("state", "4"), .evaluate(Self.count), .evaluate(Self.firstKey), .choose("state", ""),
          .choose("kind", "0"), .evaluate(Self.count), .choose("kind", ""),
        ] + Self.search("discordid=33") + [
          .until("\(Self.count) !== '60 changes'"), .evaluate(Self.count), .evaluate(Self.firstKey),
        ] + Self.search("") + [
          .until("\(Self.count) === '60 changes'"),
          .evaluate("document.querySelector('[data-column=\"0\"]').click()"),
          .evaluate("document.querySelector('#rows .row').children[0].textContent"),
          .evaluate("document.querySelector('[data-column=\"0\"]').parentElement.getAttribute('aria-sort')"),
        ]
      let seen = try await Browser.open(path, steps)
      #expect(seen.faults.isEmpty, "\(seen.faults)")
      #expect(seen.requests == ["file://" + path])
      #expect(
        seen.answers == [
          "true",
          "About the run|Timeline|Throughput|data errors: not applied, conflict (1 change)|changes by table|Notes|Changes",
          "60 changes", "true", "1 of 60 changes", "discordId=2", "8 of 60 changes", "1 of 60 changes",
          "discordId=33", "60", "descending",
        ])
    }
  }

  @Test("what items hold runs nothing, and is shown as it is")
  func hostileItems() async throws {
    try await withTemporaryFolder { folder in
      let path = try await page(folder, changes: 7)
      let seen = try await Browser.open(
        path,
        [
          .evaluate("document.querySelectorAll('#rows .row')[6].click()"),
          .evaluate(
            "document.getElementById('diff').textContent.includes('</script><script>window.hit = 1</script>')"
          ),
          .evaluate("document.getElementById('diff').textContent.includes('\\\\u{202e}')"),
          .evaluate("document.querySelectorAll('img').length"),
          .evaluate("String(window.hit)"),
          // The policy of the page lets no script run that somebody puts in.
          .evaluate(
            "(() => { const made = document.createElement('script'); made.textContent = 'window.hit = 2'; document.body.append(made); return String(window.hit) })()"
          ),
        ])
      #expect(seen.answers == ["true", "true", "0", "undefined", "undefined"])
    }
  }

  @Test("the keyboard reaches the table and goes through it")
  func keyboard() async throws {
    try await withTemporaryFolder { folder in
      let path = try await page(folder, changes: 60)
      let chosen = "document.querySelector('#rows [aria-selected=true]').children[0].textContent"
      let focused = "document.activeElement.id"
      let seen = try await Browser.open(
        path,
        [
          .evaluate("document.getElementById('search').focus()"), .key("Tab"), .evaluate(focused),
          .key("Tab"),
          .key("Tab"), .key("Tab"), .evaluate("document.activeElement.textContent"), .key("Tab"), .key("Tab"),
          .key("Tab"), .key("Tab"), .key("Tab"), .key("Tab"), .evaluate(focused), .key("ArrowDown"),
          .evaluate(chosen), .key("ArrowDown"), .evaluate(chosen),
          .evaluate("document.getElementById('diff').textContent.includes('discordId=2: failed')"),
          .key("End"),
          .evaluate(chosen),
          .evaluate(
            "document.getElementById(document.getElementById('rows').getAttribute('aria-activedescendant')).children[0].textContent"
          ), .key("Home"), .evaluate(chosen),
          .evaluate("getComputedStyle(document.getElementById('rows')).outlineStyle"),
        ])
      #expect(
        seen.answers == ["table", "Change", "rows", "1", "2", "true", "60", "60", "1", "solid"])
    }
  }

  @Test("text can be read in the light and in the dark, and nothing is wider than a phone")
  func contrastAndWidth() async throws {
    try await withTemporaryFolder { folder in
      let path = try await page(folder, changes: 60)
      let choose = Browser.Step.evaluate("document.querySelectorAll('#rows .row')[1].click()")
      let seen = try await Browser.open(
        path,
        [
          .scheme("light"), choose, .evaluate(Browser.pale), .scheme("dark"), .evaluate(Browser.pale),
          .evaluate("getComputedStyle(document.body).backgroundColor"), .size(360, 740),
          .evaluate("document.documentElement.scrollWidth"),
          .evaluate("document.querySelectorAll('#rows .row').length > 5"),
        ])
      #expect(seen.answers == ["", "", "rgb(15, 19, 24)", "360", "true"])
    }
  }

  @Test("100,000 changes are opened and filtered with a handful of rows in the page; all can be reached")
  func manyChanges() async throws {
    try await withTemporaryFolder { folder in
      let path = try await page(folder, changes: 100_000)
      let steps: [Browser.Step] =
        [.evaluate(Self.count), .evaluate("\(Self.rows) < 40")] + Self.search("discordid=99999") + [
          .until("\(Self.count) !== '100,000 changes'"), .evaluate(Self.count), .evaluate(Self.firstKey),
        ] + Self.search("") + [
          .until("\(Self.count) === '100,000 changes'"), .evaluate("document.getElementById('rows').focus()"),
          .key("End"),
          .evaluate("document.querySelector('#rows [aria-selected=true]').children[0].textContent"),
          .evaluate("\(Self.rows) < 40"),
        ]
      let seen = try await Browser.open(path, steps)
      #expect(seen.faults.isEmpty)
      #expect(
        seen.answers == [
          "100,000 changes", "true", "1 of 100,000 changes", "discordId=99999", "100,000", "true",
        ])
    }
  }
}
