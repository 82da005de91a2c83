import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Selected changes")
struct SelectedChangesTests {
  @Test("are written as ranges and read back", arguments: ["", "1", "1-3", "2 4-6 9", "3-7 9 12-20"])
  func roundTrip(text: String) throws {
    let read = try #require(SelectedChanges(text, most: 20))
    #expect(read.text == text)
    var other = SelectedChanges()
    for change in (1...20).reversed() where read.contains(change) { other.insert(change) }
    #expect(other == read && other.count == read.count)
  }

  @Test(
    "are refused where they are not what a program wrote",
    arguments: ["0", "2 1", "3-2", "1-", "a", "1-2-3", "21", "1-21", "-1", "1 1"])
  func refused(text: String) { #expect(SelectedChanges(text, most: 20) == nil) }

  @Test("are those of the rollback that stands behind them, and of no other")
  func fold() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(
        path: folder + "/journal.sqlite", for: .append(JournalSample.actor), clock: { JournalSample.time })
      let changes = (1...3).map { number in
        EventDraft.planned(
          .item(
            Change(
              table: "toys", key: Key(["id": .string("\(number)")]), before: [:], after: ["a": .bool(true)])),
          change: number, unit: number, stage: 1)
      }
      let run = try await journal.applied(changes, "06-20261123-051402-aaaa")
      let terms = try EventDraft(
        .rollbackStarted, RollbackStartedDetail(onConflict: "stop", table: nil, key: nil))
      let chosen = try #require(SelectedChanges("2-3", most: 3))
      let selected = try EventDraft(
        .selected, SelectedDetail(chosen, table: nil, keys: 2, attributes: nil, condition: nil))
      try await journal.append([selected, terms], run: run)
      #expect(try await journal.run(run).selection == chosen)
      try await journal.finish(.applied, run)
      #expect(try await journal.run(run).rollback?.isPartial == false)
      try await journal.append([selected], run: run)
      try await journal.append([terms], run: run)
      #expect(try await journal.run(run).selection == chosen)
      try await journal.finish(.incomplete, run)
      try await journal.append([terms], run: run)
      #expect(try await journal.run(run).selection == nil)
      _ = try await journal.verify()
    }
  }
}
