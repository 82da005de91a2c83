import Foundation
import DynamoJournalSQLite
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("Erasing values")
struct ErasureTests {
  private static let table = "people"
  private static let day: Int64 = 86_400_000_000

  private static func key(_ id: String) -> DynamoJournalTables.Key { Key(["id": .string(id)]) }

  private static func bytes(_ id: String) -> [UInt8] { DynamoDBJSON.bytes(key(id).attributes) }

  /// A change of a person: a name that is long, and a pin that is short enough to be guessed.
  private static func change(_ id: String, _ table: String = table) -> Change {
    Change(
      table: table, key: key(id), before: ["name": .string("name of \(id)"), "pin": .string("pin-\(id)")],
      after: ["name": .string("other name of \(id)"), "pin": .string("nip-\(id)")])
  }

  /// A journal with a run on three people that has failures with what was found, notes, a reply, and a forced rollback; and a
  /// run a day later on one of another table.
  private func sample(_ folder: String) async throws -> String {
    let path = folder + "/journal.sqlite"
    let time = Time()
    let journal = try Journal(path: path, for: .append(JournalSample.actor), clock: { time.value })
    let run = try await journal.begin("06-20261123-051402-aaaa")
    var reply = try EventDraft(.input, InputDetail(name: "i", piece: 0, last: true, source: "file:///i"))
    reply.body = Array("a reply about people".utf8)
    var note = try EventDraft(
      .note, NoteDetail(category: .data, code: "c", message: "the person anya has no address"))
    (note.table, note.key) = (Self.table, Self.bytes("anya"))
    let checkpoint = CheckpointDetail(
      step: "people", position: #"{"id":{"S":"anya"}}"#, completed: [], counters: [], changes: 0, units: 0,
      tally: [])
    try await journal.append([reply, note, try EventDraft(.checkpoint, checkpoint)], run: run)
    let people = ["anya", "bob", "cy"]
    let drafts = people.enumerated().map {
      EventDraft.planned(.item(Self.change($1)), change: $0 + 1, unit: $0 + 1, stage: 1)
    }
    let sealed = try await journal.plan(drafts, run: run)
    try await journal.append(
      [EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: sealed.digest))], run: run)
    let changes = try await journal.planned(of: run, after: run, limit: 3).map { try $0.change() }
    let found = #"{"id":{"S":"bob"},"name":{"S":"found name of bob"},"phone":{"S":"phone of bob"}}"#
    try await journal.append(
      [
        .outcome(.applied, of: changes[0]),
        .outcome(.failed, of: changes[1], OutcomeDetail(code: "conflict", message: "m", found: found)),
        .outcome(.applied, of: changes[2]),
      ], run: run)
    try await journal.finish(.incomplete, run)
    try await rollBack(journal, run, changes)
    time.value += Self.day
    let later = try await journal.applied(
      [EventDraft.planned(.item(Self.change("dan", "pets")), change: 1, unit: 1, stage: 1)],
      "06-20261124-051402-bbbb")
    #expect(later > run)
    return path
  }

  private func rollBack(_ journal: Journal, _ run: Int64, _ changes: [PlannedChange]) async throws {
    let terms = RollbackStartedDetail(
      onConflict: "force", table: Self.table, key: String(decoding: Self.bytes("anya"), as: UTF8.self))
    try await journal.append([EventDraft(.rollbackStarted, terms)], run: run)
    let forced = Change(
      table: Self.table, key: Self.key("anya"),
      before: ["name": .string("newer name of anya"), "phone": .string("phone of anya")],
      after: ["name": .string("name of anya")])
    let event = try await journal.append([.overwriting(forced, planned: changes[0])], run: run)
    try await journal.append(
      [.outcome(.compensated, of: changes[0], OutcomeDetail(forced: true, overwrote: event))], run: run)
    try await journal.finish(.incomplete, run)
  }

  private final class Time: @unchecked Sendable {
    // Only the journal, an actor, asks while the test waits for it.
    var value = JournalSample.time
  }

  private func erase(_ path: String, _ scope: ErasureScope, reason: String = "GDPR-1") async throws
    -> JournalErasure.Result
  {
    try await JournalErasure(
      path: path, as: JournalSample.actor, scope, reason: reason, clock: { JournalSample.time + 2 * Self.day }
    ).run()
  }

  // MARK: What goes

  @Test("an item's values are nowhere in the file any more, nor is what plain digests would confirm of them")
  func item() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let digest = try #require(try await Journal(path: path, for: .read).run(1).plan?.digest.dropFirst(7))
      let hashes = try hashes(path)
      let result = try await erase(path, .item(table: Self.table, key: Self.bytes("anya")))
      #expect(result.runs == ["06-20261123-051402-aaaa"] && result.runsWithInputs == result.runs)
      for text in ["anya", String(digest)] {
        #expect(try !holds(path, text), "\(text)")
      }
      for text in ["name of bob", "found name of bob", "pin-cy", "name of dan", "a reply about people"] {
        #expect(try holds(path, text), "\(text)")
      }
      #expect(try Array(self.hashes(path).dropLast()) == hashes, "the chain is the one that it was")
      try await verified(path)
    }
  }

  @Test("an attribute's values go from every image, and from what was found, and nothing else does")
  func attribute() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let result = try await erase(path, .attribute("name", table: nil))
      #expect(result.runs.count == 2)
      for text in ["name of anya", "name of bob", "name of cy", "name of dan"] {
        #expect(try !holds(path, text), "\(text)")
      }
      for text in ["phone of bob", "pin-anya", "nip-bob", "pin-dan", #"{"S":"anya"}"#] {
        #expect(try holds(path, text), "\(text)")
      }
      try await verified(path)
    }
  }

  @Test("an attribute goes from what was found and overwritten, also where the run's change did not touch it")
  func attributeFound() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      for (table, isGone) in [("pets", false), ("people", true)] {
        let scope = ErasureScope.attribute("phone", table: table)
        if isGone {
          _ = try await erase(path, scope)
        } else {
          await #expect(throws: JournalError.nothingToErase) { try await erase(path, scope) }
        }
        for text in ["phone of bob", "phone of anya"] { #expect(try holds(path, text) != isGone, "\(text)") }
      }
      try await verified(path)
      let journal = try Journal(path: path, for: .read)
      #expect(try await journal.rows(of: 1).allSatisfy { !$0.isErased }, "no planned change lost a value")
    }
  }

  @Test("the key's attribute goes from keys, notes, terms of rollbacks and positions of the planner")
  func keyAttribute() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      _ = try await erase(path, .attribute("id", table: nil))
      for text in [#""S":"anya""#, #"\"S\":\"anya\""#, #""S":"bob""#, #"\"S\":\"bob\""#, "the person anya"] {
        #expect(try !holds(path, text), "\(text)")
      }
      try await verified(path)
    }
  }

  @Test(
    "a change that lost one attribute is not written from what is left: half an image would make half an item"
  )
  func halfAnImage() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      _ = try await erase(path, .attribute("name", table: "people"))
      let journal = try Journal(path: path, for: .read)
      let rows = try await journal.rows(of: 1)
      #expect(rows.count == 3 && rows.allSatisfy(\.isErased))
      for row in rows { #expect(throws: JournalError.erased(event: row.seq)) { try row.change() } }
      let states = try await journal.changeStates(of: 1)
      let event = try #require(states.overwriting(of: 1, byRedo: false))
      await #expect(throws: JournalError.erased(event: event)) {
        try await journal.overwriting(event, of: Self.change("anya"))
      }
    }
  }

  @Test("an attribute of one table stays in another")
  func attributeOfTable() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      #expect(try await erase(path, .attribute("name", table: "pets")).runs == ["06-20261124-051402-bbbb"])
      #expect(try !holds(path, "name of dan"))
      #expect(try holds(path, "name of anya"))
      try await verified(path)
    }
  }

  @Test("runs that ended before a date lose every value, replies, notes and keys in terms included")
  func before() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let result = try await erase(path, .before(JournalSample.time + Self.day / 2))
      #expect(result.runs == ["06-20261123-051402-aaaa"] && result.runsWithInputs == [])
      for text in ["anya", "bob", "pin-cy"] { #expect(try !holds(path, text), "\(text)") }
      #expect(try holds(path, "name of dan"))
      try await verified(path)
      let journal = try Journal(path: path, for: .read)
      #expect(try await journal.runs().map(\.position.state) == [.incomplete, .applied])
      #expect(try await journal.failures(of: 1).map(\.code) == ["conflict"])
      for try await _ in try await journal.audit(AuditFilter()) {}
    }
  }

  @Test(
    "neither digests nor salts of what was erased stay, so that a short value can't be confirmed by guessing")
  func guessing() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let salts = try values(
        path, "SELECT seals FROM events WHERE event = 'planned' AND change = 1 AND run = 1")
      _ = try await erase(path, .item(table: Self.table, key: Self.bytes("anya")))
      let row = try #require(
        try values(path, "SELECT seals FROM events WHERE event = 'planned' AND change = 1 AND run = 1").first)
      let seals = try #require(EventSeals.read(row))
      #expect(seals.count { if case .erased = $0 { true } else { false } } == 3)
      #expect(!seals.contains { if case .salt = $0 { true } else { false } })
      for seal in try #require(EventSeals.read(salts.first)) {
        guard case .salt(let salt) = seal else { continue }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).firstRange(of: Data(salt)) == nil)
      }
      let details = try values(
        path, "SELECT detail FROM events WHERE event IN ('sealed', 'applyStarted') AND run = 1")
      #expect(details.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("sha256:") })
      // Not even a digest of the item's key alone, without a salt.
      #expect(try !holds(path, Hexadecimal.text(Array(EventSeals.digest(Self.bytes("anya"), salt: [])))))
    }
  }

  @Test("neither log, nor free page, nor a half-made file keeps what was erased")
  func files() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      _ = try await erase(path, .item(table: Self.table, key: Self.bytes("anya")))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["journal.sqlite", "journal.sqlite.lock"])
      for name in names { #expect(try !holds(folder + "/" + name, "pin-anya")) }
    }
  }

  @Test("an event says who erased what, when, and why, and names no value")
  func event() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let result = try await erase(path, .item(table: Self.table, key: Self.bytes("anya")))
      let journal = try Journal(path: path, for: .read)
      let event = try #require(try await journal.journalEvents(.erased).first)
      let detail = try event.decode(ErasedDetail.self)
      #expect(detail.what == "one item of table 'people'" && detail.reason == "GDPR-1" && detail.runs == [1])
      #expect(detail.events == result.events && result.events > 5)
      #expect(event.actor == JournalSample.actor && event.at == JournalSample.time + 2 * Self.day)
      #expect(await journal.head == result.head && result.head.seq == event.seq)
    }
  }

  // MARK: Afterwards

  @Test("a second erasure over the first one leaves a chain that verifies, and finds nothing twice")
  func twice() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let anya = ErasureScope.item(table: Self.table, key: Self.bytes("anya"))
      _ = try await erase(path, .attribute("pin", table: nil))
      _ = try await erase(path, anya)
      await #expect(throws: JournalError.nothingToErase) { try await erase(path, anya) }
      _ = try await erase(path, .before(JournalSample.time + Self.day / 2))
      try await verified(path)
      #expect(try await Journal(path: path, for: .read).journalEvents(.erased).count == 3)
      for text in ["pin-", "anya", "bob"] { #expect(try !holds(path, text), "\(text)") }
    }
  }

  static let edits = [
    "UPDATE events SET before = '{}' WHERE event = 'planned' AND change = 1 AND run = 1",
    "UPDATE events SET detail = replace(detail, 'erased', 'sha256:00') WHERE event = 'sealed' AND run = 1",
    "UPDATE events SET after = '{}' WHERE event = 'overwriting'",
    "UPDATE events SET detail = replace(detail, 'forced', 'foundSo') WHERE event = 'compensated'",
    "UPDATE events SET before = replace(before, 'bob', 'eve') WHERE event = 'planned' AND change = 2 AND run = 1",
    "UPDATE events SET detail = replace(detail, 'GDPR-1', 'GDPR-2') WHERE event = 'erased'",
    "DELETE FROM events WHERE event = 'erased'",
    "UPDATE events SET seals = NULL WHERE event = 'planned' AND change = 1 AND run = 1",
    "UPDATE events SET key = NULL, before = NULL, after = NULL, seals = x'03' WHERE event = 'planned' AND change = 3",
  ]

  @Test("an edit of what remains is found", arguments: edits)
  func tampered(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      _ = try await erase(path, .item(table: Self.table, key: Self.bytes("anya")))
      try await verified(path)
      try Forger.edit(path, sql)
      await #expect(throws: JournalError.self) { try await verified(path) }
    }
  }

  @Test("who takes values out without saying so is found, though the digests are right")
  func silently() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try JournalSample.withoutTriggers(path) { connection in
        let rows = try connection.statement(Queries.everyEvent).bind(1, 0).bind(2, -1).all { EventRow($0) }
        let row = try #require(rows.first { $0.isOf(.planned) })
        let seals = try #require(EventSeals.read(row.seals)).enumerated().map { index, seal in
          guard case .salt(let salt) = seal, let value = row.fields[index] else { return seal }
          return EventSeals.Seal.erased(Array(EventSeals.digest(value, salt: salt))[...])
        }
        try connection.statement(
          "UPDATE events SET key = NULL, before = NULL, after = NULL, seals = ?1 WHERE seq = ?2"
        ).bind(1, blob: EventSeals.bytes(seals)).bind(2, row.seq).run()
      }
      await #expect(throws: JournalError.self) { try await verified(path) }
    }
  }

  @Test(
    "the plan's other rows are still held to the chain, forward and backward, and the erased one can't be written"
  )
  func reading() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      _ = try await erase(path, .item(table: Self.table, key: Self.bytes("anya")))
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let rows = try await journal.rows(of: 1)
      #expect(rows.map(\.isErased) == [true, false, false])
      #expect(throws: JournalError.erased(event: rows[0].seq)) { try rows[0].change() }
      #expect(try rows[1].change().intended == .item(Self.change("bob")))
      try Forger.edit(
        path, "UPDATE events SET after = replace(after, 'nip-cy', 'nip-xx') WHERE event = 'planned'")
      await #expect(throws: JournalError.self) { try await journal.rows(of: 1) }
    }
  }

  // MARK: What is refused

  @Test(
    "values of a run that has not ended are needed to go on with it: nothing is erased",
    arguments: [
      RunState.planning, .planned, .applying, .rollingBack,
    ])
  func unfinished(state: RunState) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      do {
        let journal = try Journal(path: path, for: .append(JournalSample.actor))
        if state == .rollingBack {
          try await journal.append(
            [EventDraft(.rollbackStarted, RollbackStartedDetail(onConflict: "stop", table: nil, key: nil))],
            run: 1)
        } else {
          let run = try await journal.begin("06-20261125-051402-cccc")
          let drafts = [EventDraft.planned(.item(Self.change("anya")), change: 1, unit: 1, stage: 1)]
          if state == .planning { try await journal.append(drafts, run: run) }
          if state != .planning {
            let sealed = try await journal.plan(drafts, run: run)
            let detail = ApplyStartedDetail(confirmedBy: "--yes", digest: sealed.digest)
            if state == .applying { try await journal.append([EventDraft(.applyStarted, detail)], run: run) }
          }
        }
      }
      let head = try await verified(path)
      let run = state == .rollingBack ? "06-20261123-051402-aaaa" : "06-20261125-051402-cccc"
      let anya = ErasureScope.item(table: Self.table, key: Self.bytes("anya"))
      await #expect(throws: JournalError.unfinishedRuns([run])) { try await erase(path, anya) }
      let look = JournalErasure(path: path, as: JournalSample.actor, anya, reason: "r")
      await #expect(throws: JournalError.unfinishedRuns([run])) { try await look.look() }
      #expect(try await verified(path) == head)
      #expect(try holds(path, "pin-anya"))
    }
  }

  @Test(
    "a look tells what would go, and erases nothing; nothing to erase is refused",
    arguments: [
      ErasureScope.item(table: "people", key: Array(#"{"id":{"S":"nobody"}}"#.utf8)),
      .attribute("none", table: nil),
      .attribute("name", table: "none"), .before(0),
    ])
  func nothing(scope: ErasureScope) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let head = try await verified(path)
      await #expect(throws: JournalError.nothingToErase) { try await erase(path, scope) }
      let look = JournalErasure(
        path: path, as: JournalSample.actor, .item(table: Self.table, key: Self.bytes("anya")), reason: "r")
      #expect(try await look.look().runs == ["06-20261123-051402-aaaa"])
      #expect(try await verified(path) == head)
      #expect(try holds(path, "pin-anya"))
    }
  }

  @Test("a damaged journal is refused before anything is erased")
  func damaged() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      try Forger.edit(path, "UPDATE events SET at = 1 WHERE seq = 3")
      await #expect(throws: JournalError.self) { try await erase(path, .attribute("name", table: nil)) }
      #expect(try holds(path, "name of anya"))
    }
  }

  @Test("whoever dies on the way leaves the journal with the values or the one without them, and both verify")
  func dies() async throws {
    try await withTemporaryFolder { folder in
      let live = folder + "/live"
      try FileManager.default.createDirectory(atPath: live, withIntermediateDirectories: true)
      let path = try await sample(live)
      let copies = FolderCopies(of: live, in: folder)
      let scope = ErasureScope.item(table: Self.table, key: Self.bytes("anya"))
      // The clock is asked when the journal is opened, and again when all is copied and the event is to be written.
      _ = try await JournalErasure(
        path: path, as: JournalSample.actor, scope, reason: "r",
        clock: {
          do { try copies.take() } catch { Issue.record(error) }
          return JournalSample.time
        }
      ).run()
      try copies.take()
      #expect(copies.folders.count >= 2)
      for (index, copy) in copies.folders.enumerated() {
        let path = copy + "/journal.sqlite"
        try await verified(path)
        let isLast = index == copies.folders.count - 1
        #expect(try holds(path, "pin-anya") == !isLast)
        if !isLast { _ = try await erase(path, scope) }
        #expect(try !holds(path, "pin-anya"))
        #expect(!FileManager.default.fileExists(atPath: path + ".new"), "what was half made is gone, too")
        try await verified(path)
      }
    }
  }

  // MARK: Format 1

  @Test(
    "what a program of format 1 wrote is erased, too: its hashes are kept and what is left is covered",
    arguments: [
      ErasureScope.item(table: "operators", key: Array(#"{"discordId":{"S":"1007"}}"#.utf8)),
      .attribute("discordUsername", table: nil), .before(JournalSample.time + 30 * day),
    ])
  func firstFormat(scope: ErasureScope) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      try FileManager.default.copyItem(atPath: fixture("format-1/applied.sqlite"), toPath: path)
      let head = try await Journal(path: path, for: .read).head
      _ = try await erase(path, scope)
      let journal = try Journal(path: path, for: .read)
      #expect(try await journal.hash(at: head.seq) == head.hexadecimal)
      try await verified(path)
      #expect(try !holds(path, #""user7""#))
      let rows = try await journal.rows(of: 1)
      #expect(rows.count == 12)
      for sql in [
        "UPDATE events SET before = '{\"a\":{\"S\":\"b\"}}' WHERE seq = 3",
        "UPDATE events SET actor = 99 WHERE seq = 3",
        "UPDATE events SET planned = 5 WHERE seq = 3 ", "UPDATE events SET at = at + 1 WHERE seq = 3",
        "UPDATE events SET shard = 1 WHERE seq = 3", "UPDATE events SET unit = 2 WHERE seq = 3",
        "UPDATE events SET hash = zeroblob(32) WHERE seq = 3",
      ] {
        let copy = folder + "/copy.sqlite"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        try JournalSample.withoutTriggers(copy) {
          // Another actor that there is: a missing one is found in any case.
          try $0.execute(
            "INSERT INTO actors SELECT 99, 'eve', uid, host, arn, access_key, claims, tool FROM actors WHERE id = 1"
          )
          try $0.execute(sql)
        }
        await #expect(throws: JournalError.self, "\(sql)") { try await verified(copy) }
      }
    }
  }

  private func hashes(_ path: String) throws -> [[UInt8]] {
    try values(path, "SELECT hash FROM events ORDER BY seq")
  }

  private func values(_ path: String, _ sql: String) throws -> [[UInt8]] {
    try Connection(path: path, mode: .readOnly).statement(sql).all { $0.bytes(0) ?? [] }
  }
}
