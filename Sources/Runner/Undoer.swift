import Journal
import Tables

/// Writes the inverse of units and judges the answers.
struct Undoer: Sendable {
  private let store: any TableStore
  private let journal: Journal
  private let run: Int64
  private let policy: ConflictPolicy
  private let selection: RollbackSelection
  private let states: ChangeStates
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
    let selected = units.map(selection.includes)
    let chosen = zip(units, selected).filter(\.1).map(\.0)
    var replies = try await store.write(chosen.map { $0.items.map(\.inverse) }).makeIterator()
    var verdicts: [[Verdict]] = []
    for (unit, isSelected) in zip(units, selected) {
      guard isSelected, let reply = replies.next() else {
        verdicts.append([])
        continue
      }
      verdicts.append(try await judge(unit, reply))
    }
    return verdicts
  }

  private func undo(_ change: TableChange, _ unit: PlannedUnit) async throws -> Verdict {
    let verdict = try await TableChanger(store: store, stop: stop)
      .apply(change.inverse, inDoubt: true, undoing: true)
    guard isInDoubt(unit), verdict.kind == .compensated else { return verdict }
    if verdict.detail?.foundSo == true { return Self.neverMade }
    try await journalApplied(unit, OutcomeDetail(foundSo: true))
    return verdict
  }

  private func judge(_ unit: PlannedUnit, _ reply: UnitReply) async throws -> [Verdict] {
    let inverse = unit.items.map(\.inverse)
    let reply = Self.seen(reply, inverse)
    if isInDoubt(unit) { return try await judgeInDoubt(unit, inverse, reply) }
    if policy == .force, case .conditionFailed(let found) = reply.outcome, !Judge.allMatch(inverse, found) {
      return try await force(inverse, found)
    }
    return Judge.undoing(inverse, reply)
  }

  /// Items of a table that is gone are gone too, which is what undoing their creation is about.
  private static func seen(_ reply: UnitReply, _ inverse: [Change]) -> UnitReply {
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
  private func judgeInDoubt(
    _ unit: PlannedUnit, _ inverse: [Change], _ reply: UnitReply
  ) async throws -> [Verdict] {
    switch reply.outcome {
    case .written:
      try await journalApplied(unit, OutcomeDetail(foundSo: true))
      return Judge.undoing(inverse, reply)
    case .conditionFailed(let found) where Judge.allMatch(inverse, found):
      return unit.changes.map { _ in Self.neverMade }
    case .conditionFailed(let found) where policy == .force:
      let verdicts = try await force(inverse, found)
      if verdicts.allSatisfy({ $0.kind == .compensated }) { try await journalApplied(unit, nil) }
      return verdicts
    case .conditionFailed, .refused:
      return Judge.undoing(inverse, reply)
    }
  }

  private func journalApplied(_ unit: PlannedUnit, _ detail: OutcomeDetail?) async throws {
    try await journal.append(try unit.changes.map { try .outcome(.applied, of: $0, detail) }, run: run)
  }

  // MARK: Force

  /// Writes the old images over what was found; a few tries, because the item may change again meanwhile.
  private func force(_ inverse: [Change], _ found: [Found?]) async throws -> [Verdict] {
    var found = found
    for _ in 0..<5 {
      let forced = zip(inverse, found).map { change, found in found.map(change.forced(over:)) ?? change }
      let reply = try await store.write([forced])[0]
      guard case .conditionFailed(let again) = reply.outcome else {
        return Judge.undoing(inverse, reply, forced: found)
      }
      found = zip(found, again).map { $1 ?? $0 }
    }
    return Judge.undoing(inverse, UnitReply(.conditionFailed(found)))
  }
}

extension Change {
  /// The change that brings `after` over whatever was found, on the condition that it is still so.
  func forced(over found: Found) -> Change {
    switch (after, found.item) {
    case (nil, let item?): Change(table: table, key: key, before: item, after: nil)
    case (nil, nil): self
    case (let after?, nil) where kind == .create: Change(table: table, key: key, before: nil, after: after)
    // The item that an update would mend is gone: half an item is never made.
    case (.some, nil): self
    case (let after?, let item?):
      Change(
        table: table, key: key,
        before: kind == .create ? item.without(key) : item.filtered(to: touched), after: after.without(key))
    }
  }
}

extension AttributeMap {
  /// The attributes other than the key's.
  fileprivate func without(_ key: Tables.Key) -> AttributeMap {
    var rest = self
    for name in key.attributes.names { rest[name] = nil }
    return rest
  }
}
