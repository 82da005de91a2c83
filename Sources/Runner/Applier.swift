import DynamoJournalEvents
import DynamoJournalTables

/// Writes planned units and judges the answers.
struct Applier: Sendable {
  private let store: any TableStore
  private let mayBeOurs: @Sendable (Int) -> Bool
  private let stop: StopSignal

  /// - Parameter mayBeOurs: tells by a change's number whether an earlier process may have written it.
  init(_ store: any TableStore, mayBeOurs: @escaping @Sendable (Int) -> Bool, stop: StopSignal) {
    self.store = store
    self.mayBeOurs = mayBeOurs
    self.stop = stop
  }

  /// Writes the units in one call; a change of a table comes alone.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      let changer = TableChanger(store: store, stop: stop)
      return [[try await changer.apply(change, inDoubt: isOurs(unit), .applying)]]
    }
    let replies = try await WorkControl.$givesBack.withValue(true) {
      try await store.write(units.map(\.items))
    }
    let verdicts = zip(units, replies).map { unit, reply in
      reply.refusalOfAll == nil ? Judge.applying(unit.items, reply, inDoubt: isOurs(unit)) : []
    }
    if let error = replies.lazy.compactMap(\.refusalOfAll).first {
      throw RefusedForAll(error: error, verdicts: verdicts)
    }
    return verdicts
  }

  private func isOurs(_ unit: PlannedUnit) -> Bool {
    unit.mayHaveBeenSent || unit.changes.contains { mayBeOurs($0.ordinal) }
  }
}

/// A write was refused for a reason that every other one would be refused for: access denied, a table that is gone.
struct RefusedForAll: Error {
  /// What the target said.
  let error: StoreError
  /// What came of each unit of the call; nothing of one that was refused so, which is as if it had not been sent.
  let verdicts: [[Verdict]]
}

extension UnitReply {
  /// The refusal that every other unit would get, too; nil where there is none.
  var refusalOfAll: StoreError? {
    if case .refused(let error) = outcome, error.isRefusalOfAll { error } else { nil }
  }
}
