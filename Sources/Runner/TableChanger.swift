import Journal
import Tables

/// Applies and undoes changes of tables.
struct TableChanger {
  let store: any TableStore
  let stop: StopSignal

  /// - Parameters:
  ///   - inDoubt: whether an earlier process may have made the change.
  ///   - undoing: whether this is the inverse of what was planned.
  func apply(_ change: TableChange, inDoubt: Bool, undoing: Bool) async throws -> Verdict {
    let success: EventKind = undoing ? .compensated : .applied
    do {
      let found = try await settled(change.table)
      if found?.spec == change.after {
        let foreign: Bool? = inDoubt || undoing ? nil : true
        return Verdict(success, OutcomeDetail(foundSo: true, foreign: foreign))
      }
      if let obstacle = try await obstacle(change, found) {
        return Verdict(.failed, obstacle.undoing(undoing))
      }
      try await make(change, found?.spec)
      return Verdict(success)
    } catch let error as StoreError where error.kind == .refused {
      return Verdict(.failed, Judge.refusal(error).undoing(undoing))
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

  private func obstacle(_ change: TableChange, _ found: TableDescription?) async throws -> OutcomeDetail? {
    switch (change.before, change.after) {
    case (nil, _) where found != nil:
      return OutcomeDetail(
        code: OutcomeCode.conflict, message: "a table of that name exists with another key or other indexes")
    case (.some, _) where found == nil:
      return OutcomeDetail(code: OutcomeCode.conflict, message: "the table is gone")
    case (.some, nil):
      let page = try await store.scan(ScanRequest(table: change.table, limit: 1))
      guard !page.items.isEmpty else { return nil }
      return OutcomeDetail(
        code: OutcomeCode.tableNotEmpty,
        message: "the table holds items that the run did not write, so it is not deleted")
    default: return nil
    }
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

extension OutcomeDetail {
  fileprivate func undoing(_ undoing: Bool) -> OutcomeDetail {
    var copy = self
    copy.undoing = undoing ? true : nil
    return copy
  }
}
