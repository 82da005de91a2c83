import DynamoJournalProgram

/// Guards as the items of a table of their own, in any store that can write on a condition.
package struct TableGuards: GuardKeeping {
  /// The name of the table unless somebody names another.
  package static let defaultName = Formats.guardTable

  /// What the table is made from: one item for each table that is migrated, by its name.
  package static func spec(named name: String) -> TableSpec {
    TableSpec(name: name, key: KeySchema(partition: KeyAttribute("table", .string)))
  }

  private let store: any TableStore
  private let name: String

  /// The guards in the table `name`, which must be there.
  package init(_ store: any TableStore, table name: String) {
    self.store = store
    self.name = name
  }

  /// All claims, sorted by table.
  package func claims() async throws -> [GuardClaim] {
    var claims: [GuardClaim] = []
    var request = ScanRequest(table: name)
    var watch = ScanWatch()
    repeat {
      let page = try await store.scan(request)
      try watch.check(page, of: name)
      claims += try page.items.map(read)
      request.after = page.lastKey
    } while request.after != nil
    return claims.sorted { Text($0.table) < Text($1.table) }
  }

  /// The table's claim.
  package func claim(on table: String) async throws -> GuardClaim? {
    try await store.item(Self.key(table), in: name).map(read)
  }

  /// Writes on the condition that all of the old claim is still there.
  ///
  /// A write whose answer was lost is found done by the next attempt, hence the second look at what was found.
  package func replace(_ old: GuardClaim?, with new: GuardClaim) async throws -> GuardReplacement {
    let key = Self.key(new.table)
    let change =
      old.map {
        Change(table: name, key: key, before: Self.attributes($0), after: Self.attributes(new))
      } ?? Change(table: name, key: key, before: nil, after: Self.item(new))
    guard let reply = try await store.write([[change]]).first else { throw StoreError.unreadableGuard(place) }
    switch reply.outcome {
    case .written: return .done
    case .refused(let error): throw error
    case .conditionFailed(let found):
      guard let seen = found.first.flatMap({ $0 }) else { return .found(try await claim(on: new.table)) }
      return .found(try seen.item.map(read))
    }
  }

  /// DynamoDB can't look at another item within a single write.
  package func hold(_ claims: [GuardClaim]) async {}
}

// MARK: A claim as an item

extension TableGuards {
  private var place: String { "the guard table '\(name)'" }

  private static func key(_ table: String) -> Key { Key(["table": .string(table)]) }

  private static func item(_ claim: GuardClaim) -> Item {
    var item = attributes(claim)
    item["table"] = .string(claim.table)
    return item
  }

  /// All but the key.
  private static func attributes(_ claim: GuardClaim) -> Item {
    var item: Item = [
      "owner": .string(claim.holder.owner), "journal": .string(claim.holder.journal),
      "run": .string(claim.holder.run), "token": .string(claim.holder.token), "fence": .number(claim.fence),
      "expiresAt": .number(claim.expiresAt), "state": .string(claim.state.rawValue),
    ]
    if let mark = claim.mark {
      item["markJournal"] = .string(mark.journal)
      item["head"] = .string(mark.head)
      item["size"] = .number(mark.size)
    }
    item["reason"] = claim.reason.map { .string($0) }
    return item
  }

  private func read(_ item: Item) throws -> GuardClaim {
    guard let claim = Self.claim(item) else { throw StoreError.unreadableGuard(place) }
    return claim
  }

  private static func claim(_ item: Item) -> GuardClaim? {
    guard let table = item["table"]?.stringValue, let owner = item["owner"]?.stringValue,
      let journal = item["journal"]?.stringValue, let run = item["run"]?.stringValue,
      let token = item["token"]?.stringValue, let fence = item["fence"]?.int64,
      let expiresAt = item["expiresAt"]?.int64,
      let state = item["state"]?.stringValue.flatMap(GuardClaim.State.init)
    else { return nil }
    var mark: GuardMark?
    if let markJournal = item["markJournal"]?.stringValue {
      guard let head = item["head"]?.stringValue, let size = item["size"]?.int64 else { return nil }
      mark = GuardMark(journal: markJournal, head: head, size: size)
    }
    return GuardClaim(
      table: table, holder: GuardHolder(owner: owner, journal: journal, run: run, token: token),
      fence: fence, expiresAt: expiresAt, mark: mark, state: state, reason: item["reason"]?.stringValue)
  }
}

extension AttributeValue {
  fileprivate var int64: Int64? { if case .number(let number) = self { number.int64 } else { nil } }
}
