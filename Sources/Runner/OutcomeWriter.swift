import DynamoJournalEvents
import DynamoJournalTables

/// Journals outcomes in groups, one group being written while the next is gathered.
///
/// The outcomes of a unit are in one group, so that no crash leaves a unit half known.
struct OutcomeWriter {
  private let journal: Journal
  private let run: Int64
  private let groupSize: Int
  private var drafts: [EventDraft] = []
  private var keys: [ItemReference] = []
  private var commit: Task<Void, any Error>?
  private var keysOfCommit: [ItemReference] = []

  init(journal: Journal, run: Int64, groupSize: Int) {
    self.journal = journal
    self.run = run
    self.groupSize = groupSize
  }

  /// Adds the outcomes of a unit.
  ///
  /// - Returns: keys whose outcomes have become durable meanwhile.
  mutating func add(_ unit: PlannedUnit, _ verdicts: [Verdict]) async throws -> [ItemReference] {
    if verdicts.isEmpty { return unit.keys }
    for (change, verdict) in zip(unit.changes, verdicts) {
      drafts.append(try EventDraft.outcome(verdict.kind, of: change, verdict.detail))
    }
    keys += unit.keys
    return drafts.count >= groupSize ? try await flush() : []
  }

  /// Makes everything durable.
  ///
  /// - Returns: the keys of the groups that have become so.
  mutating func finish() async throws -> [ItemReference] {
    try await flush() + awaitCommit()
  }

  private mutating func flush() async throws -> [ItemReference] {
    let durable = try await awaitCommit()
    let group = drafts
    guard !group.isEmpty else { return durable }
    commit = Task { [journal, run] in try await journal.append(group, run: run) }
    keysOfCommit = keys
    drafts.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    return durable
  }

  private mutating func awaitCommit() async throws -> [ItemReference] {
    try await commit?.value
    defer {
      commit = nil
      keysOfCommit = []
    }
    return keysOfCommit
  }
}
