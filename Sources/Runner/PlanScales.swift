import DynamoJournalEvents
import DynamoJournalTables

/// Weighs, while a plan is made, what its changes will write.
struct PlanScales {
  private var weights: [String: TableWeight] = [:]
  private var tables: [String: TableDescription?] = [:]
  /// Tables that the plan makes or changes itself.
  private var planned: [String: TableSpec] = [:]
  private var waiting: [[IntendedChange]] = []
  private var waitingEncoded: [[EncodedChange]] = []
  private let describe: (String) async throws -> TableDescription?

  /// Goes on from what was weighed before.
  ///
  /// - Parameter describe: the table as it stands.
  init(_ tallies: [PlanTally], _ describe: @escaping (String) async throws -> TableDescription?) {
    for tally in tallies { weights[tally.table] = tally.weight }
    self.describe = describe
  }

  /// Takes a unit, to be weighed later.
  mutating func add(_ unit: [IntendedChange]) { waiting.append(unit) }

  /// The same for images that are written already.
  mutating func add(_ unit: [EncodedChange]) { waitingEncoded.append(unit) }

  /// Weighs what waits.
  ///
  /// - Throws: `StoreError` where a table can't be looked at; what `DynamoDBJSON` throws for an image that can't be read.
  mutating func weigh() async throws {
    for unit in waitingEncoded { waiting.append(try unit.map { .item(try $0.decoded()) }) }
    waitingEncoded.removeAll(keepingCapacity: true)
    for unit in waiting {
      for change in unit { try await weigh(change, isInTransaction: unit.count > 1) }
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private mutating func weigh(_ change: IntendedChange, isInTransaction: Bool) async throws {
    switch change {
    case .table(let change):
      planned[change.table] = change.after
      try await look(at: change.table)
    case .item(let change):
      try await look(at: change.table)
      let indexes = (planned[change.table] ?? tables[change.table]??.spec)?.indexes ?? []
      weights[change.table, default: TableWeight()].add(change, indexes, isInTransaction: isInTransaction)
    }
  }

  private mutating func look(at table: String) async throws {
    if tables[table] == nil { tables[table] = .some(try await describe(table)) }
  }

  /// The tallies with the weight of each table.
  func adding(to tallies: [PlanTally]) -> [PlanTally] {
    tallies.map { tally in
      var tally = tally
      var weight = weights[tally.table] ?? TableWeight()
      if let known = tables[tally.table] {
        weight.items = known?.itemCount
        weight.bytes = known?.sizeBytes
      }
      tally.weight = weight
      return tally
    }
  }
}

extension TableWeight {
  /// Counts one more change.
  ///
  /// A write is charged by the size of the item before or after it, whichever is larger, in steps of 1 KB; a read by steps of 4 KB.
  /// An index is written where the item comes into it, leaves it, or is in it and changes, and twice where its key in the index
  /// changes.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html,
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
  mutating func add(_ change: Change, _ indexes: [IndexSpec], isInTransaction: Bool) {
    let size = max(change.before?.sizeInBytes ?? 0, change.after?.sizeInBytes ?? 0)
    let entries = indexes.reduce(0) { $0 + $1.entriesWritten(by: change) }
    func count(_ weight: inout WriteWeight) {
      if change.kind == .update {
        weight.updates += 1
        weight.updateUnits += Self.units(size + change.key.attributes.sizeInBytes, of: 1_024)
      } else {
        weight.wholeUnits += Self.units(size, of: 1_024)
      }
    }
    if isInTransaction { count(&inTransactions) } else { count(&alone) }
    if change.kind == .delete { readUnits += Self.units(size, of: 4_096) }
    if change.kind == .update {
      updatedEntries += entries
    } else {
      indexUnits += entries * Self.units(size, of: 1_024)
    }
  }

  private static func units(_ bytes: Int, of step: Int) -> Int { max(1, (bytes + step - 1) / step) }
}

extension IndexSpec {
  /// How many entries of the index a change writes: the old one that goes and the new one that comes are two.
  ///
  /// Of an update the plan has only what changes: an attribute of the index's key that stays is taken to be there.
  fileprivate func entriesWritten(by change: Change) -> Int {
    func isIn(_ image: Item?) -> Bool {
      guard let image else { return false }
      let touched = change.kind == .update ? Set(change.touched) : nil
      return key.attributes.allSatisfy {
        image[$0.name] != nil || change.key.attributes[$0.name] != nil || touched?.contains($0.name) == false
      }
    }
    let (wasIn, isIn) = (isIn(change.before), isIn(change.after))
    guard wasIn && isIn else { return wasIn || isIn ? 1 : 0 }
    return key.attributes.contains { change.before?[$0.name] != change.after?[$0.name] } ? 2 : 1
  }
}

extension EncodedChange {
  fileprivate func decoded() throws -> Change {
    Change(
      table: table, key: Key(try DynamoDBJSON.item(from: key)),
      before: try before.map { try DynamoDBJSON.item(from: $0) },
      after: try after.map { try DynamoDBJSON.item(from: $0) })
  }
}
