import Journal
import Tables

/// What came of writing a stream of units.
enum WriteEnd: Sendable {
  /// Every unit has its outcome.
  case finished
  /// Somebody asked to stop; everything that was sent has its outcome.
  case stopped
  /// More changes failed than were allowed.
  case tooManyFailures
  /// A change of a table failed, and what comes after would need it.
  case tableChangeFailed
  /// The migration looked at what a stage had left and found it wrong.
  case inspectionFailed(String)
  /// The target was lost: some of what was sent may have been written.
  case targetLost(StoreError)
}

/// Writes units as they come from the journal, many at once but a key never by two, a stage after the other, and
/// journals the outcomes in groups. The same loop applies and undoes: `write` makes the difference.
struct WriteLoop {
  /// Outcomes of one commit.
  private static let groupSize = 500

  let journal: Journal
  let run: Int64
  let shape: WriteShape
  let stop: StopSignal
  let maxFailures: Int?
  let progress: @Sendable (Int) -> Void
  /// Called when a stage has all its outcomes; a sentence ends the loop.
  let stageEnded: @Sendable (Int) async throws -> String?
  /// Writes some units and says what came of each change of each.
  let write: @Sendable ([PlannedUnit]) async throws -> [[Verdict]]

  private struct Batch: Sendable {
    let units: [PlannedUnit]
    let result: Result<[[Verdict]], any Error>
  }

  func run(_ stream: UnitStream) async throws -> WriteEnd {
    var state = State(
      stream: stream, outcomes: OutcomeWriter(journal: journal, run: run, groupSize: Self.groupSize))
    let end = try await withThrowingTaskGroup(of: Batch.self) { group -> WriteEnd in
      var end = WriteEnd.finished
      var mayLaunch = true
      while true {
        if stop.isRequested && mayLaunch {
          mayLaunch = false
          end = .stopped
        }
        if mayLaunch, state.underWay < shape.concurrentCalls, let batch = try await nextBatch(&state) {
          state.begin(batch)
          group.addTask { await perform(batch) }
          continue
        }
        guard let done = try await group.next() else {
          if mayLaunch, let problem = try await endStage(&state) { return .inspectionFailed(problem) }
          if mayLaunch && state.waiting != nil { continue }
          break
        }
        if let trouble = try await finish(done, &state), mayLaunch || trouble.isLoss {
          mayLaunch = false
          end = trouble
        }
      }
      return end
    }
    try await state.outcomes.finish()
    return end
  }

  private struct State {
    var stream: UnitStream
    var outcomes: OutcomeWriter
    /// Read from the stream but not sent: its stage or one of its keys has to wait.
    var waiting: PlannedUnit?
    var underWay = 0
    var stage: Int?
    var keysUnderWay: Set<ItemReference> = []
    var failures = 0

    mutating func begin(_ batch: [PlannedUnit]) {
      underWay += 1
      stage = batch.first?.stage
      for unit in batch { keysUnderWay.formUnion(unit.keys) }
    }
  }

  /// Nothing is under way and nothing can be sent before the stage is looked at.
  ///
  /// Its outcomes are made durable, so that a change without one tells that no later stage was begun.
  private func endStage(_ state: inout State) async throws -> String? {
    guard let stage = state.stage else { return nil }
    state.stage = nil
    try await state.outcomes.finish()
    return try await stageEnded(stage)
  }

  /// As many units as fit into a call and may be under way together with what is; nil when there is none now.
  private func nextBatch(_ state: inout State) async throws -> [PlannedUnit]? {
    var batch: [PlannedUnit] = []
    var keys: Set<ItemReference> = []
    while batch.count < shape.unitsPerCall {
      if state.waiting == nil { state.waiting = try await state.stream.next() }
      guard let unit = state.waiting else { break }
      let startsStage = (batch.first?.stage ?? state.stage).map { $0 != unit.stage } ?? false
      if startsStage { break }
      if unit.tableChange != nil && (state.underWay > 0 || !batch.isEmpty) { break }
      if unit.keys.contains(where: { keys.contains($0) || state.keysUnderWay.contains($0) }) { break }
      state.waiting = nil
      keys.formUnion(unit.keys)
      batch.append(unit)
      if unit.tableChange != nil { break }
    }
    return batch.isEmpty ? nil : batch
  }

  private func perform(_ units: [PlannedUnit]) async -> Batch {
    do {
      return Batch(units: units, result: .success(try await write(units)))
    } catch {
      return Batch(units: units, result: .failure(error))
    }
  }

  /// Journals what a call brought; the trouble that ends the loop, if there is any.
  private func finish(_ batch: Batch, _ state: inout State) async throws -> WriteEnd? {
    state.underWay -= 1
    for unit in batch.units { state.keysUnderWay.subtract(unit.keys) }
    switch batch.result {
    case .failure(let error as StoreError) where error.kind == .unavailable: return .targetLost(error)
    case .failure(let error): throw error
    case .success(let verdicts):
      for (unit, verdicts) in zip(batch.units, verdicts) {
        for (change, verdict) in zip(unit.changes, verdicts) {
          try await state.outcomes.add(change, verdict)
          if verdict.kind == .failed { state.failures += 1 }
        }
      }
      progress(batch.units.reduce(0) { $0 + $1.changes.count })
      return trouble(batch.units, verdicts, state.failures)
    }
  }

  private func trouble(_ units: [PlannedUnit], _ verdicts: [[Verdict]], _ failures: Int) -> WriteEnd? {
    let failedTable = zip(units, verdicts).contains { unit, verdicts in
      unit.tableChange != nil
        && verdicts.contains { $0.kind == .failed && $0.detail?.code != OutcomeCode.neverMade }
    }
    if failedTable { return .tableChangeFailed }
    if let maxFailures, failures > maxFailures { return .tooManyFailures }
    return nil
  }
}

extension WriteEnd {
  fileprivate var isLoss: Bool { if case .targetLost = self { true } else { false } }
}

/// Journals outcomes in groups, one group being written while the next is gathered.
private struct OutcomeWriter {
  let journal: Journal
  let run: Int64
  let groupSize: Int
  private var drafts: [EventDraft] = []
  private var commit: Task<Void, any Error>?

  init(journal: Journal, run: Int64, groupSize: Int) {
    self.journal = journal
    self.run = run
    self.groupSize = groupSize
  }

  mutating func add(_ change: PlannedChange, _ verdict: Verdict) async throws {
    drafts.append(try EventDraft.outcome(verdict.kind, of: change, verdict.detail))
    if drafts.count >= groupSize { try await flush() }
  }

  mutating func finish() async throws {
    try await flush()
    try await commit?.value
  }

  private mutating func flush() async throws {
    try await commit?.value
    let group = drafts
    guard !group.isEmpty else { return }
    commit = Task { [journal, run] in try await journal.append(group, run: run) }
    drafts.removeAll(keepingCapacity: true)
  }
}
