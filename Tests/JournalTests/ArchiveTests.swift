import Foundation
import DynamoJournalSQLite
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("Archiving runs")
struct ArchiveTests {
  private static let day: Int64 = 86_400_000_000

  /// Three runs, one a day; the second one is what `middle` makes of it.
  private func sample(
    _ folder: String, _ middle: (Journal, Int64) async throws -> Void = { _, _ in }
  ) async throws -> String {
    let path = folder + "/journal.sqlite"
    let clock = Clock()
    let journal = try Journal(path: path, for: .append(JournalSample.actor), clock: { clock.value })
    _ = try await journal.applied(Draft.many(3), "06-20261123-051402-aaaa")
    clock.value += Self.day
    let run = try await journal.applied([Draft.draft(1, name: "second")], "06-20261124-051402-bbbb")
    try await middle(journal, run)
    clock.value += Self.day
    _ = try await journal.applied([Draft.draft(1, name: "third")], "06-20261125-051402-cccc")
    return path
  }

  private final class Clock: @unchecked Sendable {
    // Only the journal, an actor, asks while the test waits for it.
    var value = JournalSample.time
  }

  private func archive(_ path: String, to file: String, days: Int64) -> JournalArchive {
    JournalArchive(
      path: path, as: JournalSample.actor, before: JournalSample.time + days * Self.day, to: file,
      reason: "OPS-9", clock: { JournalSample.time + 9 * Self.day })
  }

