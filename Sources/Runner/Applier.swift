import BitCollections
import Journal
import Tables

/// Writes planned units and judges the answers.
struct Applier: Sendable {
  private let store: any TableStore
  private let hasDoubt: Bool
  private let retries: BitSet

  /// - Parameters:
  ///   - hasDoubt: whether an earlier process may have written changes that have no outcome.
  ///   - retries: changes that are known to have failed, so that they are not in doubt.
  init(_ store: any TableStore, hasDoubt: Bool, retries: BitSet) {
    self.store = store
    self.hasDoubt = hasDoubt
    self.retries = retries
  }

  /// Writes the units in one call; a change of a table comes alone.
  @Sendable func write(_ units: [PlannedUnit]) async throws -> [[Verdict]] {
    if let unit = units.first, let change = unit.tableChange {
      let changer = TableChanger(store: store)
      return [[try await changer.apply(change, inDoubt: isInDoubt(unit), undoing: false)]]
    }
    let replies = try await store.write(units.map(\.items))
    return zip(units, replies).map { unit, reply in
      Judge.applying(unit.items, reply, inDoubt: isInDoubt(unit))
    }
  }

  private func isInDoubt(_ unit: PlannedUnit) -> Bool {
    hasDoubt && !unit.changes.contains { retries.contains($0.ordinal) }
  }
}
