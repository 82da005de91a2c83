import Foundation
import DynamoJournalEvents
import DynamoJournalSQLite
import DynamoJournalTables
import TestSupport
import Testing

/// The chain and the digests of plans, computed by a program in another language that was written from docs/journal.md.
@Suite("The encoding that docs/journal.md describes")
struct DocumentedChainTests {
  private func check(_ path: String) async throws -> String {
    let done = try await Shell.run("/usr/bin/env", ["python3", fixture("check_journal.py"), path])
    #expect(done.status == 0, "\(done.errors)")
    return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func sample(_ folder: String, _ count: Int = 3) async throws -> String {
    let path = folder + "/journal.sqlite"
    let claims = ActorIdentity(
      user: "ada", uid: 1_000, host: "engine", arn: "arn:aws:iam::1:user/ada", accessKeyID: "AKIA",
      claims: ["sudo": "root", "ci": "https://ci/1"], tool: "test 2")
    let journal = try Journal(path: path, for: .append(claims))
    let run = try await journal.applied(Draft.many(count))
    let rows = try await journal.planned(of: run, after: run, limit: count)
    try await journal.append(
      [EventDraft(.rollbackStarted, RollbackStartedDetail(onConflict: "force", table: nil, key: nil))],
      run: run)
    let forced = EventDraft.overwriting(Draft.change(1).inverse, planned: try rows[0].change())
    try await journal.append([forced], run: run)
    return path
  }

  @Test("gives the head that the program tells, for actors with and without claims, images and bodies")
  func agrees() async throws {
    try await withTemporaryFolder { folder in
      for path in [try await sample(folder), try await JournalSample.write(in: folder + "/2")] {
        let head = try await verified(path)
        #expect(try await check(path) == "intact \(head.events) \(head.head.description)")
      }
    }
  }

  @Test("takes a program of 74 lines, as the page says")
  func size() throws {
    let text = try String(contentsOfFile: fixture("check_journal.py"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count <= 74 && lines.allSatisfy { $0.count <= 124 })
  }

  @Test("gives the digest of a plan of several blocks")
  func blocks() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.begin()
      #expect(try await journal.plan(Draft.many(10_001), run: run).blocks?.count == 2)
      let head = await journal.head
      #expect(try await check(path) == "intact \(head.seq) \(head.description)")
    }
  }

  /// Edits of a finished run of three changes: `started`, three `planned`, `sealed`, `applyStarted`, three `applied`, `finished`.
  static let edits: [(String, Int64)] = [
    ("UPDATE events SET after = replace(after, 'new', 'bad') WHERE seq = 3", 3),
    (
      "UPDATE events SET seals = CAST(substr(seals, 1, 5) || x'00' || substr(seals, 7) AS BLOB) WHERE seq = 3",
      3
    ),
    ("UPDATE events SET stage = 2 WHERE seq = 3", 3), ("UPDATE events SET shard = 1 WHERE seq = 4", 4),
    ("UPDATE events SET attempt = 1 WHERE seq = 4", 4), ("UPDATE events SET key = NULL WHERE seq = 4", 4),
    ("UPDATE actors SET uid = 0", 1), ("UPDATE actors SET claims = NULL", 1),
    ("UPDATE actors SET access_key = NULL", 1), ("DELETE FROM events WHERE seq = 5", 5),
    ("UPDATE events SET hash = zeroblob(32) WHERE seq = 8", 8),
  ]

  @Test("finds an edit at the event at which the program finds it", arguments: edits)
  func tampered(edit: (sql: String, event: Int64)) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Forger.edit(path, edit.sql)
      #expect(try await check(path) == "bad \(edit.event)")
      #expect(await damage { _ = try await verified(path) } == edit.event)
    }
  }

  @Test("finds a plan that is not what was sealed in a chain that is right")
  func otherPlan() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Forger.rewrite(path, "UPDATE events SET after = replace(after, 'new', 'bad') WHERE seq = 3")
      #expect(try await check(path) == "bad 5")
      #expect(await damage { _ = try await verified(path) } == 5)
    }
  }

  @Test(
    "covers the part of format 1 of a journal that was upgraded",
    arguments: ["planned", "applied", "doubt", "hurt"])
  func upgraded(name: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      try FileManager.default.copyItem(atPath: fixture("format-1/\(name).sqlite"), toPath: path)
      _ = try Journal(path: path, for: .append(JournalSample.actor))
      let head = try await verified(path)
      #expect(try await check(path) == "intact \(head.events) \(head.head.description)")
      try Forger.edit(path, "UPDATE events SET before = replace(before, 'user', 'else') WHERE seq = 5")
      #expect(try await check(path) == "bad 5")
    }
  }

  @Test("covers what erasures leave")
  func erased() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try await Journal(path: path, for: .append(JournalSample.actor)).finish(.rolledBack, 1)
      let key = Array(#"{"id":{"S":"id-2"}}"#.utf8)
      let head = try await JournalErasure(
        path: path, as: JournalSample.actor, .item(table: "operators", key: key), reason: "asked"
      ).run().head
      #expect(try await check(path) == "intact \(head.seq) \(head.description)")
      try Forger.edit(path, "UPDATE events SET after = '{}' WHERE seq = 3")
      #expect(try await check(path) == "bad remains")
    }
  }

  @Test("gives the hash of the first event by sha256sum alone")
  func byHand() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      let connection = try Connection(path: path, mode: .readOnly)
      let row = try #require(
        try connection.statement("SELECT detail, seals, hex(hash) FROM events WHERE seq = 1").first {
          (detail: $0.bytes(0) ?? [], seals: $0.bytes(1) ?? [], hash: $0.text(2))
        })
      // NULL for the other four columns, and the salt of `detail`, the fourth.
      #expect(row.seals.count == 21 && row.seals[0..<4] == [0, 0, 0, 1] && row.seals.last == 0)
      let actor = try await Self.sha256(
        text("alice") + [0] + text("build-7") + [0, 0, 0] + text("test 1"))
      let detail = try await Self.sha256(Array(row.seals[4..<20]) + row.detail)
      let encoding =
        [UInt8](repeating: 0, count: 32) + number(1) + number(1) + text("started")
        + number(UInt64(JournalSample.time)) + blob(actor) + [0, 0, 0, 0, 0, 0, 0] + [0, 0, 0] + blob(detail)
        + [0]
      #expect(try await Self.sha256(encoding).map { String($0, radix: 16) } == Self.bytes(row.hash ?? ""))
    }
  }

  private func length(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
  private func number(_ value: UInt64) -> [UInt8] { [1] + length(value) }
  private func text(_ value: String) -> [UInt8] { [2] + length(UInt64(value.utf8.count)) + Array(value.utf8) }
  private func blob(_ value: [UInt8]) -> [UInt8] { [3] + length(UInt64(value.count)) + value }

  private static func bytes(_ hexadecimal: String) -> [String] {
    let digits = Array(hexadecimal.lowercased())
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
    .map { String($0, radix: 16) }
  }

  private static func sha256(_ input: [UInt8]) async throws -> [UInt8] {
    let output = try await Shell.run("/usr/bin/env", ["sha256sum"], input: input).output
    let digits = Array(output.prefix(64))
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
  }
}
