import DynamoJournalExports
import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Restoring a backup")
struct RestoreTests {
  /// Runs `body` with toys, a backup of each kind and what is journaled of the export.
  private func withBackups(
    _ count: Int = 1_200, _ body: (Workbench, StoredBackup, StoredBackup, BackedUpDetail) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, count)
      let own = StoredBackup(try await bench.tables.backUp("toys", as: "own"))
      let export = try await ExportFolder(besideJournal: bench.journal.path).export(
        "toys", of: bench.tables, as: "export",
        origin: ExportOrigin(target: "local:test", run: nil, createdAt: 1), settings: [:]
      ) { _ in }
      try await body(bench, own, StoredBackup(export), BackedUpDetail(export))
    }
  }

  private func restore(
    _ bench: Workbench, _ backup: StoredBackup, _ journaled: BackedUpDetail? = nil, to table: String = "copy"
  ) async throws -> Restore.Result {
    try await Restore(bench.store, target: "local:test", stop: bench.stop).restore(
      backup, journaled: journaled, hasExactCounts: true, to: table)
  }

  /// What restoring throws.
  private func failure(_ body: () async throws -> Restore.Result) async -> (any Error)? {
    do {
      _ = try await body()
      return nil
    } catch { return error }
  }

  @Test func bothKindsGiveATableOfTheSameItemsAndCountThem() async throws {
    try await withBackups { bench, own, export, journaled in
      for (backup, table) in [(own, "copy-1"), (export, "copy-2")] {
        let result = try await restore(bench, backup, journaled, to: table)
        #expect(result.counted == 1_200 && result.expected == 1_200 && result.isExact && result.isWhole)
        #expect(result.table.spec == TableSpec(name: table, key: Toy.toys.key))
        #expect(try await items(bench, table) == items(bench, "toys"))
      }
    }
  }

  private func items(_ bench: Workbench, _ table: String) async throws -> [String] {
    var lines: [String] = []
    try await TableReader(bench.tables).forEachPage(of: table) { items in
      lines += items.map { DynamoDBJSON.text($0) }
      return true
    }
    return lines.sorted()
  }

  @Test func aTableThatExistsIsNeverRestoredOver() async throws {
    try await withBackups(3) { bench, own, export, _ in
      let before = try await bench.contents()
      for backup in [own, export] {
        let error = await failure { try await restore(bench, backup, to: "boxes") }
        #expect("\(error as? Refusal, default: "none")".contains("table 'boxes' exists"))
      }
      #expect(try await bench.contents() == before)
    }
  }

  @Test func anExportThatIsDamagedOrNotTheJournaledOneMakesNothing() async throws {
    try await withBackups(3) { bench, _, export, journaled in
      var other = journaled
      other.digest = "sha256:00"
      let replaced = await failure { try await restore(bench, export, other) }
      #expect("\(replaced as? Refusal, default: "none")".contains("replaced since"))
      let path = try #require(export.export).itemsPath
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[20] ^= 4
      try bytes.write(to: URL(fileURLWithPath: path))
      let damaged = await failure { try await restore(bench, export, journaled) }
      #expect("\(damaged as? FileError, default: "none")".contains("it is not what was exported"))
      #expect(try await bench.tables.describe("copy") == nil)
    }
  }

  @Test(arguments: [0, 2, 4, 30])
  func anExportWhoseManifestHasAnotherCountThanItsItemsMakesNothing(count: Int) async throws {
    try await withBackups(3) { bench, _, export, journaled in
      let path = try #require(export.export).path + "/manifest.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let changed = text.replacing(#""items": 3"#, with: #""items": \#(count)"#)
      try #require(changed != text)
      try changed.write(toFile: path, atomically: true, encoding: .utf8)
      let wrong = StoredBackup(try TableExport(path: path))
      for journaled in [journaled, nil] {
        let error = await failure { try await restore(bench, wrong, journaled) }
        let words = "\(error as? Refusal, default: "none")"
        #expect(words.contains("holds 3 items and its manifest says \(count)"), "\(words)")
        #expect(try await bench.tables.describe("copy") == nil)
      }
    }
  }

  @Test func aRestoreThatIsCutShortSaysWhatIsLeftAndHowToGoOn() async throws {
    try await withBackups { bench, _, export, journaled in
      var faults = FaultyStore.Faults()
      faults.lostPuts = [await bench.store.puts + 3]
      await bench.store.set(faults)
      let error = await failure { try await restore(bench, export, journaled) }
      let words = "\(error as? RestoreCutShort, default: "none")"
      #expect(words.contains("table 'copy' holds 1000 of 1200 items") && words.contains("tables import copy"))
      let again = await failure { try await restore(bench, export, journaled) }
      #expect("\(again as? Refusal, default: "none")".contains("tables import copy"))
      bench.stop.request()
      let stopped = await failure { try await restore(bench, export, journaled, to: "other") }
      #expect("\(stopped as? RestoreCutShort, default: "none")".contains("table 'other' holds 0 of 1200"))
    }
  }
}
