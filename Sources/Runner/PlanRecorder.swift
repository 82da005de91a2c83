import DynamoJournalEvents
import DynamoJournalTables

/// Turns what a migration plans into events, in groups, each ended by a checkpoint.
final class PlanRecorder {
  /// Events of one commit: nothing is gained beyond a thousand (docs/performance.md).
  private static let groupSize = 500

  let journal: Journal
  let run: Int64
  private var drafts: [EventDraft] = []
  private var commit: Task<Void, any Error>?
  private var digest: PlanDigest
  private var changes: Int
  private var units: Int
  private var counters: [Counter]
  private var completed: [String]
  let resumedAt: CheckpointDetail?
  private(set) var tally: [PlanTally]
  private var attributes: AttributeCount
  private var weights: PlanScales
  /// How much of the step under way was read so far.
  var read = 0
  private var unread: [UnreadPart]
  private var stages: [PlanStage] = []
  private var isOutOfOrder = false
  /// Told how far the plan is, a group at a time.
  var progress: @Sendable (RunProgress) -> Void = { _ in }
  /// Why the plan may not be applied.
  var refusal: String?

  /// Goes on from a run's last checkpoint.
  ///
  /// - Parameter describe: the table as it stands, asked for once a table; nil when there is none.
  init(
    journal: Journal, fold: RunFold, describe: @escaping (String) async throws -> TableDescription?
  ) async throws {
    self.journal = journal
    run = fold.number
    let checkpoint = try fold.checkpoint
    resumedAt = checkpoint
    changes = checkpoint?.changes ?? 0
    units = checkpoint?.units ?? 0
    counters = checkpoint?.counters ?? []
    completed = checkpoint?.completed ?? []
    tally = checkpoint?.tally ?? []
    attributes = AttributeCount(tally)
    weights = PlanScales(tally, describe)
    unread = checkpoint?.unread ?? []
    digest = PlanDigest()
    try await readAgain()
  }

  /// What was planned before an interruption is read again: the digest covers what stands in the journal.
  private func readAgain() async throws {
    var (position, read) = (run, 0)
    while read < changes {
      let rows = try await journal.planned(of: run, after: position, limit: min(1_000, changes - read))
      guard let last = rows.last else {
        throw JournalError.damaged(event: position, reason: "planned changes after it are missing")
      }
      for row in rows {
        digest.add(row)
        keepStage(row.stage, change: row.ordinal)
      }
      read += rows.count
      position = last.seq
    }
  }

  // MARK: What is added

  func add(_ intended: [IntendedChange], stage: Int) {
    units += 1
    attributes.add(intended)
    weights.add(intended)
    for change in intended {
      changes += 1
      keepStage(stage, change: changes)
      let draft = EventDraft.planned(change, change: changes, unit: units, stage: stage)
      digest.add(draft)
      drafts.append(draft)
      tally.add(change)
    }
  }

  /// The same for images that are written already.
  func add(_ encoded: [EncodedChange], stage: Int) throws {
    units += 1
    weights.add(encoded)
    for change in encoded {
      try attributes.add(change)
      changes += 1
      keepStage(stage, change: changes)
      var draft = EventDraft(.planned)
      (draft.change, draft.unit, draft.stage) = (changes, units, stage)
      (draft.table, draft.key) = (change.table, change.key)
      (draft.before, draft.after) = (change.before, change.after)
      digest.add(draft)
      drafts.append(draft)
      tally.add(change)
    }
  }

  private func keepStage(_ stage: Int, change: Int) {
    if let last = stages.last {
      isOutOfOrder = isOutOfOrder || stage < last.stage
      if last.stage == stage { return }
    }
    stages.append(PlanStage(stage: stage, firstChange: change))
  }

  func note(_ detail: NoteDetail, table: String?, key: Key?) throws {
    var draft = try EventDraft(.note, detail)
    draft.table = table
    draft.key = key.map { DynamoDBJSON.bytes($0.attributes) }
    drafts.append(draft)
  }

