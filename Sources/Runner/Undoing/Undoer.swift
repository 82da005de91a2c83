import DynamoJournalEvents
import DynamoJournalTables

/// Writes the inverse of units and judges the answers.
struct Undoer: Sendable {
  let store: any TableStore
  let journal: Journal
  let run: Int64
  let policy: ConflictPolicy
  let states: ChangeStates
  private let selection: RollbackSelection
  private let stop: StopSignal

  init(
    _ environment: RunEnvironment, run: Int64, policy: ConflictPolicy, selection: RollbackSelection,
    states: ChangeStates
  ) {
    store = environment.store
    journal = environment.journal
    stop = environment.stop
    self.run = run
    self.policy = policy
    self.selection = selection
    self.states = states
  }

  /// Undoes the units in one call; units that are not selected have no verdicts.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      return [selection.includes(unit) ? [try await undo(change, unit)] : []]
    }
    let chosen = units.map(selection.includes)
    var answers = try await undo(zip(units, chosen).filter(\.1).map(\.0)).makeIterator()
    return chosen.map { $0 ? answers.next() ?? [] : [] }
  }

  private func undo(_ change: TableChange, _ unit: PlannedUnit) async throws -> Verdict {
    let verdict = try await TableChanger(store: store, stop: stop)
      .apply(change.inverse, inDoubt: true, .undoing)
    guard isInDoubt(unit), verdict.kind == .compensated else { return verdict }
    if verdict.detail?.foundSo == true { return Self.neverMade }
    try await journalApplied(unit, OutcomeDetail(foundSo: true))
    return verdict
  }

  /// What was in conflict is written over where that was asked for; all in the order of the units.
  private func undo(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    let replies = try await store.write(units.map { $0.items.map(\.inverse) })
    var verdicts = [[Verdict]](repeating: [], count: units.count)
    var conflicts: [(index: Int, conflict: Overwriter.Conflict)] = []
    for (index, (unit, reply)) in zip(units, replies).enumerated() {
      let reply = Self.seen(reply, unit)
      if policy == .force, case .conditionFailed(let found) = reply.outcome, !Self.isUndone(unit, found) {
        conflicts.append((index, Overwriter.Conflict(unit: unit, found: found)))
      } else {
        verdicts[index] = try await judge(unit, reply)
      }
    }
    let forced = try await Overwriter(self).write(conflicts.map(\.conflict))
    for (conflict, verdict) in zip(conflicts, forced) {
      verdicts[conflict.index] = try await settleDoubt(conflict.conflict.unit, verdict)
    }
    return verdicts
  }

  private func judge(_ unit: PlannedUnit, _ reply: UnitReply) async throws -> [Verdict] {
    if isInDoubt(unit) { return try await judgeInDoubt(unit, reply) }
    let overwrote = unit.changes.map { states.overwritten[$0.ordinal] }
    // Without an earlier forced write nothing is written over here: the plain undoing has its condition.
    if case .written = reply.outcome { return Judge.undoing(unit.items.map(\.inverse), reply) }
    return Judge.undoing(
      unit.items.map(\.inverse), reply,
      ours: unit.changes.contains {
        // Undone by us before a redo that came to no end, or perhaps by an undoing that did not.
        states.maybeUndone.contains($0.ordinal) || states.maybeRedone.contains($0.ordinal)
      },
      overwrote: overwrote)
  }

  private static func isUndone(_ unit: PlannedUnit, _ found: [Found?]) -> Bool {
    Judge.allMatch(unit.items.map(\.inverse), found)
  }

  /// Items of a table that is gone are gone too, which is what undoing their creation is about.
  private static func seen(_ reply: UnitReply, _ unit: PlannedUnit) -> UnitReply {
    let inverse = unit.items.map(\.inverse)
    guard case .refused(let error) = reply.outcome, error.code == "ResourceNotFoundException",
      inverse.allSatisfy({ $0.after == nil })
    else { return reply }
    return UnitReply(.conditionFailed(inverse.map { _ in Found(nil) }))
  }

  // MARK: In doubt

  private static let neverMade = Verdict(
    .failed,
    OutcomeDetail(
      code: OutcomeCode.neverMade, message: "it was in doubt, and everything is as it was before"))

  private func isInDoubt(_ unit: PlannedUnit) -> Bool {
    unit.changes.contains { states.inDoubt.contains($0.ordinal) }
  }

  /// A change that is in doubt gets its outcome first: undone means that it had been applied. What can't be undone stays
  /// in doubt, since nobody knows whether what was found came of it.
  private func judgeInDoubt(_ unit: PlannedUnit, _ reply: UnitReply) async throws -> [Verdict] {
    switch reply.outcome {
    case .written:
      try await journalApplied(unit, OutcomeDetail(foundSo: true))
      return Judge.undoing(unit.items.map(\.inverse), reply)
    case .conditionFailed(let found) where Self.isUndone(unit, found):
      // A forced write of an earlier process had found the change made, or something else that it wrote over.
      let overwrote = unit.changes.map { states.overwritten[$0.ordinal] }
      guard overwrote.contains(where: { $0 != nil }) else { return unit.changes.map { _ in Self.neverMade } }
      try await journalApplied(unit, nil)
      return Judge.undoing(unit.items.map(\.inverse), reply, overwrote: overwrote)
    case .conditionFailed, .refused:
      return Judge.undoing(unit.items.map(\.inverse), reply)
    }
  }

  private func settleDoubt(_ unit: PlannedUnit, _ verdicts: [Verdict]) async throws -> [Verdict] {
    if isInDoubt(unit), verdicts.allSatisfy({ $0.kind == .compensated }) {
      try await journalApplied(unit, nil)
    }
    return verdicts
  }

  private func journalApplied(_ unit: PlannedUnit, _ detail: OutcomeDetail?) async throws {
    try await journal.append(try unit.changes.map { try .outcome(.applied, of: $0, detail) }, run: run)
  }
}
