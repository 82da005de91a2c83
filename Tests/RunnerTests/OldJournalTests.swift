import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

/// Journals and stores of the release of format 1: what it planned is applied, what it applied is undone.
@Suite("Going on with a journal of format 1")
struct OldJournalTests {
  /// Only its name is asked for: the plan stands in the journal.
  private static let migration = Toy(name: "04_remove_discord_username_attribute") { _ in
    Issue.record("planned anew")
  }

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("JournalTests/Fixtures/format-1").path

  private func bench(_ folder: String, journal: String, store: String) throws -> Workbench {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (from, to) in [(journal, "journal"), (store, "tables")] {
      try FileManager.default.copyItem(
        atPath: "\(Self.fixtures)/\(from).sqlite", toPath: "\(folder)/\(to).sqlite")
    }
    return try Workbench(folder)
  }

  /// What the old stores hold, before and after.
  private func contents(_ folder: String) async throws -> (before: [String], after: [String]) {
    let before = try await bench(folder + "/b", journal: "planned", store: "before").contents()
    let after = try await bench(folder + "/a", journal: "planned", store: "tables").contents()
    #expect(before.count { $0.contains("discordUsername") } == 12 && before.count == after.count)
    #expect(after.allSatisfy { !$0.contains("discordUsername") })
    return (before, after)
  }

  @Test("a dry run is applied as it was reviewed, undone, and made again")
  func planned() async throws {
    try await withTemporaryFolder { folder in
      let (before, after) = try await contents(folder)
      let bench = try bench(folder + "/live", journal: "planned", store: "before")
      let digest = try #require(try await bench.fold().plan?.digest)
      let result = try await bench.resume(Self.migration, RunRequest(digest: digest))
      #expect(result.end == .done && result.counts.applied == 12)
      #expect(try await bench.contents() == after)
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.contents() == before)
      #expect(try await bench.redo().fold.position.state == .applied)
      #expect(try await bench.contents() == after)
      _ = try await bench.events()
    }
  }

  @Test("a run that was applied is undone and made again", arguments: ["applied", "hurt"])
  func applied(name: String) async throws {
    try await withTemporaryFolder { folder in
      let (before, after) = try await contents(folder)
      let bench = try bench(folder + "/live", journal: name, store: "tables")
      #expect(try await bench.resume(Self.migration).end == .done, "it is done")
      let undone = try await bench.rollback().result
      #expect(undone.fold.position.state == .rolledBack && undone.counts.compensated == 12)
      #expect(try await bench.contents() == before)
      #expect(try await bench.redo().fold.position.state == .applied)
      #expect(try await bench.contents() == after)
      _ = try await bench.events()
    }
  }

  @Test(
    "a run that died is resumed and undone, whether its writes had arrived or not",
    arguments: ["before", "tables"])
  func doubt(store: String) async throws {
    try await withTemporaryFolder { folder in
      let (before, after) = try await contents(folder)
      let resumed = try bench(folder + "/resumed", journal: "doubt", store: store)
      #expect(try await resumed.resume(Self.migration).counts.applied == 12)
      #expect(try await resumed.contents() == after)
      #expect(try await resumed.rollback().result.counts.compensated == 12)
      #expect(try await resumed.contents() == before)
      let undone = try bench(folder + "/undone", journal: "doubt", store: store)
      #expect(try await undone.rollback().result.fold.position.state == .rolledBack)
      #expect(try await undone.contents() == before)
    }
  }

  @Test("an altered plan is not written: neither the digest that it was approved by nor the chain holds it")
  func altered() async throws {
    try await withTemporaryFolder { folder in
      _ = try bench(folder + "/live", journal: "planned", store: "before")
      let path = folder + "/live/journal.sqlite"
      try JournalSample.edit(
        path, "UPDATE events SET after = '{\"discordUsername\":{\"S\":\"eve\"}}' WHERE seq = 9")
      let bench = try Workbench(folder + "/live")
      let contents = try await bench.contents()
      await #expect(throws: JournalError.self) { try await bench.resume(Self.migration) }
      #expect(try await bench.contents() == contents)
      #expect(await bench.store.callCount == 0)
    }
  }
}
