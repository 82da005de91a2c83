import DynamoJournalEvents
import DynamoJournalTables

/// A unit as it was planned.
///
/// More changes, or more bytes, than one transaction takes are a saga: they are written part by part, in order, and a part is sent only
/// when the one before is written.
struct PlannedUnit: Sendable {
  let number: Int
  let stage: Int
  /// All its changes, also those that are not wanted.
  let whole: [PlannedChange]
  /// The changes that are wanted, cut into what is written wholly or not at all; one part or more.
  private let parts: ArraySlice<[PlannedChange]>
  /// Whether what is written next may have been sent before, without an answer, by this process.
  private(set) var mayHaveBeenSent = false

  /// - Parameter isWanted: tells by a change's number whether its part is.
  init(number: Int, stage: Int, changes: [PlannedChange], isWanted: (Int) -> Bool) {
    self.number = number
    self.stage = stage
    whole = changes
    parts = Self.parts(changes).filter { $0.contains { isWanted($0.ordinal) } }[...]
  }

  private init(_ unit: PlannedUnit, parts: ArraySlice<[PlannedChange]>, mayHaveBeenSent: Bool = false) {
    self.mayHaveBeenSent = mayHaveBeenSent
    number = unit.number
    stage = unit.stage
    whole = unit.whole
    self.parts = parts
  }

  /// Cut by what a transaction takes, in the order of the plan, so that the parts are the same forward and backward.
  private static func parts(_ changes: [PlannedChange]) -> [[PlannedChange]] {
    // So few fit whatever their size.
    guard changes.count > Validation.maximumUnitSize / Validation.maximumItemSize,
      let first = changes.first, let last = changes.last
    else { return [changes] }
    let isBackward = first.ordinal > last.ordinal
    var parts: [[PlannedChange]] = []
    var size = 0
    for change in isBackward ? changes.reversed() : changes {
      size += change.sizeInBytes
      let isFull = (parts.last?.count ?? 0) == Validation.maximumChangesPerUnit
      if parts.isEmpty || isFull || size > Validation.maximumUnitSize {
        parts.append([])
        size = change.sizeInBytes
      }
      parts[parts.count - 1].append(change)
    }
    return isBackward ? parts.reversed().map { $0.reversed() } : parts
  }

  /// The changes that are wanted.
  var changes: [PlannedChange] { parts.count == 1 ? parts[parts.startIndex] : parts.flatMap { $0 } }

  /// What is written next.
  var firstPart: PlannedUnit {
    PlannedUnit(self, parts: parts.prefix(1), mayHaveBeenSent: mayHaveBeenSent)
  }

  /// The same, to be sent again.
  ///
  /// - Parameter mayHaveBeenSent: whether it may have reached the target.
  func again(mayHaveBeenSent: Bool) -> PlannedUnit {
    PlannedUnit(self, parts: parts, mayHaveBeenSent: self.mayHaveBeenSent || mayHaveBeenSent)
  }

  /// What is written after that, or nil when that is all.
  var rest: PlannedUnit? { parts.count > 1 ? PlannedUnit(self, parts: parts.dropFirst()) : nil }

  /// The changes of items, in order.
  var items: [Change] {
    changes.compactMap { if case .item(let change) = $0.intended { change } else { nil } }
  }

  /// The change of a table, which is always a unit of its own.
  var tableChange: TableChange? {
    if case .table(let change)? = whole.first?.intended { change } else { nil }
  }

  /// The keys that it writes, by table.
  var keys: [ItemReference] { items.map { ItemReference(table: $0.table, key: $0.key) } }
}

extension PlannedChange {
  /// What it adds to the size of a transaction, as far as the plan tells: of an item that is updated, the plan has only
  /// the attributes that change.
  fileprivate var sizeInBytes: Int {
    guard case .item(let change) = intended else { return 0 }
    return max(change.before?.sizeInBytes ?? 0, change.after?.sizeInBytes ?? 0)
  }
}

/// A key together with its table.
struct ItemReference: Hashable, Sendable {
  let table: String
  let key: Key
}
