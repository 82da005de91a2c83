extension Journal {
  /// Where the item of a planned change went, or came from: the other change of a unit that deletes one item and creates another.
  ///
  /// - Parameter planned: the change's planned event.
  /// - Returns: nil where the item does not move.
  package func otherEnd(of planned: StoredEvent) throws -> PlannedRow? {
    // The changes of a unit are planned one after the other: beyond three in a row it is not just two.
    let rows = try self.planned(of: planned.run, after: planned.seq - 4, limit: 7)
    guard let own = rows.first(where: { $0.seq == planned.seq }) else { return nil }
    let unit = rows.filter { $0.unit == own.unit }
    guard unit.count == 2, let other = unit.first(where: { $0.seq != own.seq }), other.key != nil,
      own.key != nil,
      other.table != own.table || other.key != own.key
    else { return nil }
    let isDelete = unit.map { $0.after == nil && $0.before != nil }
    let isCreate = unit.map { $0.before == nil && $0.after != nil }
    return isDelete.contains(true) && isCreate.contains(true) ? other : nil
  }
}
