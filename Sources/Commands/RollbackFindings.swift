import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// What the journal tells of later runs, for a rollback plan.
struct RollbackFindings {
  let journal: Journal
  let fold: RunFold

  /// What the decision is made by.
  func undo(_ preview: RollbackPreview) async throws -> UndoFacts {
    var facts = UndoFacts()
    facts.writeUnits = preview.writeUnits
    facts.pace = try await journal.pace(of: fold)
    let tables = Set(fold.plan?.tally.map(\.table) ?? [])
    facts.laterRuns = try await journal.runs().filter {
      $0.number > fold.number && $0.started.isSameTarget(as: fold.started) && $0.hasChangedTables
        && $0.position.state != .rolledBack
    }.compactMap { later in
      let changes = (later.plan?.tally ?? []).filter { tables.contains($0.table) }
        .reduce(0) { $0 + $1.creates + $1.updates + $1.deletes + $1.tableChanges }
      return changes > 0 ? .init(run: later.started.run, changes: changes) : nil
    }
    // What the run created with the table needs no backup: it goes with it.
    facts.ownTables = Set(preview.tally.filter { $0.tableChanges > 0 }.map(\.table))
    return facts
  }

  /// What was changed since, by attribute, and by whom where a later run did it. One walk through the journal.
  func changedSince(_ preview: RollbackPreview) async throws -> ChangedSince {
    let attributes = preview.differing.sorted { $0.key < $1.key }.flatMap { table, names in
      names.map { ChangedSince.Attribute(table: table, name: $0.key?.string, items: $0.value) }
        .sorted { ($0.name == nil ? 1 : 0, $0.name ?? "") < ($1.name == nil ? 1 : 0, $1.name ?? "") }
    }
    let last = try await lastWriters(of: Set(preview.conflicts.compactMap(Item.init)))
    var counts: [Writer: Int] = [:]
    for writer in last.values { counts[writer, default: 0] += 1 }
    let authors = counts.sorted { $0.key.number < $1.key.number }.map { writer, count in
      ChangedSince.Author(
        run: writer.run, migration: writer.migration, actor: writer.actor, items: count)
    }
    let listed = preview.conflicts.compactMap(Item.init)
    return ChangedSince(
      attributes: attributes, authors: authors, unknown: Set(listed).subtracting(last.keys).count,
      unasked: preview.conflictCount - preview.conflicts.count)
  }

  private struct Item: Hashable {
    let table: String
    let key: [UInt8]

    init(table: String, key: [UInt8]) {
      self.table = table
      self.key = key
    }

    init?(_ conflict: RollbackPreview.Conflict) {
      guard case .item(let change) = conflict.change.intended else { return nil }
      self.init(table: change.table, key: DynamoDBJSON.bytes(change.key.attributes))
    }
  }

  private struct Writer: Hashable {
    let number: Int64
    let run: String
    let migration: String
    let actor: String
  }

  /// Who wrote each item last, after the run: those that no run in this journal wrote are left out.
  private func lastWriters(of items: Set<Item>) async throws -> [Item: Writer] {
    var last: [Item: Writer] = [:]
    if items.isEmpty { return last }
    for try await page in try await journal.audit(AuditFilter()) {
      for entry in page where entry.event.run > fold.number && Self.writes(entry.event.kind) {
        let item = Item(table: entry.event.table ?? "", key: entry.event.key ?? [])
        guard items.contains(item) else { continue }
        last[item] = Writer(
          number: entry.event.run, run: entry.started.run, migration: entry.started.migration,
          actor: entry.event.actor.name)
      }
    }
    return last
  }

  private static func writes(_ kind: EventKind) -> Bool {
    kind == .applied || kind == .compensated || kind == .reapplied
  }
}
