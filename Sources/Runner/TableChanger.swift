import DynamoJournalEvents
import DynamoJournalTables

/// Applies and undoes changes of tables.
struct TableChanger {
  let store: any TableStore
  let stop: StopSignal

  /// - Parameters:
  ///   - inDoubt: whether an earlier process may have made the change.
  ///   - direction: undoing gets the inverse of what was planned.
  func apply(
    _ change: TableChange, inDoubt: Bool, _ direction: Judge.Direction
  ) async throws -> Verdict {
    let success = direction.success
    do {
      let found = try await settled(change.table)
      if found?.spec == change.after {
        let foreign: Bool? = inDoubt || direction != .applying ? nil : true
        return Verdict(success, OutcomeDetail(foundSo: true, foreign: foreign))
      }
      if let obstacle = try await obstacle(change, found, ownItems: 0) {
        return Verdict(.failed, obstacle.in(direction))
      }
      try await make(change, found?.spec)
      return Verdict(success)
    } catch let error as StoreError where error.kind == .refused {
      return Verdict(.failed, Judge.refusal(error).in(direction))
    }
  }

  /// The table once it is neither being made nor changed: whoever began that, a process that died perhaps, it has to end.
  private func settled(_ table: String) async throws -> TableDescription? {
    while let found = try await store.describe(table) {
      if found.status == .active { return found }
      if stop.isRequested {
        throw StoreError(
          .unavailable, code: "ResourceInUseException",
          "table '\(table)' is still \(found.status.rawValue); go on when it is ACTIVE")
      }
      try await Task.sleep(for: .seconds(1))
    }
    return nil
  }

  /// What stands in the way of a change; nil when nothing does.
  ///
  /// - Parameter ownItems: items of a table that is to be deleted which will be gone by then.
  func obstacle(
    _ change: TableChange, _ found: TableDescription?, ownItems: Int
  ) async throws -> OutcomeDetail? {
    switch (change.before, change.after) {
    case (nil, _) where found != nil:
      return OutcomeDetail(
        code: OutcomeCode.conflict, message: "a table of that name exists with another key or other indexes")
    case (.some, _) where found == nil:
      return OutcomeDetail(code: OutcomeCode.conflict, message: "the table is gone")
    case (.some, nil): return try await obstacleToDeleting(change.table, ownItems)
    default: return nil
    }
  }

  private func obstacleToDeleting(_ table: String, _ ownItems: Int) async throws -> OutcomeDetail? {
    if try await store.settings(of: table)["deletionProtection"] != nil {
      return OutcomeDetail(
        code: OutcomeCode.protected, message: "the table is protected from deletion, so it is not deleted")
    }
    guard try await holdsMore(than: ownItems, table) else { return nil }
    return OutcomeDetail(
      code: OutcomeCode.tableNotEmpty,
      message: "the table holds items that the run did not write, so it is not deleted")
  }

  /// Counts no further than it has to.
  private func holdsMore(than count: Int, _ table: String) async throws -> Bool {
    var (found, position) = (0, nil as Key?)
    var watch = ScanWatch()
    repeat {
      let page = try await store.scan(ScanRequest(table: table, after: position, limit: count == 0 ? 1 : nil))
      found += page.items.count
      try watch.check(page, of: table)
      position = page.lastKey
      try stop.check()
    } while found <= count && position != nil && count > 0
    return found > count
  }

  private func make(_ change: TableChange, _ found: TableSpec?) async throws {
    guard let after = change.after else { return try await store.delete(change.table) }
    guard change.before != nil else { return try await store.create(after) }
    let standing = found?.indexes ?? []
    for index in standing where !after.indexes.contains(index) && change.names(index) {
      try await store.deleteIndex(index.name, on: change.table)
    }
    for index in after.indexes where !standing.contains(index) {
      try await store.createIndex(index, on: change.table)
    }
  }
}

extension TableChange {
  /// Whether the change is about that index, rather than one that somebody else added.
  fileprivate func names(_ index: IndexSpec) -> Bool {
    ((before?.indexes ?? []) + (after?.indexes ?? [])).contains { $0.name == index.name }
  }
}

extension Judge.Direction {
  /// The outcome of a change that was made.
  var success: EventKind {
    switch self {
    case .applying: .applied
    case .undoing: .compensated
    case .redoing: .reapplied
    }
  }
}

extension OutcomeDetail {
  /// The same, said of that direction.
  func `in`(_ direction: Judge.Direction) -> OutcomeDetail {
    var copy = self
    copy.undoing = direction == .undoing ? true : nil
    copy.redoing = direction == .redoing ? true : nil
    return copy
  }
}
