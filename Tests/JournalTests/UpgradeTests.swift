import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalEvents

/// Journals that the release of format 1 wrote: a dry run, a run that was applied, one that died after its writes and before
/// their outcomes, and one with an event behind its end that the table of states does not allow.
@Suite("A journal of format 1")
struct UpgradeTests {
  private static let names = ["planned", "applied", "doubt", "hurt"]
  private static let states: [String: RunState] = [
    "planned": .planned, "applied": .applied, "doubt": .applying, "hurt": .applied,
  ]

  private func copied(_ name: String, _ folder: String) throws -> String {
    let path = folder + "/journal.sqlite"
    try FileManager.default.copyItem(atPath: fixture("format-1/\(name).sqlite"), toPath: path)
    return path
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("is read as it is, and no byte of it changes", arguments: names)
  func read(name: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try copied(name, folder)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      for access in [Journal.Access.read, .look] {
        let journal = try Journal(path: path, for: access)
        #expect(journal.fileFormat == 1)
        let fold = try await journal.run(named: "latest")
        #expect(fold.position.state == Self.states[name])
        #expect(fold.started.migration == "04_remove_discord_username_attribute")
        #expect(try await journal.changeStates(of: fold.number).planned == 12)
        #expect(try await journal.rows(of: fold.number).map(\.ordinal) == Array(1...12))
        #expect(try await journal.verify().head == journal.head)
        #expect(try await journal.id()?.count == 64)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test(
    "is rewritten when it is opened for appending; its events, its head and the old file stay",
    arguments: names)
  func upgraded(name: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try copied(name, folder)
      let head = try await Journal(path: path, for: .read).head
      do {
        let journal = try Journal(
          path: path, for: .append(JournalSample.actor), clock: { JournalSample.time })
        #expect(journal.fileFormat == 2)
        #expect(await journal.head.seq == head.seq + 1)
        #expect(try await journal.hash(at: head.seq) == head.hexadecimal)
        let found = try await journal.verify(lookingFor: head.hash, at: head.seq)
        #expect(found.place == head.seq && found.hashThere == head.hash)
        let event = try #require(try await journal.journalEvents(.upgraded).first)
        #expect(try event.decode(UpgradedDetail.self).from == 1)
        #expect(
          event.seq == head.seq + 1 && event.actor == JournalSample.actor && event.at == JournalSample.time)
        #expect(try await journal.run(named: "latest").position.state == Self.states[name])
      }
      // Once is enough.
      do { _ = try Journal(path: path, for: .append(JournalSample.actor)) }
      let names = Set(try files(folder).filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") })
      #expect(names == ["journal.sqlite", "journal.sqlite.format-1", "journal.sqlite.lock"])
      #expect(try await verified(path).events == head.seq + 1)
      #expect(try await verified(path + ".format-1").head == head, "all of it")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test("names the event behind its end, and the run stands where it stood without it")
  func hurt() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: try copied("hurt", folder), for: .append(JournalSample.actor))
      let fold = try await journal.run(named: "latest")
      #expect(fold.passedOver == [PassedOverEvent(seq: 32, kind: .interrupted, state: .applied)])
      #expect(fold.position.state == .applied && !fold.hasDoubt)
      #expect(try await journal.find("latest", .changedTables).fold.number == 1)
    }
  }

