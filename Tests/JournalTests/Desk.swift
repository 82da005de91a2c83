import Foundation
import DynamoJournalSQLite
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalEvents

/// What tests of the journal write with: runs, event by event.
extension Journal {
  /// Begins a run.
  func begin(_ id: String = "06-20261123-051402-k3f9") throws -> Int64 {
    var detail = JournalSample.started
    detail.run = id
    return try start(detail)
  }

  /// Plans changes, a unit each where no other is given, and seals the plan.
  @discardableResult
  func plan(_ drafts: [EventDraft], run: Int64) throws -> SealedDetail {
    var digest = PlanDigest()
    for draft in drafts { digest.add(draft) }
    let (blocks, text) = digest.finish()
    var stages: [PlanStage] = []
    for draft in drafts where stages.last?.stage != draft.stage {
      stages.append(PlanStage(stage: draft.stage ?? 0, firstChange: draft.change ?? 0))
    }
    let sealed = SealedDetail(
      changes: drafts.count, units: Set(drafts.compactMap(\.unit)).count,
      tally: [PlanTally(table: "operators", updates: drafts.count)], counters: [], digest: text, refusal: nil,
      blocks: blocks, stages: stages)
    for start in stride(from: 0, to: drafts.count, by: 1_000) {
      try append(Array(drafts[start..<min(start + 1_000, drafts.count)]), run: run)
    }
    try append([EventDraft(.sealed, sealed)], run: run)
    return sealed
  }

  /// A run that was applied: so many changes of one table.
  func applied(_ drafts: [EventDraft], _ id: String = "06-20261123-051402-k3f9") throws -> Int64 {
    let run = try begin(id)
    let sealed = try plan(drafts, run: run)
    try append(
      [EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: sealed.digest))], run: run)
    let changes = try planned(of: run, after: run, limit: drafts.count).map { try $0.change() }
    try append(try changes.map { try .outcome(.applied, of: $0) }, run: run)
    try finish(.applied, run)
    return run
  }

  func finish(_ state: RunState, _ run: Int64) throws {
    try append([EventDraft(.finished, FinishedDetail(state: state, counts: RunCounts()))], run: run)
  }

  /// The rows of a plan, block by block.
  func rows(of run: Int64, backward: Bool = false) async throws -> [PlannedRow] {
    let reader = try await PlanReader(self, try self.run(run))
    var rows: [PlannedRow] = []
    for block in backward ? Array(reader.blocks.indices.reversed()) : Array(reader.blocks.indices) {
      rows += try await reader.rows(of: block)
    }
    return rows
  }
}

/// Samples of planned changes.
enum Draft {
  static func change(_ number: Int, name: String = "new") -> Change {
    Change(
      table: "operators", key: Key(["id": .string("id-\(number)")]),
      before: ["name": .string("old-\(number)")],
      after: ["name": .string("\(name)-\(number)")])
  }

  static func draft(_ number: Int, unit: Int? = nil, stage: Int = 1, name: String = "new") -> EventDraft {
    .planned(.item(change(number, name: name)), change: number, unit: unit ?? number, stage: stage)
  }

  static func many(_ count: Int) -> [EventDraft] { (1...count).map { draft($0) } }
}

/// What somebody with the file in hand can do who knows how it is made.
enum Forger {
  /// Changes rows, and takes the hashes of the whole chain anew, so that nothing but what an event says is wrong.
  static func rewrite(_ path: String, _ sql: String) throws {
    try JournalSample.withoutTriggers(path) { connection in
      try connection.execute(sql)
      try rechain(connection)
    }
  }

  /// Changes rows and nothing else.
  static func edit(_ path: String, _ sql: String) throws {
    try JournalSample.edit(path, sql)
  }

  /// New hashes, and new seals for the values as they stand now.
  static func rechain(_ connection: Connection) throws {
    let actors = try ActorRows.read(connection, format: 2).mapValues(\.seal)
    let rows = try connection.statement(Queries.everyEvent).bind(1, 0).bind(2, -1).all { EventRow($0) }
    var previous = [UInt8](repeating: 0, count: 32)
    for var row in rows {
      row.seals = EventSeals.make(for: row.fields, RandomBytes())
      let actor = try #require(actors[row.actor])
      row.hash = try ChainFormat.two.hash(row, after: previous, actor)
      try connection.statement("UPDATE events SET hash = ?1, seals = ?2 WHERE seq = ?3")
        .bind(1, blob: row.hash).bind(2, blob: row.seals).bind(3, row.seq).run()
      previous = row.hash
    }
  }

  /// An SQL expression for the bytes of a detail with one thing replaced.
  static func set(_ detail: String, at event: Int64) -> String {
    "UPDATE events SET detail = '\(detail.replacing("'", with: "''"))' WHERE seq = \(event)"
  }

  /// Changes the text of the schema, as `PRAGMA writable_schema` lets anybody who can write the file.
  static func schema(_ path: String, _ sql: String) async throws {
    let done = try await Shell.run(
      "/usr/bin/sqlite3",
      [path, ".dbconfig defensive off", "PRAGMA writable_schema = ON", sql, "PRAGMA writable_schema = RESET"])
    #expect(done.status == 0 && done.errors.isEmpty, "\(done.errors)")
  }
}

/// The event at which a body finds the journal damaged; nil when it does not.
func damage(_ body: () async throws -> Void) async -> Int64? {
  do {
    try await body()
    return nil
  } catch JournalError.damaged(let event, _) {
    return event
  } catch {
    Issue.record("\(error)")
    return nil
  }
}

/// Opens the journal anew and verifies it.
@discardableResult
func verified(_ path: String) async throws -> Verification {
  try await Journal(path: path, for: .read).verify()
}

/// Whether bytes stand in a file, or in its log.
func holds(_ path: String, _ text: String) throws -> Bool {
  try [path, path + "-wal"].filter { FileManager.default.fileExists(atPath: $0) }.contains {
    try Data(contentsOf: URL(fileURLWithPath: $0)).firstRange(of: Data(text.utf8)) != nil
  }
}

/// Where the journals of the first format are kept.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}
