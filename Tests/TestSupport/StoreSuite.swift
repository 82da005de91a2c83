import DynamoJournalTables
import Testing

/// What every `TableStore` must do: as much of DynamoDB's behaviour as AWS documents and this project leans on.
///
/// A test target runs each of `cases` against a store of its own making.
package struct StoreSuite: Sendable {
  /// What some stand-ins for DynamoDB lack, so that cases that need it can be left out by name.
  package enum Capability: String, Sendable, CaseIterable {
    /// A failed condition brings the item that was found (`ReturnValuesOnConditionCheckFailure=ALL_OLD`).
    case allOldOnFailedCondition
    /// A page of a scan ends at 1 MB.
    case onePageIsOneMegabyte
    /// Backups can be made and restored.
    case backups
    /// Backups of one second have times that tell their order.
    case backupTimes
    /// A value for an index's key of another type, or an empty one, is refused.
    case indexKeyTypes
    /// The same of a value that stood there before the index was made.
    case laterIndexes
    /// The limits of an item's size, a key's size, nesting and a unit's length are kept.
    case sizeLimits
    /// A scan can be cut into segments that stay the same while items come and go.
    case segments
    /// Names outside DynamoDB's rules are refused.
    case nameRules
    /// Numbers keep 38 digits and binary keys, NUL and unusual characters come back as they were.
    case exactValues
    /// In a scan the items of a partition come in the order of their sort key, numbers as numbers.
    case numbersInOrder
  }

  /// One behaviour.
  package struct Case: Sendable, CustomTestStringConvertible {
    /// A sentence.
    package let name: String
    /// Without which it can't be tried.
    package let needs: Set<Capability>
    /// Tries it.
    package let run: @Sendable (StoreSuite) async throws -> Void

    init(
      _ name: String, needs: Set<Capability> = [],
      _ run: @escaping @Sendable (StoreSuite) async throws -> Void
    ) {
      self.name = name
      self.needs = needs
      self.run = run
    }

    /// The sentence.
    package var testDescription: String { name }
  }

  /// The store under test.
  package let store: any TableStore
  /// What the names of this suite's tables begin with, so that runs on one server keep apart.
  package let prefix: String

  /// A suite on `store`.
  package init(store: any TableStore, prefix: String = "suite") {
    self.store = store
    self.prefix = prefix
  }

  /// The cases that a store with these capabilities must pass.
  package static func cases(with capabilities: Set<Capability>) -> [Case] {
    cases.filter { $0.needs.isSubset(of: capabilities) }
  }

  /// All cases.
  package static let cases: [Case] =
    tableCases + valueCases + scanCases + writeCases + refusalCases + backupCases + concurrencyCases

  // MARK: Tables and items for the cases

  /// The key `id:S`.
  static let byID = KeySchema(partition: KeyAttribute("id", .string))
  /// The key `owner:S,slot:N`.
  static let bySlot = KeySchema(
    partition: KeyAttribute("owner", .string), sort: KeyAttribute("slot", .number))
  /// An index on `owner`.
  static let byOwner = IndexSpec(name: "byOwner", key: KeySchema(partition: KeyAttribute("owner", .string)))

  func name(_ name: String) -> String { "\(prefix)-\(name)" }

  /// Makes a table and gives its name.
  func make(_ name: String, _ key: KeySchema = byID, indexes: [IndexSpec] = []) async throws -> String {
    let spec = TableSpec(name: self.name(name), key: key, indexes: indexes)
    try await store.create(spec)
    return spec.name
  }

  static func key(_ id: String) -> Key { Key(["id": .string(id)]) }

  static func key(_ owner: String, _ slot: Int64) -> Key {
    Key(["owner": .string(owner), "slot": .number(slot)])
  }

  static func item(_ id: String, _ attributes: AttributeMap = [:]) -> Item {
    var item = attributes
    item["id"] = .string(id)
    return item
  }

  static func numbered(_ range: Range<Int>) -> [Item] {
    range.map { item("k\($0)", ["number": .number(Int64($0))]) }
  }

  // MARK: Short ways to ask

  /// The outcome of one unit.
  func write(_ changes: Change...) async throws -> UnitReply.Outcome {
    let replies = try await store.write([changes])
    return try #require(replies.first).outcome
  }

  func create(_ item: Item, in table: String, _ schema: KeySchema = byID) async throws -> UnitReply.Outcome {
    let key = try #require(schema.key(of: item))
    return try await write(Change(table: table, key: key, before: nil, after: item))
  }

  func expectWritten(
    _ outcome: UnitReply.Outcome, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome == .written, sourceLocation: location)
  }

  /// Expects a refusal under that name.
  func expectRefused(
    _ outcome: UnitReply.Outcome, _ code: String = "ValidationException",
    _ comment: Comment? = nil, _ location: SourceLocation = #_sourceLocation
  ) {
    guard case .refused(let error) = outcome else {
      Issue.record("not refused: \(outcome) \(comment?.rawValue ?? "")", sourceLocation: location)
      return
    }
    #expect(error.code == code, comment, sourceLocation: location)
    #expect(error.kind == .refused, comment, sourceLocation: location)
  }

  /// Expects an error under one of these names.
  func expectError(
    _ codes: String..., comment: Comment? = nil, location: SourceLocation = #_sourceLocation,
    from body: () async throws -> Void
  ) async {
    do {
      try await body()
      Issue.record("accepted; wanted \(codes) \(comment?.rawValue ?? "")", sourceLocation: location)
    } catch let error as StoreError {
      #expect(codes.contains(error.code), comment, sourceLocation: location)
    } catch {
      Issue.record("no StoreError: \(error)", sourceLocation: location)
    }
  }

  /// All pages of one segment.
  func scan(_ request: ScanRequest) async throws -> [Item] {
    var request = request
    var items: [Item] = []
    repeat {
      let page = try await store.scan(request)
      items += page.items
      try #require(page.lastKey == nil || page.lastKey != request.after, "the scan stands still")
      request.after = page.lastKey
    } while request.after != nil
    return items
  }

  /// The ids of items, sorted.
  static func ids(_ items: [Item]) -> [String] { items.compactMap { $0["id"]?.stringValue }.sorted() }
}
