import DynamoJournalEvents
import DynamoJournalTables

/// Puts old images back over what somebody else has written since, for `--on-conflict force`.
///
/// An overwriting is a change like any other: the image that is about to go is journaled first, durably, and the write has
/// that image as its condition. So whoever is killed on the way has lost nothing, and a redo brings it back.
struct Overwriter {
  /// How often an item may change again between a look and a write.
  private static let tries = 5

  /// A unit that could not be undone, and what was found instead.
  struct Conflict {
    let unit: PlannedUnit
    var found: [Found?]
  }

  private let undoer: Undoer

  init(_ undoer: Undoer) { self.undoer = undoer }

  /// Writes over what was found.
  ///
  /// - Returns: the verdicts in the order of the conflicts.
  func write(_ conflicts: [Conflict]) async throws -> [[Verdict]] {
    var conflicts = conflicts
    var verdicts = conflicts.map {
      Judge.undoing($0.unit.items.map(\.inverse), UnitReply(.conditionFailed($0.found)))
    }
    var open = Array(conflicts.indices)
    for _ in 0..<Self.tries where !open.isEmpty {
      let events = try await journal(open.map { conflicts[$0] })
      let replies = try await undoer.store.write(open.map { Self.forced(conflicts[$0]) })
      var left: [Int] = []
      for (index, (events, reply)) in zip(open, zip(events, replies)) {
        let inverse = conflicts[index].unit.items.map(\.inverse)
        verdicts[index] = Judge.undoing(inverse, reply, overwrote: events)
        guard case .conditionFailed(let found) = reply.outcome, !Judge.allMatch(inverse, found) else {
          continue
        }
        conflicts[index].found = zip(conflicts[index].found, found).map { $1 ?? $0 }
        left.append(index)
      }
      open = left
    }
    return verdicts
  }

  private static func forced(_ conflict: Conflict) -> [Change] {
    zip(conflict.unit.items.map(\.inverse), conflict.found).map { inverse, found in
      found.map(inverse.forced(over:)) ?? inverse
    }
  }

  /// Journals what is about to be written over, in one commit.
  ///
  /// - Returns: for each change of each unit the event that holds its image; nil where nothing is written over.
  private func journal(_ conflicts: [Conflict]) async throws -> [[Int64?]] {
    let drafts = conflicts.map { conflict in
      zip(conflict.unit.changes, zip(Self.forced(conflict), conflict.found)).map { planned, pair in
        Self.draft(planned, forced: pair.0, found: pair.1)
      }
    }
    let all = drafts.flatMap { $0.compactMap { $0 } }
    guard !all.isEmpty else { return drafts.map { $0.map { _ in nil } } }
    var next = try await undoer.journal.append(all, run: undoer.run)
    return drafts.map { unit in
      unit.map { draft in
        guard draft != nil else { return nil }
        defer { next += 1 }
        return next
      }
    }
  }

  private static func draft(_ planned: PlannedChange, forced: Change, found: Found?) -> EventDraft? {
    guard case .item(let change) = planned.intended, let found,
      !change.inverse.matches(found.item, image: change.inverse.before), forced != change.inverse
    else { return nil }
    return .overwriting(forced, planned: planned)
  }
}

extension Change {
  /// The change that brings `after` over whatever was found, on the condition that it is still so.
  func forced(over found: Found) -> Change {
    switch (after, found.item) {
    case (nil, let item?): Change(table: table, key: key, before: item, after: nil)
    case (nil, nil): self
    case (let after?, nil) where kind == .create: Change(table: table, key: key, before: nil, after: after)
    // The item that an update would put right is gone: half an item is never made.
    case (.some, nil): self
    case (let after?, let item?):
      Change(
        table: table, key: key,
        before: kind == .create ? item.without(key) : item.filtered(to: touched), after: after.without(key))
    }
  }
}

extension AttributeMap {
  /// The attributes other than the key's.
  fileprivate func without(_ key: DynamoJournalTables.Key) -> AttributeMap {
    var rest = self
    for name in key.attributes.names { rest[name] = nil }
    return rest
  }
}
