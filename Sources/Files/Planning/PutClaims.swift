import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// Sees to it that each item is put or changed by one source alone, and that nothing is put over what is there.
final class PutClaims {
  /// Who changes an item, by its key.
  private let owners: LookupTable
  private let rules: TableRules
  private let items: ItemRules

  init(_ owners: LookupTable, _ rules: TableRules, _ items: ItemRules) {
    self.owners = owners
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
    let existing = try await existing(batch, tables, into)
    for index in batch.indices { try settle(&batch[index], existing, into) }
  }

  /// Which of these will be planned, as the other table stands; nothing is claimed, and nothing refused.
  func work(of batch: [PlacedOutcome?], _ tables: TableReader) async throws -> [Bool] {
    guard let into else { return batch.map { _ in false } }
    let batch = batch.map { element in
      guard var element else { return PlacedOutcome?.none }
      dropOwn(&element.outcome, element.key)
      return element
    }
    let existing = try await existing(batch.compactMap { $0 }, tables, into)
    return batch.map { element in
      guard let outcome = element?.outcome else { return false }
      let found = outcome.puts.map { item in into.key.key(of: item).flatMap { existing[$0] } }
      if zip(outcome.puts, found).contains(where: { $1 != nil && $0 != $1 }) { return false }
      return outcome.change != nil || found.contains { $0 == nil }
    }
  }

  /// What is in the other table under the keys of what is put.
  private func existing(
    _ batch: [PlacedOutcome], _ tables: TableReader, _ into: TableSpec
  ) async throws -> [Key: Item] {
    let keys = batch.flatMap { $0.outcome.puts.compactMap(into.key.key(of:)) }
    guard !keys.isEmpty else { return [:] }
    let found = try await tables.items(keys, in: into.name)
    return Dictionary(zip(keys, found).compactMap { key, item in item.map { (key, $0) } }) { first, _ in first
    }
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
    let name = DynamoDBJSON.text(key.attributes)
    guard try !owners.add(name, owner), let other = try owners.value(name) else { return }
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
