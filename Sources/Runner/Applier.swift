import BitCollections
import DynamoJournalEvents
import DynamoJournalTables

/// Writes planned units and judges the answers.
struct Applier: Sendable {
  private let store: any TableStore
  private let inDoubt: BitSet
  private let stop: StopSignal

  /// - Parameter inDoubt: changes that an earlier process may have written.
  init(_ store: any TableStore, inDoubt: BitSet, stop: StopSignal) {
    self.store = store
    self.inDoubt = inDoubt
    self.stop = stop
  }

  /// Writes the units in one call; a change of a table comes alone.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      let changer = TableChanger(store: store, stop: stop)
      return [[try await changer.apply(change, inDoubt: isInDoubt(unit), .applying)]]
    }
    let replies = try await store.write(units.map(\.items))
    return zip(units, replies).map { unit, reply in
      Judge.applying(unit.items, reply, inDoubt: isInDoubt(unit))
    }
  }

  private func isInDoubt(_ unit: PlannedUnit) -> Bool {
    unit.changes.contains { inDoubt.contains($0.ordinal) }
  }
}
