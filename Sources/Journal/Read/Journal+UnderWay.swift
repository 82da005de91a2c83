import BitCollections

extension Journal {
  /// The most keys, and so units, that are sent ahead of their durable outcomes: whoever writes keeps to it.
  package static let mostKeysUnderWay = 10_000
  private static let pageSize = 1_000

  /// Which of the changes without an outcome a process may have sent.
  ///
  /// - Parameter open: the changes without an outcome.
  func underWay(_ open: BitSet, of run: RunHandle, _ doubt: ChangeMark) throws -> BitSet {
    if let only = doubt.only { return BitSet(only.filter { $0 > 0 && open.contains($0) }) }
    return doubt.kind == .undoingDoubt
      ? try backward(open, of: run, UnderWay(doubt.terms, doubt.selection))
      : try forward(open, of: run, UnderWay(nil))
  }

  private func forward(_ open: BitSet, of run: RunHandle, _ underWay: UnderWay) throws -> BitSet {
    var (underWay, found) = (underWay, BitSet())
    var next = open.first
    while let first = next {
      guard let rows = try page(from: first, of: run), let last = rows.last?.ordinal else { return open }
      for unit in units(rows, isLastWhole: rows.count < Self.pageSize)
      where unit.rows.contains(where: { open.contains($0.ordinal) }) {
        guard let sent = underWay.take(unit.rows, whole: unit.isWhole, isOpen: open.contains) else {
          return found
        }
        found.formUnion(BitSet(sent))
      }
      next = open[members: (last + 1)...].first
    }
    return found
  }

  private func backward(_ open: BitSet, of run: RunHandle, _ underWay: UnderWay) throws -> BitSet {
    var (underWay, found) = (underWay, BitSet())
    var next = open.last
    while let last = next {
      let first = max(1, last - Self.pageSize + 1)
      guard let rows = try page(from: first, of: run, through: last) else { return open }
      for unit in units(rows, isLastWhole: false).reversed()
      where unit.rows.contains(where: { open.contains($0.ordinal) }) {
        guard let sent = underWay.take(unit.rows, whole: unit.isWhole, isOpen: open.contains) else {
          return found
        }
        found.formUnion(BitSet(sent))
      }
      next = open[members: ..<first].last
    }
    return found
  }

  /// - Returns: nil when the plan's rows are not there: then everything is in doubt, and whoever writes refuses the plan.
  private func page(from first: Int, of run: RunHandle, through last: Int? = nil) throws -> [PlannedRow]? {
    let place = try place(of: first, of: run)
    let count = last.map { $0 - first + 1 } ?? Self.pageSize
    let rows = try planned(of: run.number, after: place - 1, limit: count)
    return rows.first?.ordinal == first ? rows : nil
  }

  /// - Returns: the rows by units, and whether they are all rows of the unit for certain.
  private func units(
    _ rows: [PlannedRow], isLastWhole: Bool
  ) -> [(rows: ArraySlice<PlannedRow>, isWhole: Bool)] {
    var units: [(rows: ArraySlice<PlannedRow>, isWhole: Bool)] = []
    var rest = rows[...]
    while let number = rest.first?.unit {
      let unit = rest.prefix { $0.unit == number }
      rest = rest.dropFirst(unit.count)
      units.append((unit, !units.isEmpty && (!rest.isEmpty || isLastWhole)))
    }
    return units
  }
}
