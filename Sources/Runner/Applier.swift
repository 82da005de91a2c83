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
    let replies = try await store.write(units.map(\.items))
    return zip(units, replies).map { unit, reply in
      Judge.applying(unit.items, reply, inDoubt: isOurs(unit))
    }
  }

  private func isOurs(_ unit: PlannedUnit) -> Bool {
    unit.changes.contains { mayBeOurs($0.ordinal) }
  }
}
