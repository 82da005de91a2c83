import DynamoJournalProgram
import Foundation
import DynamoJournalEvents
import DynamoJournalSQLite
import DynamoJournalTables
import TestSupport
import Testing

@Suite struct JournalTests {
  @Test("a journal's file has mode 0600 and a folder made for it has mode 0700")
  func modes() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/.sparta/journal.sqlite"
      _ = try Journal(path: path, for: .append(JournalSample.actor))
      #expect(try mode(path) == 0o600)
      #expect(try mode(folder + "/.sparta") == 0o700)
    }
  }

  @Test("a second writer is refused and told who writes; a reader is not")
  func oneWriter() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      let writer = try Journal(path: path, for: .append(JournalSample.actor))
      let error = try #require(throws: JournalError.self) {
        try Journal(path: path, for: .append(JournalSample.actor))
      }
      #expect(error.description.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
      #expect(Journal.isHeld(path: path))
      #expect(try await Journal(path: path, for: .read).runs().isEmpty)
      _ = try await writer.start(JournalSample.started)
    }
  }

  @Test("a journal of a newer format is declined, both formats named")
  func newer() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      try Connection(path: path, mode: .readWrite).execute("PRAGMA user_version = 7")
      for access in [Journal.Access.read, .append(JournalSample.actor)] {
        #expect(throws: JournalError.newer(path: path, format: 7, supported: Journal.format)) {
          try Journal(path: path, for: access)
        }
      }
    }
  }

  @Test("text, another program's database and a missing file are no journals, and none is touched")
  func foreign() throws {
    try withTemporaryFolder { folder in
      let text = folder + "/text"
      try Data("hello, this is no database; it is long enough to be looked at as one".utf8)
        .write(to: URL(fileURLWithPath: text))
      let database = folder + "/other.sqlite"
      try Connection(path: database, mode: .create).execute("CREATE TABLE t (a)")
      for path in [text, database] {
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: JournalError.notAJournal(path: path)) {
          try Journal(path: path, for: .append(JournalSample.actor))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      }
      #expect(throws: JournalError.missing(path: folder + "/none")) {
        try Journal(path: folder + "/none", for: .read)
      }
    }
  }

  @Test("events come back as they were appended, and the folds tell where the run stands")
  func roundTrip() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: try await JournalSample.write(in: folder), for: .read)
      let fold = try await journal.run(named: "06-2026")
      #expect(fold.started == JournalSample.started)
      #expect(fold.position.state == .applying)
      #expect(fold.startedBy == JournalSample.actor)
      #expect(fold.startedAt == JournalSample.time)
      let rows = try await journal.planned(of: fold.number, after: fold.number, limit: 10)
      #expect(try rows.map { try $0.change().intended } == [.item(JournalSample.change)])
      let states = try await journal.changeStates(of: fold.number)
      #expect(states.planned == 1)
      #expect(states.isOursToUndo(1))
      #expect(try await journal.notes(of: fold.number).count == 1)
      let pieces = try #require(try await journal.inputPieces("validators", of: fold.number, after: 0))
      #expect(try await journal.body(of: try #require(pieces.first)) == Array(#"{"success":true}"#.utf8))
    }
  }

  @Test("a run is found by id, by unique prefix and as latest; unknown and ambiguous names are told apart")
  func names() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/j.sqlite", for: .append(JournalSample.actor))
      for id in ["06-20261123-051402-k3f9", "06-20261123-051403-aaaa", "06-20261123-051403-aaaa-2"] {
        var detail = JournalSample.started
        detail.run = id
        _ = try await journal.start(detail)
      }
      #expect(try await journal.run(named: "latest").started.run == "06-20261123-051403-aaaa-2")
      #expect(try await journal.run(named: "06-20261123-051402").started.run == "06-20261123-051402-k3f9")
      #expect(
        try await journal.run(named: "06-20261123-051403-aaaa").started.run == "06-20261123-051403-aaaa")
      await #expect(throws: JournalError.unknownRun("07")) { try await journal.run(named: "07") }
      await #expect(throws: JournalError.unknownRun("")) { try await journal.run(named: "") }
      await #expect(throws: JournalError.self) { try await journal.run(named: "06") }
    }
  }

  @Test("an append that fails half way leaves nothing, and the chain goes on")
  func atomicAppend() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/j.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.start(JournalSample.started)
      var broken = EventDraft.planned(.item(JournalSample.change), change: 2, unit: 2, stage: 1)
      broken.table = nil
      let good = EventDraft.planned(.item(JournalSample.change), change: 1, unit: 1, stage: 1)
      let drafts = [good, broken]
      await #expect(throws: JournalError.self) { try await journal.append(drafts, run: run) }
      #expect(try await journal.append([good], run: run) == 2)
      #expect(try await journal.verify().events == 2)
    }
  }

  @Test("an event that somebody else appended in between is noticed before anything is written")
  func expectedPosition() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/j.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.start(JournalSample.started)
      try Connection(path: path, mode: .readWrite).execute(
        "INSERT INTO events (seq, run, event, at, actor, hash) VALUES (2, 1, 'note', 0, 1, zeroblob(32))")
      await #expect(throws: JournalError.positionMoved(expected: 2, actual: 3)) {
        try await journal.append([EventDraft(.note)], run: run)
      }
    }
  }

  @Test("the views answer what they promise")
  func views() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      let connection = try Connection(path: path, mode: .readOnly)
      // Our own connections run nothing that stands in a schema; whoever reads the views trusts the file.
      try connection.execute("PRAGMA trusted_schema = ON")
      let run = try connection.statement("SELECT run, migration, actor, reason, last_event FROM runs").all {
        [$0.text(0), $0.text(1), $0.text(2), $0.text(3), $0.text(4)]
      }
      #expect(
        run == [
          ["06-20261123-051402-k3f9", "06_add_wallet_to_operators", "alice@build-7", "OPS-1", "applyStarted"]
        ])
      let change = try connection.statement("SELECT change, key, outcome FROM changes").all {
        [$0.text(0), $0.text(1), $0.text(2)]
      }
      #expect(change == [["1", #"{"id":{"S":"1"}}"#, "applied"]])
      let history = try connection.statement("SELECT event, after FROM item_history ORDER BY seq").all {
        [$0.text(0), $0.text(1)]
      }
      #expect(history.map(\.first) == ["planned", "applied"])
      #expect(Set(history.map { $0[1] }) == [#"{"count":{"N":"1"},"name":{"S":"new"}}"#])
    }
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}
