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
  private let openStage: Int?

  /// - Parameter openStage: the stage of the first change without an outcome; no later one was begun.
  init(
    _ store: any TableStore, _ journal: Journal, run: Int64, policy: ConflictPolicy,
    selection: RollbackSelection, states: ChangeStates, openStage: Int?
  ) {
    self.store = store
    self.journal = journal
    self.run = run
    self.policy = policy
    self.selection = selection
    self.states = states
    self.openStage = openStage
  }

  /// Undoes the units in one call; units that are not selected have no verdicts.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      guard selection.includes(unit) else { return [[]] }
      return [[try await undo(change, of: unit)]]
    }
    let selected = units.map { selection.includes($0) && !wasNeverBegun($0) }
    let chosen = zip(units, selected).filter(\.1).map(\.0)
    var replies = try await store.write(chosen.map { $0.items.map(\.inverse) }).makeIterator()
    var verdicts: [[Verdict]] = []
    for (unit, isSelected) in zip(units, selected) {
      guard isSelected, let reply = replies.next() else {
        verdicts.append(selection.includes(unit) ? unit.changes.map { _ in Undoer.neverBegun } : [])
        continue
      }
      verdicts.append(try await judge(unit, reply))
    }
    return verdicts
  }

  private func judge(_ unit: PlannedUnit, _ reply: UnitReply) async throws -> [Verdict] {
    let inverse = unit.items.map(\.inverse)
    if isInDoubt(unit) { return try await judgeInDoubt(unit, inverse, reply) }
    if policy == .force, case .conditionFailed(let found) = reply.outcome, !Judge.allMatch(inverse, found) {
      return try await force(inverse, found)
    }
    return Judge.undoing(inverse, reply)
  }

  // MARK: In doubt

  private static let neverBegun = Verdict(
    .failed, OutcomeDetail(code: OutcomeCode.neverMade, message: "its stage was never begun"))

  /// A change that has no outcome, of a stage that can't have been begun: the item may look as if it had been made,
  /// or undone, only because of what other stages make of it.
  private func wasNeverBegun(_ unit: PlannedUnit) -> Bool {
    isInDoubt(unit) && openStage.map { unit.stage > $0 } ?? false
  }

  /// A table change that is in doubt gets its outcome first, as that of an item does.
  private func undo(_ change: TableChange, of unit: PlannedUnit) async throws -> Verdict {
    if wasNeverBegun(unit) { return Undoer.neverBegun }
    if isInDoubt(unit) {
      if try await store.describe(change.table)?.spec == change.before {
        let detail = OutcomeDetail(
          code: OutcomeCode.neverMade, message: "it was in doubt, and the table is as it was before")
        return Verdict(.failed, detail)
      }
      try await journal.append(
        try unit.changes.map { try .outcome(.applied, of: $0, OutcomeDetail(foundSo: true)) }, run: run)
    }
    return try await TableChanger(store: store).apply(change.inverse, inDoubt: true, undoing: true)
  }

  private func isInDoubt(_ unit: PlannedUnit) -> Bool { unit.changes.contains { states.isOpen($0.ordinal) } }

  /// A change that is in doubt gets its outcome first: undone means that it had been applied.
  private func judgeInDoubt(
    _ unit: PlannedUnit, _ inverse: [Change], _ reply: UnitReply
  ) async throws -> [Verdict] {
    switch reply.outcome {
    case .written:
      try await journal.append(
        try unit.changes.map { try .outcome(.applied, of: $0, OutcomeDetail(foundSo: true)) }, run: run)
      return unit.changes.map { _ in Verdict(.compensated) }
    case .conditionFailed(let found) where Judge.allMatch(inverse, found):
      let detail = OutcomeDetail(
        code: OutcomeCode.neverMade, message: "it was in doubt, and the item is as it was before")
      return unit.changes.map { _ in Verdict(.failed, detail) }
    case .conditionFailed, .refused:
      return Judge.applying(inverse, reply, inDoubt: true)
    }
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
