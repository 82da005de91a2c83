/// Which changes a process may have sent whose outcomes are not in the journal, found unit by unit in the order in which it
/// sent them. Pure.
///
/// Units are sent in the order of the plan, or against it when they are undone. A key is sent again, and a stage begun, only
/// when the outcome before it is durable. So what may have been sent ends before the first unit that has to wait for one
/// that has no outcome, and of several changes of one key at most one is in doubt.
struct UnderWay {
  private let terms: RollbackStartedDetail?
  private let selection: SelectedChanges?
  private var stage: Int?
  private var keys: Set<Place> = []
  private var units = 0

  private struct Place: Hashable {
    let table: String
    let key: [UInt8]
  }

  /// - Parameters:
  ///   - terms: which changes were undone, where it is not all.
  ///   - selection: the same, where they were chosen one by one.
  init(_ terms: RollbackStartedDetail?, _ selection: SelectedChanges? = nil) {
    self.terms = terms
    self.selection = selection
  }

  /// Takes in the next unit that has no outcome.
  ///
  /// - Parameters:
  ///   - whole: whether these are all rows of the unit.
  ///   - isOpen: tells by a change's number whether it has no outcome.
  /// - Returns: the changes that may have been sent, or nil when neither this unit nor any after it may have been.
  mutating func take(_ unit: ArraySlice<PlannedRow>, whole: Bool, isOpen: (Int) -> Bool) -> [Int]? {
    guard let first = unit.first, units < Journal.mostKeysUnderWay, first.stage == stage ?? first.stage else {
      return nil
    }
    // Of half a unit nobody knows here whether the other half was selected.
    guard !whole || unit.contains(where: isSelected) else { return [] }
    let open = unit.filter { isOpen($0.ordinal) }
    let places = open.map { Place(table: $0.table, key: $0.key ?? []) }
    guard keys.isDisjoint(with: places.filter { !$0.key.isEmpty }) else { return nil }
    stage = first.stage
    keys.formUnion(places)
    units += 1
    return open.map(\.ordinal)
  }

  private func isSelected(_ row: PlannedRow) -> Bool {
    if let selection { return selection.contains(row.ordinal) }
    if let table = terms?.table, table != row.table { return false }
    guard let key = terms?.key else { return true }
    return row.key.map { $0.elementsEqual(key.utf8) } ?? false
  }
}
