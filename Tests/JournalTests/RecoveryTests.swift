import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("Recovering a damaged journal")
struct RecoveryTests {
  private let later = ActorIdentity(user: "bob", uid: 7, host: "desk", tool: "test 2")

  /// Two runs, one of which was rolled back in part, and so on: enough of each kind of event.
  private func sample(_ folder: String) async throws -> String {
    let path = folder + "/journal.sqlite"
    let journal = try Journal(path: path, for: .append(JournalSample.actor))
    _ = try await journal.applied(Draft.many(3), "06-20261123-051402-aaaa")
    _ = try await journal.applied(Draft.many(2), "06-20261124-051402-bbbb")
    return path
  }

  private func recovery(_ path: String) -> JournalRecovery {
    JournalRecovery(path: path, as: later, reason: "OPS-7: found edited", clock: { JournalSample.time })
  }

  private func rows(_ path: String, upTo seq: Int64) throws -> [[String?]] {
    try Connection(path: path, mode: .readOnly)
      .statement(
        "SELECT seq, run, event, key, before, after, detail, hex(seals), hex(hash) FROM events WHERE seq <= ?1 ORDER BY seq"
      )
      .bind(1, seq).all { row in (0..<9).map { row.text(Int32($0)) } }
  }

  /// started, 3 planned, sealed, applyStarted, 3 applied, finished (10); started (11), 2 planned, sealed, applyStarted, …
  static let damages: [(sql: String, firstBad: Int64)] = [
    ("UPDATE events SET after = '{}' WHERE seq = 12", 12), ("DELETE FROM events WHERE seq = 15", 15),
    ("UPDATE events SET hash = zeroblob(32) WHERE seq = 18", 18),
    ("UPDATE events SET at = 1 WHERE seq = 2", 2),
    ("UPDATE events SET event = 'upgraded' WHERE seq = 14", 14),
    ("UPDATE events SET event = 'erased' WHERE seq = 14", 14),
    ("UPDATE events SET seals = x'03' WHERE seq = 13", 13),
    ("DELETE FROM events WHERE seq = 1", 1),
    ("INSERT INTO events (seq, run, event, at, actor, hash) VALUES (19, 11, 'note', 0, 1, zeroblob(32))", 19),
  ]

