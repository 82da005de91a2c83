import DynamoJournalEvents
import DynamoJournalSQLite
import DynamoJournalTables

/// A small journal with an event of each shape.
package enum JournalSample {
  /// How many events it has.
  package static let events: Int64 = 7
  /// When all of them were written.
  package static let time: Int64 = 1_795_411_442_113_000
  /// Who wrote them.
  package static let actor = ActorIdentity(user: "alice", host: "build-7", tool: "test 1")

  /// What the sample's run was asked to do.
  package static let started = StartedDetail(
    run: "06-20261123-051402-k3f9", migration: "06_add_wallet_to_operators", version: 1,
    target: "local:t.sqlite",
    options: ["API_URL": "http://localhost:3000"], dryRun: false, reason: "OPS-1", tool: "test 1")

  /// A change of the sample.
  package static let change = Change(
    table: "operators", key: Key(["id": .string("1")]), before: ["name": .string("old")],
    after: ["name": .string("new"), "count": .number(1)])

  /// Writes the journal and returns its path.
  package static func write(in folder: String) async throws -> String {
    let path = folder + "/journal.sqlite"
    let journal = try Journal(path: path, for: .append(actor), clock: { time })
    let run = try await journal.start(started)
    try await append(to: journal, run)
    return path
  }

  private static func append(to journal: Journal, _ run: Int64) async throws {
    let planned = EventDraft.planned(.item(change), change: 1, unit: 1, stage: 1)
    var digest = PlanDigest()
    digest.add(planned)
    let (blocks, digestText) = digest.finish()
    var input = try EventDraft(
      .input, InputDetail(name: "validators", piece: 0, last: true, source: "file:///x"))
    input.body = Array(#"{"success":true}"#.utf8)
    let note = NoteDetail(category: .skipped, code: "operatorWithoutValidator", message: "no address")
    let sealed = SealedDetail(
      changes: 1, units: 1, tally: [PlanTally(table: "operators", updates: 1)], counters: [],
      digest: digestText, refusal: nil, blocks: blocks, stages: [PlanStage(stage: 1, firstChange: 1)])
    try await journal.append([try EventDraft(.note, note), planned, input], run: run)
    try await journal.append(
      [
        try EventDraft(.sealed, sealed),
        try EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: digestText)),
      ], run: run)
    let rows = try await journal.planned(of: run, after: run, limit: 1)
    try await journal.append(try rows.map { try .outcome(.applied, of: $0.change()) }, run: run)
  }

  /// Puts something else into what the journal keeps of how runs were started.
  ///
  /// - Parameter expression: SQL for the new detail, such as `json_set(detail, '$.version', 0)`.
  package static func rewriteStarted(_ path: String, as expression: String) throws {
    try withoutTriggers(path) {
      try $0.execute("UPDATE events SET detail = \(expression) WHERE event = 'started'")
    }
  }

  /// Does to the file what the triggers forbid.
  package static func edit(_ path: String, _ sql: String) throws {
    try withoutTriggers(path) { try $0.execute(sql) }
  }

  /// Lets `body` do to the file what the triggers forbid, as somebody with the file in hand could.
  package static func withoutTriggers(_ path: String, _ body: (Connection) throws -> Void) throws {
    let connection = try Connection(path: path, mode: .readWrite)
    let triggers = try connection.statement("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all
    {
      ($0.text(0) ?? "", $0.text(1) ?? "")
    }
    for (name, _) in triggers { try connection.execute("DROP TRIGGER \(name)") }
    try body(connection)
    for (_, sql) in triggers { try connection.execute(sql) }
  }
}