  private func hashes(_ path: String) throws -> [Int64: String] {
    let rows = try Connection(path: path, mode: .readOnly)
      .statement("SELECT seq, hex(hash) FROM events").all { ($0.integer(0), $0.text(1) ?? "") }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  private func documented(_ path: String) async throws -> String {
    let done = try await Shell.run("/usr/bin/env", ["python3", fixture("check_journal.py"), path])
    #expect(done.status == 0, "\(done.errors)")
    return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("leaves two journals that verify, with every event in one of them and its hash as it was")
  func whole() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let (before, file) = (try hashes(path), folder + "/old.sqlite")
      let id = try await Journal(path: path, for: .read).id()
      let result = try await archive(path, to: file, days: 2).run()
      #expect(result.runs.map(\.run) == ["06-20261123-051402-aaaa", "06-20261124-051402-bbbb"])
      let (old, new) = (try hashes(file), try hashes(path))
      let cut = try #require(old.keys.max())
      #expect(old == before.filter { $0.key <= cut })
      #expect(new.filter { before[$0.key] != nil } == before.filter { $0.key > cut })
      #expect(new.count == before.count - old.count + 1)
      let (journal, archived) = (try Journal(path: path, for: .read), try Journal(path: file, for: .read))
      #expect(try await journal.verify().head == result.head)
      #expect(try await archived.verify().head == result.archive)
      #expect(try await journal.id() == id)
      #expect(try await archived.id() == id)
      #expect(try await journal.runs().map(\.started.run) == ["06-20261125-051402-cccc"])
      #expect(try await archived.runs().count == 2)
      let detail = try #require(try await journal.archives().first)
      let fileHead = await archived.head.hexadecimal
      #expect(detail.through == cut && detail.fileHead == fileHead)
      for part in [path, file] {
        let verified = try await Journal(path: part, for: .read).verify()
        #expect(try await documented(part) == "intact \(verified.events) \(verified.head.description)")
      }
      await #expect(throws: JournalError.archivedRun("06-20261123-051402-aaaa", file: "old.sqlite")) {
        _ = try await journal.run(named: "06-20261123")
      }
    }
  }

  @Test(
    "goes to no file of the journal's own, by whatever name",
    arguments: [
      "journal.sqlite", "hard", "soft", "journal.sqlite-wal", "journal.sqlite.new",
      "sub/../journal.sqlite.items",
    ])
  func ownFile(name: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let files = FileManager.default
      try files.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
      try files.linkItem(atPath: path, toPath: folder + "/hard")
      try files.createSymbolicLink(atPath: folder + "/soft", withDestinationPath: path)
      let before = try hashes(path)
      let file = folder + "/" + name
      await #expect(throws: JournalError.ownFile(path: file)) {
        _ = try await archive(path, to: file, days: 1).run()
      }
      await #expect(throws: JournalError.ownFile(path: file)) {
        _ = try await archive(path, to: file, days: 1).look()
      }
      #expect(try hashes(path) == before)
    }
  }

  @Test("goes on: runs are begun, and archived again, and both archives verify")
  func again() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      _ = try await archive(path, to: folder + "/1.sqlite", days: 1).run()
      do {
        let journal = try Journal(path: path, for: .append(JournalSample.actor))
        _ = try await journal.applied(Draft.many(2), "06-20261126-051402-dddd")
      }
      let second = try await archive(path, to: folder + "/2.sqlite", days: 2).run()
      #expect(second.runs.map(\.run) == ["06-20261124-051402-bbbb"])
      for name in ["journal.sqlite", "1.sqlite", "2.sqlite"] {
        let file = folder + "/" + name
        let found = try await verified(file)
        #expect(try await documented(file) == "intact \(found.events) \(found.head.description)")
      }
      let all = try await ["1.sqlite", "2.sqlite", "journal.sqlite"].asyncMap {
        try await Journal(path: folder + "/" + $0, for: .read).runs().map(\.started.run.last)
      }
      #expect(all == [["a"], ["b"], ["c", "d"]])
    }
  }

  @Test("stops before a run that has not ended, and says which")
  func blocked() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder) { journal, run in
        try await journal.append(
          [EventDraft(.rollbackStarted, RollbackStartedDetail(onConflict: "stop", table: nil, key: nil))],
          run: run)
        try await journal.finish(.incomplete, run)
      }
      let result = try await archive(path, to: folder + "/old.sqlite", days: 5).run()
      #expect(result.runs.count == 1 && result.blockedBy?.started.run == "06-20261124-051402-bbbb")
      let before = try hashes(path)
      await #expect(throws: JournalError.nothingToArchive(blockedBy: "06-20261124-051402-bbbb")) {
        _ = try await archive(path, to: folder + "/more.sqlite", days: 5).run()
      }
      await #expect(throws: JournalError.nothingToArchive(blockedBy: "06-20261124-051402-bbbb")) {
        _ = try await archive(path, to: folder + "/more.sqlite", days: 0).run()
      }
      #expect(try hashes(path) == before)
      #expect(!FileManager.default.fileExists(atPath: folder + "/more.sqlite"))
    }
  }

  @Test("what was erased stays covered, in the archive and in the journal")
  func erased() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let key = DynamoDBJSON.bytes(["id": .string("id-1")])
      _ = try await JournalErasure(
        path: path, as: JournalSample.actor, .item(table: "operators", key: key), reason: "GDPR-1"
      ).run()
      _ = try await archive(path, to: folder + "/old.sqlite", days: 1).run()
      for name in ["journal.sqlite", "old.sqlite"] {
        let file = folder + "/" + name
        let found = try await verified(file)
        #expect(try await documented(file) == "intact \(found.events) \(found.head.description)")
        try Forger.edit(file, "UPDATE events SET key = '{}' WHERE event = 'planned' AND key IS NULL")
        #expect(await damage { try await verified(file) } != nil, "\(name)")
      }
    }
  }

  @Test("an end that was cut off, another beginning and another event are found")
  func forged() async throws {
    let edits = [
      "DELETE FROM events WHERE seq = (SELECT min(seq) FROM events)",
      "DELETE FROM events WHERE event = 'archived'",
      "UPDATE events SET detail = json_set(detail, '$.head', hex(zeroblob(32))) WHERE event = 'archived'",
      "UPDATE events SET detail = json_set(detail, '$.through', 1) WHERE event = 'archived'",
      "UPDATE events SET after = '{}' WHERE event = 'planned'",
    ]
    for edit in edits {
      try await withTemporaryFolder { folder in
        let path = try await sample(folder)
        _ = try await archive(path, to: folder + "/old.sqlite", days: 2).run()
        try Forger.edit(path, edit)
        #expect(await damage { try await verified(path) } != nil, "\(edit)")
        #expect(try await documented(path).hasPrefix("bad"), "\(edit)")
      }
    }
  }

  @Test("a recovery keeps where the journal was cut")
  func recovered() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let result = try await archive(path, to: folder + "/old.sqlite", days: 2).run()
      let last = try #require(result.head).seq
      try Forger.edit(path, "UPDATE events SET actor = 1, at = at + 1 WHERE seq = \(last - 1)")
      let recovered = try JournalRecovery(path: path, as: JournalSample.actor, reason: "OPS-7").run()
      #expect(recovered.firstBad?.seq == last - 1)
      let journal = try Journal(path: path, for: .read)
      _ = try await journal.verify()
      #expect(try await journal.runs().count == 1)
      #expect(try await journal.archives().count == 1)
    }
  }

  @Test("a file that is something else is left alone; one that a dead process wrote is taken")
  func existing() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let (before, file) = (try hashes(path), folder + "/old.sqlite")
      try "mine".write(toFile: file, atomically: true, encoding: .utf8)
      await #expect(throws: JournalError.archiveExists(path: file)) {
        _ = try await archive(path, to: file, days: 2).run()
      }
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
      #expect(try hashes(path) == before)
      try FileManager.default.removeItem(atPath: file)
      let copy = folder + "/copy.sqlite"
      _ = try Connection(path: path, mode: .plainWrite).statement("PRAGMA journal_mode = DELETE").first { _ in
        0
      }
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      _ = try await archive(copy, to: file, days: 2).run()
      let result = try await archive(path, to: file, days: 2).run()
      #expect(result.runs.count == 2)
      _ = try await verified(path)
    }
  }
}