  func count(_ name: String, _ amount: Int, _ deed: CountedDeed? = nil) {
    if let index = counters.firstIndex(where: { $0.name == name }) {
      counters[index].value += amount
      if let deed { counters[index].deed = deed }
    } else {
      counters.append(Counter(name: name, value: amount, deed: deed))
    }
  }

  /// Says that the rest of something is not read.
  func leave(_ part: UnreadPart) { if !unread.contains(part) { unread.append(part) } }

  /// How much of a step an interrupted run had read.
  func readBefore(in step: String) -> Int { resumedAt?.step == step ? resumedAt?.read ?? 0 : 0 }

  /// Units that change items; a change of a table is not what a limit counts.
  var itemUnits: Int { units - tally.reduce(0) { $0 + $1.tableChanges } }

  /// What was counted under that name so far.
  func counted(_ name: String) -> Int { counters.first { $0.name == name }?.value ?? 0 }

  // MARK: Steps

  func isCompleted(_ step: String) -> Bool { completed.contains(step) }

  func position(in step: String) -> String? {
    resumedAt?.step == step ? resumedAt?.position : nil
  }

  /// Called after each piece of a step; commits a group when it is full.
  func reached(_ step: String, position: () -> String) async throws {
    if drafts.count >= Self.groupSize { try await flush(step, position: position()) }
  }

  func complete(_ step: String) async throws {
    completed.append(step)
    try await flush(step, position: nil)
  }

  /// Seals the plan: waits for every group, then journals the whole in figures.
  ///
  /// - Throws: `Refusal` when a stage was planned after a later one, so that the order of writing would be another.
  ///
  /// - Parameter cost: asked for what planning has cost.
  func seal(cost: () async -> TargetCost? = { nil }) async throws -> SealedDetail {
    if isOutOfOrder {
      throw Refusal(
        "the plan goes back to an earlier stage",
        remedy: "let the migration plan its stages in ascending order")
    }
    let (blocks, text) = digest.finish()
    try await weights.weigh()
    let sealed = SealedDetail(
      changes: changes, units: units, tally: weights.adding(to: attributes.adding(to: tally)),
      counters: counters, digest: text,
      refusal: refusal, cost: await cost(), blocks: blocks, stages: stages,
      unread: unread.isEmpty ? nil : unread)
    drafts.append(try EventDraft(.sealed, sealed))
    try await commit?.value
    try await journal.append(drafts, run: run)
    return sealed
  }

  /// Waits for the group under way.
  func drain() async throws { try await commit?.value }

  private func flush(_ step: String, position: String?) async throws {
    try await weights.weigh()
    let checkpoint = CheckpointDetail(
      step: step, position: position, completed: completed, counters: counters, changes: changes,
      units: units, tally: weights.adding(to: attributes.adding(to: tally)),
      read: position == nil ? nil : read,
      unread: unread.isEmpty ? nil : unread)
    drafts.append(try EventDraft(.checkpoint, checkpoint))
    progress(.read(items: max(read, counted("items")), changes: changes))
    // One group is written while the next is planned, never more, so that memory stays bounded.
    try await commit?.value
    commit = Task { [journal, run, drafts] in try await journal.append(drafts, run: run) }
    drafts.removeAll(keepingCapacity: true)
  }
}

extension [PlanTally] {
  /// Counts one more change.
  mutating func add(_ change: EncodedChange) {
    let index = firstIndex { $0.table == change.table } ?? endIndex
    if index == endIndex { append(PlanTally(table: change.table)) }
    switch change.kind {
    case .create: self[index].creates += 1
    case .update: self[index].updates += 1
    case .delete: self[index].deletes += 1
    }
  }

  /// Counts one more change.
  mutating func add(_ change: IntendedChange) {
    let index = firstIndex { $0.table == change.table } ?? endIndex
    if index == endIndex { append(PlanTally(table: change.table)) }
    switch change {
    case .table: self[index].tableChanges += 1
    case .item(let change):
      switch change.kind {
      case .create: self[index].creates += 1
      case .update: self[index].updates += 1
      case .delete: self[index].deletes += 1
      }
    }
  }
}
