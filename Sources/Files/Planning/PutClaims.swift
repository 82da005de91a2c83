import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// Sees to it that each item is put or changed by one source alone, and that nothing is put over what is there.
final class PutClaims {
  private let spool: OutcomeSpool
  private let rules: TableRules
  private let items: ItemRules

  init(_ spool: OutcomeSpool, _ rules: TableRules, _ items: ItemRules) {
    self.spool = spool
    self.rules = rules
    self.items = items
  }

  private var into: TableSpec? { rules.put?.into }
  private var isSameTable: Bool { into?.name == rules.source.name }

  /// Claims what an interrupted run has planned.
  func pass(_ outcome: ItemOutcome, of key: Key) throws {
    var outcome = outcome
    dropOwn(&outcome, key)
    try claim(outcome, key)
  }

  /// Claims what a batch puts, and takes out of it what is there already as it shall be.
  ///
  /// - Throws: `Refusal` that names both sources of one item, or the item that is there and is another one.
  func settle(_ batch: inout [PlacedOutcome], _ tables: TableReader) async throws {
    guard let into else { return }
    for index in batch.indices {
      let hadWork = !batch[index].outcome.puts.isEmpty
      try dropOwn(&batch[index].outcome, batch[index].key, isChecked: true)
      try claim(batch[index].outcome, batch[index].key)
      batch[index].isRight = hadWork
    }
    let keys = batch.flatMap { $0.outcome.puts.compactMap(into.key.key(of:)) }
    guard !keys.isEmpty else { return }
    let found = try await tables.items(keys, in: into.name)
    let existing = Dictionary(zip(keys, found).compactMap { key, item in item.map { (key, $0) } }) {
      first, _ in first
    }
    for index in batch.indices { try settle(&batch[index], existing, into) }
  }

  private func settle(
    _ element: inout PlacedOutcome, _ existing: [Key: Item], _ into: TableSpec
  ) throws {
    for item in element.outcome.puts {
      guard let key = into.key.key(of: item), let found = existing[key], found != item else { continue }
      let problem =
        "can't be put into table '\(into.name)' as \(key), where there is another item: select it out in 'where', or remove the other one first"
      guard rules.definition.onFailure == .note else { throw Refusal("\(name(element.key)) \(problem)") }
      element.outcome.change = nil
      element.outcome.puts = []
      element.outcome.notes.append(
        ItemOutcome.Note(
          category: .conflict, code: "keyTaken", message: "the item was left as it is: it \(problem)"))
      element.isRight = false
      return
    }
    element.outcome.puts.removeAll { item in into.key.key(of: item).flatMap { existing[$0] } == item }
  }

  /// In one table an item that is put under its own key is right already, if it is the same.
  private func dropOwn(_ outcome: inout ItemOutcome, _ key: Key) {
    try? dropOwn(&outcome, key, isChecked: false)
  }

  private func dropOwn(_ outcome: inout ItemOutcome, _ key: Key, isChecked: Bool) throws {
    guard isSameTable, let into else { return }
    for (index, item) in outcome.puts.enumerated() where into.key.key(of: item) == key {
      if let change = outcome.change, change.after == nil, change.before == item {
        outcome.change = nil
        outcome.puts.remove(at: index)
        return
      }
      if isChecked {
        throw Refusal(
          "\(name(key)) would be put under the key that it has: change it with 'set', or put it under another key"
        )
      }
    }
  }

  private func claim(_ outcome: ItemOutcome, _ key: Key) throws {
    guard let into else { return }
    let owner = "\(key)"
    if isSameTable, outcome.change != nil { try claim(key, owner, into) }
    for item in outcome.puts {
      if let key = into.key.key(of: item) { try claim(key, owner, into) }
    }
  }

  private func claim(_ key: Key, _ owner: String, _ into: TableSpec) throws {
    guard let other = try spool.claim(DynamoDBJSON.text(key.attributes), for: owner) else { return }
    let sources =
      other == owner
      ? "two elements of item \(owner) of table '\(rules.source.name)'"
      : "the items \(other) and \(owner) of table '\(rules.source.name)'"
    throw Refusal(
      "\(sources) would both become the item \(key) of table '\(into.name)': select one of them out in 'where', or give them different keys"
    )
  }

  private func name(_ key: Key) -> String { "item \(key) of table '\(rules.source.name)'" }
}