  @Test(
    "keeps no value that is erased in the file that it was, however many there are; what is not ours stays",
    arguments: [false, true])
  func erased(isUpgradedBefore: Bool) async throws {
    try await withTemporaryFolder { folder in
      let path = try copied("applied", folder)
      if isUpgradedBefore {
        do { _ = try Journal(path: path, for: .append(JournalSample.actor)) }
        try FileManager.default.copyItem(atPath: path + ".format-1", toPath: path + ".format-1-2")
        // Another journal, a note, evidence: not what this journal was.
        try FileManager.default.copyItem(
          atPath: fixture("format-1/planned.sqlite"), toPath: path + ".format-1-3")
        try Data("username".utf8).write(to: URL(fileURLWithPath: path + ".format-1.txt"))
        try Data("username".utf8).write(to: URL(fileURLWithPath: path + ".damaged-20261126"))
      }
      let result = try await JournalErasure(
        path: path, as: JournalSample.actor, .before(.max), reason: "asked"
      ).run()
      let deleted = isUpgradedBefore ? [".format-1", ".format-1-2"] : [".format-1"]
      #expect(result.deleted == deleted.map { path + $0 })
      #expect(
        result.kept == (isUpgradedBefore ? [".format-1-3", ".damaged-20261126"] : []).map { path + $0 })
      for file in deleted { #expect(!FileManager.default.fileExists(atPath: path + file)) }
      for file in result.kept { #expect(FileManager.default.fileExists(atPath: file)) }
      #expect(FileManager.default.fileExists(atPath: path + ".format-1.txt") == isUpgradedBefore)
      let journal = try Journal(path: path, for: .read)
      let event = try #require(try await journal.journalEvents(.erased).first).decode(ErasedDetail.self)
      #expect(event.deleted == deleted.map { "journal.sqlite" + $0 })
      try await verified(path)
    }
  }

  @Test("goes on in format 2, and both parts are verified", arguments: ["applied", "hurt"])
  func goesOn(name: String) async throws {
    try await withTemporaryFolder { folder in
      let path = try copied(name, folder)
      do {
        let journal = try Journal(path: path, for: .append(JournalSample.actor))
        try await journal.append(
          [EventDraft(.rollbackStarted, RollbackStartedDetail(onConflict: "stop", table: nil, key: nil))],
          run: 1)
        _ = try await journal.applied(Draft.many(3), "06-20261127-051402-k3f9")
      }
      try await verified(path)
      try Forger.edit(path, "UPDATE events SET before = replace(before, 'user', 'else') WHERE seq = 4")
      #expect(await damage { _ = try await verified(path) } == 4)
    }
  }

  static let damages: [(sql: String, event: Int64)] = [
    ("UPDATE events SET before = '{}' WHERE seq = 5", 5), ("DELETE FROM events WHERE seq = 5", 5),
    ("UPDATE events SET detail = replace(detail, 'OPS', 'ops') WHERE seq = 1", 1),
    ("UPDATE actors SET user = 'eve'", 1),
    ("UPDATE events SET hash = zeroblob(32) WHERE seq = 31", 31),
  ]

  @Test("that is damaged is not upgraded: it is refused and left as it is", arguments: damages)
  func damaged(damage: (sql: String, event: Int64)) async throws {
    try await withTemporaryFolder { folder in
      let path = try copied("applied", folder)
      try await Forger.schema(path, "SELECT 1")
      try JournalSample.withoutTriggers(path) { try $0.execute(damage.sql) }
      try Connection(path: path, mode: .plainWrite).execute("PRAGMA journal_mode = DELETE")
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let error = #expect(throws: JournalError.self) {
        try Journal(path: path, for: .append(JournalSample.actor))
      }
      guard case .damaged(damage.event, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(try files(folder) == ["journal.sqlite", "journal.sqlite.lock"])
    }
  }

  @Test("that a reader has open is not replaced under its hands")
  func readers() throws {
    try withTemporaryFolder { folder in
      let path = try copied("applied", folder)
      try Connection(path: path, mode: .plainWrite).execute("PRAGMA journal_mode = WAL")
      let reader = try Connection(path: path, mode: .readOnly)
      let open = try reader.statement("SELECT seq FROM events")
      #expect(try open.step())
      #expect(throws: JournalError.readers(path: path)) {
        try Journal(path: path, for: .append(JournalSample.actor))
      }
      open.reset()
      #expect(try Journal(path: path, for: .read).fileFormat == 1)
    }
  }

  @Test("is of format 1 or of format 2 wherever the process that upgrades it dies")
  func dies() async throws {
    try await withTemporaryFolder { folder in
      let live = folder + "/live"
      try FileManager.default.createDirectory(atPath: live, withIntermediateDirectories: true)
      let path = try copied("applied", live)
      let copies = FolderCopies(of: live, in: folder)
      // The folder as it is after each step of the rewriting, while its connections are open.
      try copies.take()
      try JournalRewriter(path: path).replace(keeping: path + ".format-1") { old, new in
        try copies.take()
        let copy = try JournalCopy(from: old, format: 1, to: new)
        try copies.take()
        try copy.whole()
        try copies.take()
        try copy.append(.upgraded, UpgradedDetail(from: 1), as: JournalSample.actor, at: JournalSample.time)
        try copies.take()
      }
      try copies.take()
      // Linked as evidence and not yet renamed; the new file finished and not yet in place.
      try copies.take { folder in
        try FileManager.default.copyItem(atPath: fixture("format-1/applied.sqlite"), toPath: folder + "/old")
        try FileManager.default.moveItem(
          atPath: folder + "/journal.sqlite", toPath: folder + "/journal.sqlite.new")
        try FileManager.default.moveItem(atPath: folder + "/old", toPath: folder + "/journal.sqlite")
      }
      #expect(copies.folders.count == 7)
      for copy in copies.folders {
        let path = copy + "/journal.sqlite"
        #expect(try await Journal(path: path, for: .read).verify().events >= 31, "\(copy)")
        do { _ = try Journal(path: path, for: .append(JournalSample.actor)) }
        #expect(try await verified(path).events == 32, "\(copy)")
        #expect(!FileManager.default.fileExists(atPath: path + ".new"), "\(copy)")
      }
    }
  }
}

/// Copies of a folder, as a process that died at that moment would leave it.
final class FolderCopies: @unchecked Sendable {
  // Taken by one process at a time, which waits for each.
  private let live: String
  private let parent: String
  private(set) var folders: [String] = []

  init(of live: String, in parent: String) {
    self.live = live
    self.parent = parent
  }

  func take(_ change: (String) throws -> Void = { _ in }) throws {
    let copy = "\(parent)/copy-\(folders.count)"
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: live) where !name.hasSuffix("-shm") {
      try FileManager.default.copyItem(atPath: "\(live)/\(name)", toPath: "\(copy)/\(name)")
    }
    try change(copy)
    folders.append(copy)
  }
}
