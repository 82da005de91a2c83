import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("The file is closed")
struct ClosedSchemaTests {
  private static let objects: [(type: String, name: String)] =
    [("TABLE", "actors"), ("TABLE", "events"), ("INDEX", "run_events")]
    + [
      "events_are_never_updated", "events_are_never_deleted", "actors_are_never_updated",
      "actors_are_never_deleted",
    ]
    .map { ("TRIGGER", $0) } + ["runs", "item_history", "changes"].map { ("VIEW", $0) }

  /// What is done to the schema, and the name that must be told.
  static let changes: [(name: String, sql: String)] =
    objects.map {
      ($0.name, "DELETE FROM sqlite_schema WHERE name = '\($0.name)' OR tbl_name = '\($0.name)'")
    }
    + objects.filter { $0.type == "TRIGGER" }.map {
      (
        $0.name,
        "UPDATE sqlite_schema SET sql = replace(sql, 'RAISE(ABORT', 'RAISE(FAIL') WHERE name = '\($0.name)'"
      )
    } + [
      ("runs", "DROP VIEW runs; CREATE VIEW runs AS SELECT 1"),
      ("changes", "DROP VIEW changes; CREATE TABLE changes (run)"),
      (
        "item_history",
        "UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL') WHERE name = 'item_history'"
      ),
      ("run_events", "UPDATE sqlite_schema SET sql = sql || ' AND run <> 1' WHERE name = 'run_events'"),
      ("events", "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'events'"),
      ("actors", "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'actors'"),
      (
        "events",
        "UPDATE sqlite_schema SET sql = replace(sql, 'length(hash) = 32', 'length(hash) >= 0') WHERE name = 'events'"
      ),
      ("events", "ALTER TABLE events ADD COLUMN more TEXT"),
      ("extra", "CREATE TRIGGER extra AFTER INSERT ON events BEGIN SELECT 1; END"),
      ("extra", "CREATE VIEW extra AS SELECT * FROM events"), ("extra", "CREATE TABLE extra (a)"),
      ("extra", "CREATE INDEX extra ON events (at)"), ("extra", "CREATE VIRTUAL TABLE extra USING fts5(a)"),
    ]

  private func open(_ path: String) async throws -> JournalError? {
    var found: JournalError?
    for access in [Journal.Access.read, .look, .append(JournalSample.actor)] {
      let error = #expect(throws: JournalError.self, "\(access)") { try Journal(path: path, for: access) }
      found = error
    }
    return found
  }

  /// An intact journal of each format.
  private func sample(_ format: Int, _ folder: String) async throws -> String {
    if format == 2 { return try await JournalSample.write(in: folder) }
    let path = folder + "/journal.sqlite"
    try FileManager.default.copyItem(atPath: fixture("format-1/applied.sqlite"), toPath: path)
    return path
  }

  @Test(
    "an object that is missing, replaced or foreign is named at open, in both formats", arguments: changes,
    [1, 2])
  func named(change: (name: String, sql: String), format: Int) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(format, folder)
      try await Forger.schema(path, change.sql)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      guard case .foreignSchema(_, let what) = try await open(path) else {
        Issue.record("not refused as a foreign schema")
        return
      }
      #expect(what.contains("'\(change.name)'"), "\(what)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before, "it is left as it was")
    }
  }

  @Test("actors as a view without an end is refused at once, and so is events as a view", arguments: [1, 2])
  func endless(format: Int) async throws {
    try await withTemporaryFolder { folder in
      for table in ["actors", "events"] {
        let place = "\(folder)/\(table)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let path = try await sample(format, place)
        try await Forger.schema(
          path,
          "DELETE FROM sqlite_schema WHERE tbl_name = '\(table)'; PRAGMA writable_schema = RESET; CREATE VIEW \(table) AS WITH RECURSIVE n (id, seq) AS (SELECT 1, 1 UNION ALL SELECT id + 1, 1 FROM n) SELECT * FROM n"
        )
        guard case .foreignSchema(_, let what) = try await open(path) else {
          Issue.record("not refused as a foreign schema")
          return
        }
        #expect(what.contains("view '\(table)'") || what.contains("'\(table)' is missing"), "\(what)")
        let recovery = JournalRecovery(path: path, as: JournalSample.actor, reason: "OPS-2")
        #expect(throws: JournalError.self) { try recovery.run() }
      }
    }
  }

  @Test("comments and white space are no difference", arguments: [1, 2])
  func spelling(format: Int) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(format, folder)
      let view = try #require(
        try Connection(path: path, mode: .readOnly).statement(
          "SELECT sql FROM sqlite_schema WHERE name = 'changes'"
        )
        .first { $0.text(0) })
      let other = view.replacing("\n", with: "\t \n-- 'another' comment\n")
      try await Forger.schema(path, "DROP VIEW changes; \(other)")
      #expect(try await Journal(path: path, for: .read).runs().count == 1)
    }
  }

  @Test("white space and dashes within quotes are a difference")
  func quoted() async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(2, folder)
      try await Forger.schema(
        path,
        "UPDATE sqlite_schema SET sql = replace(sql, 'is never updated', 'is  never updated') WHERE name = 'events_are_never_updated'"
      )
      guard case .foreignSchema = try await open(path) else {
        Issue.record("not refused")
        return
      }
    }
  }

  @Test("an index that hides a run while every hash stays is found by verifying")
  func doctoredIndex() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      let head = try await verified(path)
      let narrow = "CREATE INDEX run_events ON events (run) WHERE change IS NULL AND run <> 1"
      try await Forger.schema(
        path,
        """
        CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = 'run_events';
        UPDATE sqlite_schema SET sql = '\(narrow)' WHERE name = 'run_events'; PRAGMA writable_schema = RESET;
        REINDEX run_events; PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = (SELECT sql FROM kept) WHERE name = 'run_events'
        """)
      do {
        let journal = try Journal(path: path, for: .read)
        #expect(try await journal.runs().isEmpty, "the run is hidden")
        #expect(await journal.head == head.head)
        #expect(await damage { _ = try await journal.verify() } == head.events)
        let watch = await ChainWatch(journal)
        await #expect(throws: JournalError.self) { try await watch.finish() }
      }
      // The table has it all: recovering brings the run back.
      let recovered = try JournalRecovery(path: path, as: JournalSample.actor, reason: "OPS-2").run()
      #expect(recovered.kept == head.events && recovered.firstBad == nil)
      #expect(try await Journal(path: path, for: .read).runs().count == 1)
      try await verified(path)
    }
  }
}
