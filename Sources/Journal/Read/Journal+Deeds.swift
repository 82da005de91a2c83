import BitCollections
import DynamoJournalSQLite

/// What of a plan did not come to pass, by kind and table.
package struct MissingDeeds: Hashable, Sendable {
  private struct Kind: Hashable {
    let table: String
    let kind: CountedDeed.Kind
  }

  private var missing: [Kind: Int] = [:]
  private var units = 0
  private var lastUnit: Int?

  /// Nothing is missing.
  package init() {}

  /// How many are missing of what a counter counts.
  package func count(_ deed: CountedDeed) -> Int {
    if deed.kind == .unit { return units }
    return missing.reduce(0) { sum, entry in
      let isMeant = entry.key.kind == deed.kind && deed.table.map { $0 == entry.key.table } ?? true
      return isMeant ? sum + entry.value : sum
    }
  }

  /// Takes in a change, in the order of the plan, in which units stand together.
  fileprivate mutating func add(_ kind: CountedDeed.Kind, _ table: String, unit: Int) {
    missing[Kind(table: table, kind: kind), default: 0] += 1
    if lastUnit != unit { units += 1 }
    lastUnit = unit
  }
}

extension Journal {
  /// The changes of a run that are not in the tables: failed, not sent, in doubt, or undone.
  package func missingDeeds(of run: Int64) throws -> MissingDeeds {
    let states = try changeStates(of: run)
    return try translated {
      var deeds = MissingDeeds()
      let statement = try connection.statement(Queries.plannedShapes).bind(1, run).bind(2, run)
      defer { statement.reset() }
      while try statement.step() {
        let change = try SaneNumber.count(statement.integer(0), event: statement.integer(6))
        if states.applied.contains(change) && !states.compensated.contains(change) { continue }
        deeds.add(Self.kind(statement), statement.text(2) ?? "", unit: Int(statement.integer(1)))
      }
      return deeds
    }
  }

  private static func kind(_ row: Statement) -> CountedDeed.Kind {
    if row.integer(3) == 1 { return .tableChanged }
    switch (row.integer(4) == 1, row.integer(5) == 1) {
    case (true, false): return .created
    case (false, true): return .deleted
    // An update, or a change whose images were erased: nobody knows any more which it was.
    case (false, false): return .updated
    case (true, true): return .planned
    }
  }
}