extension Array {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}

@Suite("Where a journal is cut")
struct ArchiveCutTests {
  private func part(_ first: Int64, _ last: Int64, _ mayLeave: Bool = true, needs: [Int64] = [])
    -> ArchiveCut.Part
  {
    ArchiveCut.Part(first: first, last: last, mayLeave: mayLeave, needs: needs)
  }

  @Test("only whole runs leave, and nothing that stays stands before them")
  func cuts() {
    #expect(ArchiveCut.find([]) == ArchiveCut(through: nil, blockedBy: nil))
    #expect(ArchiveCut.find([part(1, 5)]) == ArchiveCut(through: 5, blockedBy: nil))
    #expect(ArchiveCut.find([part(1, 5), part(6, 9, false)]) == ArchiveCut(through: 5, blockedBy: 6))
    #expect(ArchiveCut.find([part(1, 5, false), part(6, 9)]) == ArchiveCut(through: nil, blockedBy: 1))
    #expect(ArchiveCut.find([part(1, 9), part(4, 6, false)]) == ArchiveCut(through: nil, blockedBy: 4))
    #expect(ArchiveCut.find([part(1, 7), part(4, 6), part(8, 8), part(9, 12, false)]).through == 8)
    #expect(ArchiveCut.find([part(1, 3), part(4, 9), part(7, 8, false)]).through == 3)
  }

  @Test("what a run that stays still reads does not leave")
  func needs() {
    let parts = [part(1, 3), part(4, 6), part(7, 9, false, needs: [5])]
    #expect(ArchiveCut.find(parts).through == 3)
    #expect(ArchiveCut.find([part(1, 3), part(4, 6), part(7, 9, false, needs: [2])]).through == nil)
    #expect(ArchiveCut.find([part(1, 3), part(4, 6, needs: [2]), part(7, 9, false)]).through == 6)
  }
}
