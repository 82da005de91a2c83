import DynamoJournalEvents
import DynamoJournalTables

/// What undoing a run would do, or redoing it, item by item, found by reading the tables and writing nothing.
package struct RollbackPreview: Sendable {
  /// Which of the two.
  package enum Direction: Sendable {
    /// Undoing the run.
    case undoing
    /// Taking its rollback back.
    case redoing
  }

  /// An item that is not what the run, or its rollback, left.
  package struct Conflict: Sendable, Hashable {
    /// The change that can't be undone, or redone, as it is.
    package let change: PlannedChange
    /// The image that was looked for: what the run left, or the rollback; nil where there should be no item, and of a table.
    package let expected: AttributeMap?
    /// The item as found; of a table nothing is said here.
    package let found: Item?
    /// Of a table: what stands in the way.
    package let obstacle: String?
  }

  /// How many conflicts are listed; all are counted.
  static let listedConflicts = 1_000

  /// The changes that are made, by table and kind: in undoing, what was created counts as a delete, and so on.
  package private(set) var tally: [PlanTally] = []
  /// Changes to make.
  package private(set) var changeCount = 0
  /// Items that are so already, by whoever.
  package private(set) var alreadySo = 0
  /// Changes in doubt that turn out not to have been made.
  package private(set) var neverMade = 0
  /// Changes that somebody else had made before the run: they stay.
  package private(set) var foreign = 0
  /// The conflicts.
  package private(set) var conflicts: [Conflict] = []
  /// How many there are.
  package private(set) var conflictCount = 0
  /// How many units were selected that are to be turned.
  package private(set) var selectedUnits = 0
  /// Units that can't be undone, since a value of theirs was erased.
  package private(set) var erasedUnits = 0
  /// Write units that the changes need, those of indexes not counted.
  package private(set) var writeUnits = 0
  /// In how many items in conflict an attribute differs, by table; nil stands for items that are gone.
  package private(set) var differing: [String: [Text?: Int]] = [:]
  /// The changes that were selected, whole units; none where that is all of the run.
  package private(set) var chosen = SelectedChanges()
  /// The items that were named and of which nothing is there to undo.
  package private(set) var unmet: Set<RollbackSelection.Item> = []
  /// Items that are deleted, by table.
  private var deletes: [String: Int] = [:]
  /// The tables that are made: none of them is there when it is looked for.
  private var remade: [String: TableSpec] = [:]

  /// Reads what a rollback, or a redo, would meet.
  package static func make(
    _ journal: Journal, _ store: any TableStore, _ fold: RunFold, _ direction: RollbackPreview.Direction,
    _ selection: RollbackSelection = RollbackSelection(), stop: StopSignal
  ) async throws -> RollbackPreview {
    let states = try await journal.changeStates(of: fold.number, ifItDiedNow: true)
    let look = PreviewLook(
      journal: journal, store: store, stop: stop, states: states,
      direction: direction == .undoing ? .undoing : .redoing)
    var preview = RollbackPreview()
    preview.foreign = states.foreign.count
    var stream = UnitStream(try await PlanReader(journal, fold), look.direction.stream) { change in
      look.direction.isWanted(change, states)
    }
    let turned = try TurnedItems()
    var batch: [PlannedUnit] = []
    var pass = SelectionPass(selection)
    while let unit = try await stream.next() {
      if stop.isRequested {
        throw Refusal(
          "stopped while looking at the tables; nothing was \(direction == .undoing ? "undone" : "redone")",
          remedy: "type the command again to begin anew")
      }
      guard try pass.take(unit) else { continue }
      preview.selectedUnits += 1
      batch.append(unit)
      if batch.count >= 100 || unit.tableChange != nil { try await preview.look(&batch, look, turned) }
    }
    try await preview.look(&batch, look, turned)
    preview.erasedUnits = stream.erasedUnits
    preview.chosen = pass.chosen
    preview.unmet = pass.unmet
    return preview
  }

  /// How many changes are undone with that policy.
  package func count(undoneBy policy: ConflictPolicy) -> Int {
    changeCount + alreadySo + (policy == .force ? conflictCount : 0)
  }

  private mutating func look(
    _ batch: inout [PlannedUnit], _ look: PreviewLook, _ turned: TurnedItems
  ) async throws {
    var found: [ItemReference: Item] = [:]
    for (table, references) in Dictionary(grouping: batch.flatMap(\.keys), by: \.table) {
      let keys = Array(Set(references.map(\.key)))
      guard try await look.store.describe(table) != nil else { continue }
      for (key, item) in zip(keys, try await look.store.items(keys, in: table)) {
        found[ItemReference(table: table, key: key)] = item
      }
    }
    try turned.replace(in: &found, for: batch)
    for unit in batch {
      if let change = unit.tableChange, let planned = unit.changes.first {
        try await self.look(change, planned, look)
      } else {
        try await add(unit, &found, look)
      }
    }
    try turned.keep(found, for: batch)
    batch.removeAll(keepingCapacity: true)
  }

  /// A table is looked at like an item: one that somebody else uses by now, or that is protected, is found before anything is
  /// written. What the run wrote into it is undone by then, since its changes come first on the way back.
  private mutating func look(
    _ change: TableChange, _ planned: PlannedChange, _ look: PreviewLook
  ) async throws {
    let changer = TableChanger(store: look.store, stop: look.stop)
    let write = look.direction.write(change)
    let found = try await changer.store.describe(change.table)
    if found == nil, let standing = remade[change.table], standing == write.before {
      remade[change.table] = write.after
      return count(planned, look.direction)
    }
    if found?.spec == write.after { return countAsSo(planned, look) }
    let obstacle = try await changer.obstacle(write, found, ownItems: deletes[change.table] ?? 0)
    guard let obstacle else {
      if found == nil { remade[change.table] = write.after }
      return count(planned, look.direction)
    }
    conflictCount += 1
    if conflicts.count < Self.listedConflicts {
      conflicts.append(Conflict(change: planned, expected: nil, found: nil, obstacle: obstacle.message))
    }
  }

  /// An item that is changed several times is followed: each change meets what the one before it left.
  private mutating func add(
    _ unit: PlannedUnit, _ found: inout [ItemReference: Item], _ look: PreviewLook
  ) async throws {
    let writes = try await look.direction.writes(unit, look.states, look.journal)
    for (planned, write) in zip(unit.changes, writes) {
      let reference = ItemReference(table: write.table, key: write.key)
      let item = found[reference]
      if write.matches(item, image: write.before) {
        count(planned, look.direction)
        writeUnits += write.writeUnits(over: item, isAlone: unit.changes.count == 1)
        if write.kind == .delete { deletes[write.table, default: 0] += 1 }
        found[reference] = write.made(in: item)
      } else if write.matches(item, image: write.after) {
        countAsSo(planned, look)
      } else {
        conflictCount += 1
        for name in write.differing(from: item) {
          differing[write.table, default: [:]][name, default: 0] += 1
        }
        if conflicts.count < Self.listedConflicts {
          conflicts.append(Conflict(change: planned, expected: write.before, found: item, obstacle: nil))
        }
      }
    }
  }

  private mutating func countAsSo(_ planned: PlannedChange, _ look: PreviewLook) {
    let isNeverMade = look.direction == .undoing && look.states.isOpen(planned.ordinal)
    if isNeverMade { neverMade += 1 } else { alreadySo += 1 }
  }

  private mutating func count(_ planned: PlannedChange, _ direction: TurnDirection) {
    changeCount += 1
    switch planned.intended {
    case .item(let change): tally.add(.item(direction == .undoing ? change.inverse : change))
    case .table(let change): tally.add(.table(direction.write(change)))
    }
  }
}