  @Test(
    "keeps what stands before the first bad event as it is, names the rest and puts it aside",
    arguments: damages)
  func prefix(damage: (sql: String, firstBad: Int64)) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Forger.edit(path, damage.sql)
      let (kept, whole) = (try rows(path, upTo: damage.firstBad - 1), try rows(path, upTo: .max))
      let lastHash = whole.last?[8]?.lowercased()
      #expect(try recovery(path).flaw() != nil)
      let result = try recovery(path).run()
      #expect(result.kept == damage.firstBad - 1 && result.firstBad?.seq == damage.firstBad)
      #expect(try rows(path, upTo: result.kept) == kept)
      #expect(try rows(result.evidence, upTo: .max) == whole, "the evidence is all that was found")
      #expect(result.evidence.hasPrefix(path + ".damaged-20261123-"))
      let journal = try Journal(path: path, for: .read)
      #expect(try await journal.verify().head == result.head)
      let event = try #require(try await journal.journalEvents(.recovered).first)
      let detail = try event.decode(RecoveredDetail.self)
      #expect(detail.kept == result.kept && detail.firstBad == damage.firstBad && detail.head == lastHash)
      #expect(detail.evidence == result.evidence.split(separator: "/").last.map(String.init))
      #expect(
        detail.reason == "OPS-7: found edited" && event.actor == later && event.at == JournalSample.time)
      #expect(detail.flaw == result.firstBad?.why)
      #expect(try await journal.hasRecovered(from: detail.head ?? ""))
    }
  }

  @Test("a run in what is kept is in doubt where its outcomes were lost, and goes on")
  func goesOn() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Forger.edit(path, "UPDATE events SET at = 1 WHERE seq = 8")
      #expect(try recovery(path).run().kept == 7)
      let journal = try Journal(path: path, for: .append(later))
      let fold = try await journal.run(named: "06-20261123")
      #expect(fold.position.state == .applying)
      let states = try await journal.changeStates(of: fold.number)
      #expect(states.applied.count == 1 && states.inDoubt.count == 2 && states.isUncertain)
      await #expect(throws: JournalError.unknownRun("06-20261124")) {
        try await journal.run(named: "06-20261124")
      }
      #expect(try await journal.rows(of: fold.number).count == 3)
      // A new run's number is its event's, though an event of the journal's own came between.
      let next = try await journal.applied(Draft.many(1), "06-20261125-051402-cccc")
      #expect(next == 9)
      try await verified(path)
    }
  }

  @Test(
    "what is wrong beside the events is put right, and every event is kept",
    arguments: [
      "CREATE TRIGGER extra AFTER INSERT ON events BEGIN SELECT 1; END", "CREATE TABLE extra (a)",
      "DROP VIEW runs",
      "DROP INDEX run_events", "DROP TRIGGER events_are_never_updated",
    ])
  func schema(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Connection(path: path, mode: .readWrite).execute(sql)
      let result = try recovery(path).run()
      #expect(result.kept == 18 && result.firstBad == nil)
      let journal = try Journal(path: path, for: .append(later))
      let detail = try await journal.journalEvents(.recovered)[0].decode(RecoveredDetail.self)
      #expect(detail.firstBad == nil && detail.flaw.contains("'"))
      #expect(try await journal.runs().map(\.position.state) == [.applied, .applied])
    }
  }

  @Test("a journal with nothing wrong is not recovered, and none is made of what is none")
  func nothingToDo() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      #expect(try recovery(path).flaw() == nil)
      #expect(throws: JournalError.notDamaged(path: path)) { try recovery(path).run() }
      #expect(throws: JournalError.missing(path: folder + "/none")) { try recovery(folder + "/none").run() }
      try Connection(path: folder + "/other", mode: .create).execute("CREATE TABLE t (a)")
      #expect(throws: JournalError.notAJournal(path: folder + "/other")) {
        try recovery(folder + "/other").run()
      }
    }
  }

  @Test("a journal that somebody appends to is not recovered")
  func inUse() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let writer = try Journal(path: path, for: .append(later))
      try Forger.edit(path, "UPDATE events SET at = 1 WHERE seq = 8")
      #expect(throws: JournalError.self) { try recovery(path).run() }
      #expect(await damage { _ = try await writer.verify() } == 8)
    }
  }

  @Test("a second recovery has its own evidence, and the first one's stays")
  func twice() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Forger.edit(path, "UPDATE events SET at = 1 WHERE seq = 16")
      let first = try recovery(path).run()
      try Forger.edit(path, "UPDATE events SET at = 1 WHERE seq = 9")
      let second = try recovery(path).run()
      #expect(first.evidence != second.evidence && second.kept == 8)
      #expect(FileManager.default.fileExists(atPath: first.evidence))
      try await verified(path)
    }
  }

  @Test(
    "a damaged journal of format 1 becomes one of format 2 with what can be verified",
    arguments: [1, 2, 12, 31] as [Int64])
  func firstFormat(event: Int64) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      try FileManager.default.copyItem(atPath: fixture("format-1/applied.sqlite"), toPath: path)
      try JournalSample.withoutTriggers(path) {
        try $0.execute("UPDATE events SET at = 1 WHERE seq = \(event)")
      }
      #expect(try recovery(path).run().kept == event - 1)
      #expect(try await verified(path).events == event + 1, "and the two events that say so")
    }
  }

  @Test(
    "an upgraded journal that is damaged in its part of format 1 is recovered to one that verifies",
    arguments: [
      ("UPDATE events SET at = 1 WHERE seq = 12", 11), ("UPDATE events SET at = 1 WHERE seq = 1", 0),
      ("UPDATE events SET at = 1 WHERE seq = 32", 31), ("DELETE FROM events WHERE seq = 32", 31),
      ("UPDATE events SET event = 'note' WHERE seq = 32", 31),
      ("UPDATE events SET event = 'upgraded' WHERE seq = 12", 11),
      ("UPDATE events SET at = 1 WHERE seq = 35", 34),
    ])
  func upgraded(sql: String, kept: Int64) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      try FileManager.default.copyItem(atPath: fixture("format-1/applied.sqlite"), toPath: path)
      do {
        let journal = try Journal(path: path, for: .append(later))
        _ = try await journal.applied(Draft.many(2), "06-20261124-051402-bbbb")
      }
      try Forger.edit(path, sql)
      #expect(try recovery(path).run().kept == kept)
      let journal = try Journal(path: path, for: .append(later))
      _ = try await journal.verify()
      _ = try await journal.applied(Draft.many(1), "06-20261125-051402-cccc")
      try await verified(path)
    }
  }

  @Test(
    "a journal whose erasure's event is lost, or whose remains were edited, is recovered to one that verifies",
    arguments: ["UPDATE events SET at = 1 WHERE seq = 19", "UPDATE events SET before = '{}' WHERE seq = 3"])
  func afterErasure(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let key = Array(#"{"id":{"S":"id-2"}}"#.utf8)
      _ = try await JournalErasure(path: path, as: later, .item(table: "operators", key: key), reason: "r")
        .run()
      try await verified(path)
      try Forger.edit(path, sql)
      #expect(try recovery(path).flaw() != nil)
      let result = try recovery(path).run()
      #expect(result.kept >= 18)
      try await verified(path)
      #expect(try recovery(path).flaw() == nil)
    }
  }

  @Test("a torn page is found, and what stands before it is kept")
  func torn() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      do { _ = try await Journal(path: path, for: .append(later)).applied(Draft.many(2_000)) }
      try Connection(path: path, mode: .plainWrite).execute("PRAGMA journal_mode = DELETE")
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      let size = try file.seekToEnd()
      try file.seek(toOffset: size / 2 / 8_192 * 8_192)
      try file.write(contentsOf: Data(repeating: 0xFF, count: 8_192))
      try file.close()
      await #expect(throws: JournalError.self) { try await verified(path) }
      let kept = try recovery(path).run().kept
      #expect(kept < 4_005)
      try await verified(path)
    }
  }

  @Test("whoever dies on the way leaves the damaged journal or the recovered one")
  func dies() async throws {
    try await withTemporaryFolder { folder in
      let live = folder + "/live"
      try FileManager.default.createDirectory(atPath: live, withIntermediateDirectories: true)
      let path = try await sample(live)
      try Forger.edit(path, "UPDATE events SET at = 1 WHERE seq = 16")
      let copies = FolderCopies(of: live, in: folder)
      try JournalRewriter(path: path).replace(keeping: path + ".damaged-1") { old, new in
        let copy = try JournalCopy(from: old, format: 2, to: new)
        try copies.take()
        #expect(try copy.verifiedPrefix() != nil)
        try copies.take()
      }
      try copies.take()
      for (index, copy) in copies.folders.enumerated() {
        let path = copy + "/journal.sqlite"
        if index < 2 { #expect(try recovery(path).run().kept == 15) }
        try await verified(path)
      }
    }
  }
}
