import Foundation
import DynamoJournalEvents
import DynamoJournalSQLite
import DynamoJournalTables
import TestSupport
import Testing

@Suite struct ChainTests {
  @Test("update, delete and insert-or-replace of an event are refused by the file itself")
  func appendOnly() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      let connection = try Connection(path: path, mode: .readWrite)
      let attempts = [
        "UPDATE events SET at = 0 WHERE seq = 2", "DELETE FROM events WHERE seq = 2",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 2", "UPDATE actors SET user = 'eve'",
        "DELETE FROM actors",
      ]
      for sql in attempts {
        let error = try #require(throws: SQLiteError.self, "\(sql)") { try connection.execute(sql) }
        #expect(error.message.contains("append-only"), "\(sql)")
      }
      _ = try await Journal(path: path, for: .read).verify()
    }
  }

  @Test("the chain of an untouched journal holds, and its head is the last event's hash")
  func untouched() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: try await JournalSample.write(in: folder), for: .read)
      let verification = try await journal.verify()
      #expect(verification.events == JournalSample.events)
      #expect(await verification.head == journal.head)
    }
  }

  /// What somebody with the file in hand could do to it, and the first event at which it must be found.
  static let edits: [(sql: String, event: Int64)] = [
    ("UPDATE events SET after = replace(after, 'new', 'bad') WHERE seq = 3", 3),
    ("UPDATE events SET key = replace(key, '1', '2') WHERE seq = 3", 3),
    ("UPDATE events SET at = at + 1 WHERE seq = 4", 4),
    ("UPDATE events SET detail = replace(detail, 'skipped', 'warning') WHERE seq = 2", 2),
    ("UPDATE events SET body = x'00' WHERE seq = 5", 5),
    ("UPDATE actors SET user = 'eve'", 1),
    ("DELETE FROM events WHERE seq = 3", 3),
    ("UPDATE events SET seq = seq + 100 WHERE seq = 7", 7),
    ("UPDATE events SET hash = zeroblob(32) WHERE seq = 7", 7),
    (
      "UPDATE events SET seq = 99 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 99",
      2
    ),
  ]

  @Test("an edit, a gap and a reordering are found, and the first bad event is named", arguments: edits)
  func tampered(edit: (sql: String, event: Int64)) async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      try JournalSample.withoutTriggers(path) { try $0.execute(edit.sql) }
      let error = try await #require(throws: JournalError.self) {
        try await Journal(path: path, for: .read).verify()
      }
      guard case .damaged(let event, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(event == edit.event)
    }
  }

  @Test("an event cut off from the end is found by the head that was written down elsewhere")
  func truncated() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      let before = try await Journal(path: path, for: .read).verify().head
      try JournalSample.withoutTriggers(path) { try $0.execute("DELETE FROM events WHERE seq = 7") }
      let after = try await Journal(path: path, for: .read).verify().head
      #expect(after != before)
    }
  }
}
