import DynamoJournalTables

/// A store whose calls can be watched, stopped and made to fail.
public struct WatchedStore: TableStore {
  /// A call that a test may want to notice.
  package enum Call: Sendable {
    /// A page is read.
    case scan(ScanRequest)
    /// Items are read by key.
    case items
    /// Something is written: items, tables or indexes.
    case write
  }

  private let store: any TableStore
  private let pageSize: Int?
  private let before: @Sendable (Call) throws -> Void
  private let after: @Sendable (Call) throws -> Void

  /// - Parameters:
  ///   - pageSize: at most so many items a page; nil for the store's own size.
  ///   - before: called before each call; what it throws keeps the call from being made.
  ///   - after: called when it was made; what it throws hides that from the caller.
  package init(
    _ store: any TableStore, pageSize: Int? = nil,
    before: @escaping @Sendable (Call) throws -> Void = { _ in },
    after: @escaping @Sendable (Call) throws -> Void = { _ in }
  ) {
    self.store = store
    self.pageSize = pageSize
    self.before = before
    self.after = after
  }

  private func watching<Result>(_ call: Call, _ body: () async throws -> Result) async throws -> Result {
    try before(call)
    let result = try await body()
    try after(call)
    return result
  }

  // MARK: Watched

  /// Watched.
  package func scan(_ request: ScanRequest) async throws -> ScanPage {
    var limited = request
    limited.limit = pageSize ?? request.limit
    return try await watching(.scan(request)) { [limited] in try await store.scan(limited) }
  }
  /// Watched.
  package func items(_ keys: [Key], in table: String) async throws -> [Item?] {
    try await watching(.items) { try await store.items(keys, in: table) }
  }
  /// Watched.
  package func write(_ units: [[Change]]) async throws -> [UnitReply] {
    try await watching(.write) { try await store.write(units) }
  }
  /// Watched.
  package func create(_ spec: TableSpec) async throws {
    try await watching(.write) { try await store.create(spec) }
  }
  /// Watched.
  package func createIndex(_ index: IndexSpec, on table: String) async throws {
    try await watching(.write) { try await store.createIndex(index, on: table) }
  }
  /// Watched.
  package func deleteIndex(_ name: String, on table: String) async throws {
    try await watching(.write) { try await store.deleteIndex(name, on: table) }
  }
  /// Watched.
  package func delete(_ table: String) async throws {
    try await watching(.write) { try await store.delete(table) }
  }

  // MARK: Passed on

  /// One unit a call, so that every unit can be the one that is lost.
  package var writeShape: WriteShape { WriteShape(unitsPerCall: 1, concurrentCalls: 1) }
  /// Passed on.
  package func identity() async throws -> TargetIdentity { try await store.identity() }
  /// Passed on.
  package func bind(to identity: TargetIdentity) async throws { try await store.bind(to: identity) }
  /// Passed on.
  package var guards: (any GuardKeeping)? { get async throws { try await store.guards } }
  /// Passed on.
  package func tables() async throws -> [String] { try await store.tables() }
  /// Passed on.
  package func describe(_ table: String) async throws -> TableDescription? { try await store.describe(table) }
  /// Passed on.
  package func put(_ items: [Item], into table: String) async throws {
    try await watching(.write) { try await store.put(items, into: table) }
  }
  /// Passed on.
  package func backUp(_ table: String, as name: String) async throws -> Backup {
    try await store.backUp(table, as: name)
  }
  /// Passed on.
  package func backups(of table: String?) async throws -> [Backup] { try await store.backups(of: table) }
  /// Passed on.
  package func restore(backup arn: String, to table: String) async throws {
    try await store.restore(backup: arn, to: table)
  }
  /// Passed on.
  package func deleteBackup(_ arn: String) async throws { try await store.deleteBackup(arn) }
}
