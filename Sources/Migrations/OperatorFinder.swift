import SpartaJournal

/// Finds operators by `discordId`, wherever they stand: in the table that is keyed by it, and in the one keyed by `address` that
/// 06 moves them to.
struct OperatorFinder {
  /// An item of an operator.
  struct Found {
    let table: String
    let key: Key
    let item: Item
  }

  /// The table keyed by `discordId`; nil where the one that is configured is keyed by `address`.
  private let byDiscord: TableDescription?
  /// The table keyed by `address`; nil where there is none.
  private let byAddress: TableDescription?
  /// What stands in the latter of the operators that are looked for.
  private let moved: ItemsByOperator

  /// The tables' names, for messages.
  var places: String {
    [byDiscord, byAddress].compactMap { $0.map { "'\($0.spec.name)'" } }.joined(separator: " and ")
  }

  /// The finder over the configured table and, where that is the old one, the one that 06 moves to.
  init(_ planner: Planner, configured: TableDescription, successor: TableDescription?) throws {
    let isOld = configured.spec.key == Design.operators
    byDiscord = isOld ? configured : nil
    byAddress = isOld ? successor : configured
    moved = try ItemsByOperator(planner)
  }

  /// Reads the table keyed by `address` for the operators that `wanted` has.
  ///
  /// The table itself is read, and not its `DiscordIdIndex`: an index may lag behind its table, and whoever is not in it yet would
  /// be taken for somebody who is not there.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
  func read(_ wanted: ItemsByOperator, _ tables: TableReader) async throws {
    guard let byAddress else { return }
    try await tables.forEachPage(of: byAddress.spec.name) { page in
      for item in page {
        guard let operatorID = item[Attribute.discordID]?.stringValue, try wanted.has(operatorID) else {
          continue
        }
        try moved.add(item, of: operatorID)
      }
      return true
    }
  }

  /// Every item of these operators, none for one that is nowhere: 06 with `--keep-source` leaves each of them two.
  func find(_ operatorIDs: [String], _ tables: TableReader) async throws -> [[Found]] {
    let keys = operatorIDs.map { Key([Attribute.discordID: .string($0)]) }
    var olds: [Item?] = keys.map { _ in nil }
    if let byDiscord { olds = try await tables.items(keys, in: byDiscord.spec.name) }
    return try operatorIDs.indices.map { index in
      let old = olds[index].flatMap { found($0, in: byDiscord) }
      return [old].compactMap { $0 }
        + (try moved.items(of: operatorIDs[index]).compactMap { found($0, in: byAddress) })
    }
  }

  private func found(_ item: Item, in table: TableDescription?) -> Found? {
    // The store vouches for its tables' keys.
    guard let table, let key = table.spec.key.key(of: item) else { return nil }
    return Found(table: table.spec.name, key: key, item: item)
  }
}
