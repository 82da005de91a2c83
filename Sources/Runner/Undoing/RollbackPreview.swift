import DynamoJournalEvents
import DynamoJournalTables

/// What undoing a run would do, item by item, found by reading the tables and writing nothing.
package struct RollbackPreview: Sendable {
  /// An item that is not what the run left.
  package struct Conflict: Sendable, Hashable {
    /// The change that can't be undone as it is.
    package let change: PlannedChange
    /// The item as found; of a table nothing is said here.
    package let found: Item?
    /// Of a table: what stands in the way.
    package let obstacle: String?
  }

  /// How many conflicts are listed; all are counted.
  static let listedConflicts = 1_000

  /// The changes that undoing makes, by table and kind: what was created counts as a delete, and so on.
  package private(set) var tally: [PlanTally] = []
  /// Changes to undo.
  package private(set) var changeCount = 0
  /// Items that are undone already, by whoever.
  package private(set) var alreadySo = 0
  /// Changes in doubt that turn out not to have been made.
  package private(set) var neverMade = 0
  /// Changes that somebody else had made before the run: they stay.
  package private(set) var foreign = 0
  /// The conflicts.
  package private(set) var conflicts: [Conflict] = []
  /// How many there are.
  package private(set) var conflictCount = 0
  /// How many units were selected that are to be undone.
  package private(set) var selectedUnits = 0
  /// Units that can't be undone, since a value of theirs was erased.
  package private(set) var erasedUnits = 0
  /// Items that undoing deletes, by table.
  private var deletes: [String: Int] = [:]
  /// The tables that undoing makes again: none of them is there when it is looked for.
  private var remade: [String: TableSpec] = [:]

  /// Reads what a rollback would meet.
  package static func make(
    _ journal: Journal, _ store: any TableStore, _ fold: RunFold, _ selection: RollbackSelection,
    stop: StopSignal
  ) async throws -> RollbackPreview {
    let states = try await journal.changeStates(of: fold.number)
    var preview = RollbackPreview()
    preview.foreign = states.foreign.count
    let inDoubt = fold.position.state == .applying ? states.mayBeMade : states.inDoubt
    let plan = try await PlanReader(journal, fold)
    var stream = UnitStream(plan, .backward) { states.isToUndo($0) || inDoubt.contains($0) }
    let undone = try UndoneItems(plan)
    var batch: [PlannedUnit] = []
    while let unit = try await stream.next() {
      if stop.isRequested {
        throw Refusal(
          "stopped while looking at the tables; nothing was undone",
          remedy: "type the command again to begin anew")
      }
      guard selection.includes(unit) else { continue }
      preview.selectedUnits += 1
      batch.append(unit)
      if batch.count >= 100 || unit.tableChange != nil {
        try await preview.look(&batch, store, states, undone, stop)
      }
    }
    try await preview.look(&batch, store, states, undone, stop)
    preview.erasedUnits = stream.erasedUnits
    return preview
  }

  private mutating func look(
    _ batch: inout [PlannedUnit], _ store: any TableStore, _ states: ChangeStates, _ undone: UndoneItems,
    _ stop: StopSignal
  ) async throws {
    var found: [ItemReference: Item] = [:]
    for (table, references) in Dictionary(grouping: batch.flatMap(\.keys), by: \.table) {
      let keys = Array(Set(references.map(\.key)))
      guard try await store.describe(table) != nil else { continue }
      for (key, item) in zip(keys, try await store.items(keys, in: table)) {
        found[ItemReference(table: table, key: key)] = item
      }
    }
    try undone.replace(in: &found, for: batch)
    for unit in batch {
      if let change = unit.tableChange, let planned = unit.changes.first {
        try await look(change, planned, TableChanger(store: store, stop: stop), states)
      } else {
        add(unit, &found, states)
      }
    }
    try undone.keep(found, for: batch)
    batch.removeAll(keepingCapacity: true)
  }

  /// A table is looked at like an item: one that somebody else uses by now, or that is protected, is found before anything is
  /// undone. What the run wrote into it is undone by then, since its changes come first on the way back.
  private mutating func look(
    _ change: TableChange, _ planned: PlannedChange, _ changer: TableChanger, _ states: ChangeStates
  ) async throws {
    let found = try await changer.store.describe(change.table)
    if found == nil, let standing = remade[change.table], standing == change.after {
      remade[change.table] = change.before
      return count(planned)
    }
    if found?.spec == change.before {
      if states.isOpen(planned.ordinal) { neverMade += 1 } else { alreadySo += 1 }
      return
    }
    let obstacle = try await changer.obstacle(change.inverse, found, ownItems: deletes[change.table] ?? 0)
    guard let obstacle else {
      if found == nil { remade[change.table] = change.before }
      return count(planned)
    }
    conflictCount += 1
    if conflicts.count < Self.listedConflicts {
      conflicts.append(Conflict(change: planned, found: nil, obstacle: obstacle.message))
    }
  }

  /// An item that several stages change is followed backward: each change meets what the undoing of the later one left.
  private mutating func add(_ unit: PlannedUnit, _ found: inout [ItemReference: Item], _ states: ChangeStates)
  {
    for planned in unit.changes {
      guard case .item(let change) = planned.intended else { continue }
      let reference = ItemReference(table: change.table, key: change.key)
      let item = found[reference]
      if change.matches(item, image: change.after) {
        count(planned)
        if change.kind == .create { deletes[change.table, default: 0] += 1 }
        found[reference] = change.undone(in: item)
      } else if change.matches(item, image: change.before) {
        if states.isOpen(planned.ordinal) { neverMade += 1 } else { alreadySo += 1 }
      } else {
        conflictCount += 1
        if conflicts.count < Self.listedConflicts {
          conflicts.append(Conflict(change: planned, found: item, obstacle: nil))
        }
      }
    }
  }

  private mutating func count(_ planned: PlannedChange) {
    changeCount += 1
    switch planned.intended {
    case .item(let change): tally.add(.item(change.inverse))
    case .table(let change): tally.add(.table(change.inverse))
    }
  }
}

extension Change {
  /// The item as it is once this change is undone in it.
  fileprivate func undone(in item: Item?) -> Item? {
    guard kind == .update, var undone = item else { return before }
    for name in touched { undone[name] = before?[name] }
    return undone
  }
}

/// What items are once the later changes of a run are undone: only where the run has several stages, since an item is
/// changed once a stage.
private struct UndoneItems {
  private let items: LookupTable?

  init(_ plan: PlanReader) throws { items = plan.stages.count > 1 ? try LookupTable() : nil }

  func replace(in found: inout [ItemReference: Item], for batch: [PlannedUnit]) throws {
    guard let items else { return }
    for reference in batch.flatMap(\.keys) {
      guard let text = try items.value(reference.text) else { continue }
      found[reference] = text.isEmpty ? nil : try DynamoDBJSON.item(from: Array(text.utf8))
    }
  }

  func keep(_ found: [ItemReference: Item], for batch: [PlannedUnit]) throws {
    guard let items else { return }
    for reference in batch.flatMap(\.keys) {
      try items.set(reference.text, found[reference].map { DynamoDBJSON.text($0) } ?? "")
    }
  }
}

extension ItemReference {
  /// Table and key; no table's name has a space.
  fileprivate var text: String { table + " " + DynamoDBJSON.text(key.attributes) }
}
