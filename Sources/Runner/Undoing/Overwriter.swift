import DynamoJournalEvents
import DynamoJournalTables

/// Puts images over what somebody else has written since, for `--on-conflict force` of a rollback and of a redo.
///
/// An overwriting is a change like any other: the image that is about to go is journaled first, durably, and the write has
/// that image as its condition. So whoever is killed on the way has lost nothing, and the turn back brings it back.
struct Overwriter {
  /// How often an item may change again between a look and a write.
  private static let tries = 5

  /// A unit that could not be turned, and what was found instead.
  struct Conflict {
    let turn: Turner.Turn
    var found: [Found?]
  }

  private let turner: Turner

  init(_ turner: Turner) { self.turner = turner }

  /// Writes over what was found.
  ///
  /// - Returns: the verdicts in the order of the conflicts.
  func write(_ conflicts: [Conflict]) async throws -> [[Verdict]] {
    var conflicts = conflicts
    var verdicts = conflicts.map {
      Judge.turning(turner.direction, $0.turn.writes, UnitReply(.conditionFailed($0.found)))
    }
    var open = Array(conflicts.indices)
    for _ in 0..<Self.tries where !open.isEmpty {
      let events = try await journal(open.map { conflicts[$0] })
      let replies = try await turner.store.write(open.map { Self.forced(conflicts[$0]) })
      var left: [Int] = []
      for (index, (events, reply)) in zip(open, zip(events, replies)) {
        let writes = conflicts[index].turn.writes
        verdicts[index] = Judge.turning(turner.direction, writes, reply, overwrote: events)
        guard case .conditionFailed(let found) = reply.outcome, !Judge.allMatch(writes, found) else {
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
    zip(conflict.turn.writes, conflict.found).map { write, found in
      found.map(write.forced(over:)) ?? write
    }
  }

  /// Journals what is about to be written over, in one commit.
  ///
  /// - Returns: for each change of each unit the event that holds its image; nil where nothing is written over.
  private func journal(_ conflicts: [Conflict]) async throws -> [[Int64?]] {
    let drafts = conflicts.map { conflict in
      zip(zip(conflict.turn.unit.changes, conflict.turn.writes), zip(Self.forced(conflict), conflict.found))
        .map { Self.draft($0.0, write: $0.1, forced: $1.0, found: $1.1) }
    }
    let all = drafts.flatMap { $0.compactMap { $0 } }
    guard !all.isEmpty else { return drafts.map { $0.map { _ in nil } } }
    var next = try await turner.journal.append(all, run: turner.run)
    return drafts.map { unit in
      unit.map { draft in
        guard draft != nil else { return nil }
        defer { next += 1 }
        return next
      }
    }
  }

  private static func draft(
    _ planned: PlannedChange, write: Change, forced: Change, found: Found?
  ) -> EventDraft? {
    guard let found, !write.matches(found.item, image: write.before), forced != write else { return nil }
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
