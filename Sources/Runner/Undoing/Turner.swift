import DynamoJournalEvents
import DynamoJournalTables

/// Writes units back, or again, and judges the answers.
struct Turner: Sendable {
  let store: any TableStore
  let journal: Journal
  let run: Int64
  let direction: TurnDirection
  let policy: ConflictPolicy
  let states: ChangeStates
  private let stop: StopSignal

  /// A unit with what is written for it.
  struct Turn {
    let unit: PlannedUnit
    let writes: [Change]
  }

  init(
    _ environment: RunEnvironment, run: Int64, _ direction: TurnDirection, policy: ConflictPolicy,
    states: ChangeStates
  ) {
    store = environment.store
    journal = environment.journal
    stop = environment.stop
    self.run = run
    self.direction = direction
    self.policy = policy
    self.states = states
  }

  /// Writes the units in one call.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      return [[try await turn(change, unit)]]
    }
    return try await turn(units)
  }

  private func turn(_ change: TableChange, _ unit: PlannedUnit) async throws -> Verdict {
    let verdict = try await TableChanger(store: store, stop: stop)
      .apply(direction.write(change), inDoubt: true, direction.judge)
    guard isInDoubt(unit), verdict.kind == .compensated else { return verdict }
    if verdict.detail?.foundSo == true { return Self.neverMade }
    try await journalApplied(unit, OutcomeDetail(foundSo: true))
    return verdict
  }

  /// What was in conflict is written over where that was asked for; all in the order of the units.
  private func turn(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    var turns: [Turn] = []
    for unit in units {
      turns.append(Turn(unit: unit, writes: try await direction.writes(unit, states, journal)))
    }
    let replies = zip(turns, try await store.write(turns.map(\.writes))).map { Self.seen($1, $0) }
    let refusals = replies.map { refusalOfAll($0) }
    var verdicts = [[Verdict]](repeating: [], count: units.count)
    var conflicts: [(index: Int, conflict: Overwriter.Conflict)] = []
    for (index, (turn, reply)) in zip(turns, replies).enumerated() where refusals[index] == nil {
      if policy == .force, case .conditionFailed(let found) = reply.outcome,
        !Judge.allMatch(turn.writes, found)
      {
        conflicts.append((index, Overwriter.Conflict(turn: turn, found: found)))
      } else {
        verdicts[index] = try await judge(turn, reply)
      }
    }
    let forced = try await Overwriter(self).write(conflicts.map(\.conflict))
    for (conflict, verdict) in zip(conflicts, forced) {
      verdicts[conflict.index] = try await settleDoubt(conflict.conflict.turn.unit, verdict)
    }
    if let error = refusals.lazy.compactMap({ $0 }).first {
      throw RefusedForAll(error: error, verdicts: verdicts)
    }
    return verdicts
  }

  /// A table that is gone keeps the others from nothing where somebody asked to go on whatever is met.
  private func refusalOfAll(_ reply: UnitReply) -> StoreError? {
    guard let error = reply.refusalOfAll else { return nil }
    return policy != .stop && error.code == "ResourceNotFoundException" ? nil : error
  }

  private func judge(_ turn: Turn, _ reply: UnitReply) async throws -> [Verdict] {
    if isInDoubt(turn.unit) { return try await judgeInDoubt(turn, reply) }
    // Without an earlier forced write nothing is written over here: the plain write has its condition.
    if case .written = reply.outcome { return Judge.turning(direction, turn.writes, reply) }
    return Judge.turning(
      direction, turn.writes, reply, ours: states.isUncertain || turn.unit.changes.contains(where: mayBeOurs),
      overwrote: begun(turn.unit))
  }

  /// Whether an earlier process may have turned the change: one of the same direction, or of the other one that came to no
  /// end.
  private func mayBeOurs(_ planned: PlannedChange) -> Bool {
    states.maybeUndone.contains(planned.ordinal) || states.maybeRedone.contains(planned.ordinal)
  }

  /// The forced writes of the same direction that an earlier process had made or begun.
  private func begun(_ unit: PlannedUnit) -> [Int64?] {
    unit.changes.map { states.overwriting(of: $0.ordinal, byRedo: direction == .redoing) }
  }

  /// Items of a table that is gone are gone too, which is what undoing their creation is about.
  private static func seen(_ reply: UnitReply, _ turn: Turn) -> UnitReply {
    guard case .refused(let error) = reply.outcome, error.code == "ResourceNotFoundException",
      turn.writes.allSatisfy({ $0.after == nil })
    else { return reply }
    return UnitReply(.conditionFailed(turn.writes.map { _ in Found(nil) }))
  }

  // MARK: In doubt

  private static let neverMade = Verdict(
    .failed,
    OutcomeDetail(
      code: OutcomeCode.neverMade, message: "it was in doubt, and everything is as it was before"))

  /// Only undoing has to find out whether a change was ever made.
  private func isInDoubt(_ unit: PlannedUnit) -> Bool {
    direction == .undoing && unit.changes.contains { states.inDoubt.contains($0.ordinal) }
  }

  /// A change that is in doubt gets its outcome first: undone means that it had been applied. What can't be undone stays
  /// in doubt, since nobody knows whether what was found came of it.
  private func judgeInDoubt(_ turn: Turn, _ reply: UnitReply) async throws -> [Verdict] {
    switch reply.outcome {
    case .written:
      try await journalApplied(turn.unit, OutcomeDetail(foundSo: true))
      return Judge.turning(.undoing, turn.writes, reply)
    case .conditionFailed(let found) where Judge.allMatch(turn.writes, found):
      // A forced write of an earlier process had found the change made, or something else that it wrote over.
      let overwrote = begun(turn.unit)
      guard overwrote.contains(where: { $0 != nil }) else {
        return turn.unit.changes.map { _ in Self.neverMade }
      }
      try await journalApplied(turn.unit, nil)
      return Judge.turning(.undoing, turn.writes, reply, overwrote: overwrote)
    case .conditionFailed, .refused:
      return Judge.turning(.undoing, turn.writes, reply)
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
