import DynamoJournalEvents
import DynamoJournalTables
import TestSupport

/// A real journal in a temporary folder, whose clock stands at 2026-11-23T05:14:02.113456Z and goes on a second a commit.
func withJournal(
  actor: ActorIdentity = ada, _ body: (Journal) async throws -> Void
) async throws {
  try await withTemporaryFolder { folder in
    let clock = SteppingClock()
    let journal = try Journal(path: folder + "/journal.sqlite", for: .append(actor), clock: { clock.tick() })
    try await body(journal)
  }
}

let ada = ActorIdentity(user: "ada", host: "engine", tool: "sparta-journal 1.0.0")
let startTime: Int64 = 1_795_410_842_113_456

/// Time that goes on a second each time that it is asked for.
final class SteppingClock: @unchecked Sendable {
  // Only the journal, an actor, asks: one caller at a time.
  private var next = startTime

  func tick() -> Int64 {
    defer { next += 1_000_000 }
    return next
  }
}

extension Journal {
  func startRun(
    _ run: String = "06-20261123-051402-k3f9", _ migration: String = "06_add_wallet_to_operators",
    target: String = "local:.sparta/tables.sqlite", dryRun: Bool = false, reason: String? = nil
  ) throws -> Int64 {
    try start(
      StartedDetail(
        run: run, migration: migration, version: 1, target: target, options: [:], dryRun: dryRun,
        reason: reason, tool: "1.0.0"))
  }

  /// Plans the changes, a unit each, and seals the plan.
  func plan(
    _ changes: [IntendedChange], run: Int64, tally: [PlanTally] = [], counters: [Counter] = [],
    refusal: String? = nil
  ) throws -> [PlannedChange] {
    var digest = PlanDigest()
    var drafts: [EventDraft] = []
    for (index, change) in changes.enumerated() {
      let draft = EventDraft.planned(change, change: index + 1, unit: index + 1, stage: 0)
      digest.add(draft)
      drafts.append(draft)
    }
    let (blocks, text) = digest.finish()
    let stages = changes.isEmpty ? [] : [PlanStage(stage: 0, firstChange: 1)]
    let sealed = SealedDetail(
      changes: changes.count, units: changes.count, tally: tally, counters: counters,
      digest: text, refusal: refusal, blocks: blocks, stages: stages)
    drafts.append(try EventDraft(.sealed, sealed))
    try append(drafts, run: run)
    return try planned(of: run, after: run, limit: changes.count + 1).map { try $0.change() }
  }

  func note(
    _ category: NoteDetail.Category, _ code: String, _ message: String, run: Int64, table: String? = nil,
    key: Item? = nil
  ) throws {
    var draft = try EventDraft(.note, NoteDetail(category: category, code: code, message: message))
    draft.table = table
    draft.key = key.map { DynamoDBJSON.bytes($0) }
    try append([draft], run: run)
  }

  func startApplying(run: Int64) throws {
    let digest = try self.run(run).plan?.digest ?? "d"
    try append(
      [EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: digest))], run: run)
  }

  func finish(_ state: RunState, run: Int64, counts: RunCounts = RunCounts()) throws {
    try append([EventDraft(.finished, FinishedDetail(state: state, counts: counts))], run: run)
  }

  /// Ends the run, and begins to undo it.
  func startRollback(run: Int64) throws {
    try finish(.applied, run: run)
    let terms = RollbackStartedDetail(onConflict: "force", table: nil, key: nil)
    try append([EventDraft(.rollbackStarted, terms)], run: run)
  }

  func outcome(
    _ kind: EventKind, _ change: PlannedChange, run: Int64, _ detail: OutcomeDetail? = nil
  ) throws {
    try append([.outcome(kind, of: change, detail)], run: run)
  }
}

func counts(
  planned: Int = 0, applied: Int = 0, failed: Int = 0, inDoubt: Int = 0, compensated: Int = 0, notes: Int = 0
) -> RunCounts {
  var counts = RunCounts()
  counts.planned = planned
  counts.applied = applied
  counts.failed = failed
  counts.inDoubt = inDoubt
  counts.compensated = compensated
  counts.notes = notes
  return counts
}

let operators = "sparta-node-operators-dev"

func key(_ id: String) -> DynamoJournalTables.Key { Key(["discordId": .string(id)]) }

func approve(_ id: String) -> IntendedChange {
  .item(
    Change(
      table: operators, key: key(id), before: ["isApproved": .bool(false)], after: ["isApproved": .bool(true)]
    ))
}

func create(_ id: String, _ more: Item = [:]) -> IntendedChange {
  var item = more
  item["discordId"] = .string(id)
  return .item(Change(table: operators, key: key(id), before: nil, after: item))
}