/// What a look at the tables is taken with.
private struct PreviewLook {
  let journal: Journal
  let store: any TableStore
  let stop: StopSignal
  let states: ChangeStates
  let direction: TurnDirection
}

extension Change {
  /// The write units of the change: one for each begun kilobyte of the larger image, twice that in a transaction.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
  fileprivate func writeUnits(over item: Item?, isAlone: Bool) -> Int {
    let size = max(item?.sizeInBytes ?? 0, made(in: item)?.sizeInBytes ?? 0)
    return max(1, (size + 1_023) / 1_024) * (isAlone ? 1 : 2)
  }

  /// The attributes in which an item is not what the change expects; nil alone when there is none.
  fileprivate func differing(from item: Item?) -> [Text?] {
    guard let item else { return [nil] }
    let names = kind == .update ? touched : Set((before?.names ?? []) + item.names).sorted()
    return names.filter { before?[$0] != item[$0] }
  }

  /// The item as it is once this change is made in it.
  fileprivate func made(in item: Item?) -> Item? {
    guard kind == .update, var made = item else { return after }
    for name in touched { made[name] = after?[name] }
    return made
  }
}

/// What items are once earlier changes are turned: a plan may change an item several times, in stages and within one.
private struct TurnedItems {
  private let items: LookupTable

  init() throws { items = try LookupTable() }

  func replace(in found: inout [ItemReference: Item], for batch: [PlannedUnit]) throws {
    for reference in batch.flatMap(\.keys) {
      guard let text = try items.value(reference.text) else { continue }
      found[reference] = text.isEmpty ? nil : try DynamoDBJSON.item(from: Array(text.utf8))
    }
  }

  func keep(_ found: [ItemReference: Item], for batch: [PlannedUnit]) throws {
    for reference in batch.flatMap(\.keys) {
      try items.set(reference.text, found[reference].map { DynamoDBJSON.text($0) } ?? "")
    }
  }
}

extension ItemReference {
  /// Table and key; no table's name has a space.
  fileprivate var text: String { table + " " + DynamoDBJSON.text(key.attributes) }
}
