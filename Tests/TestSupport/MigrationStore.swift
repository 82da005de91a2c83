import Runner
import Tables

/// A store that scans in small pages and asks a run to stop when it is scanned far enough.
public struct StoppingStore: TableStore {
  private let store: any TableStore
  private let table: String
  private let pageSize: Int
  private let stopsAfter: Key?
  private let stop: StopSignal

  /// - Parameter stopsAfter: the scan of `table` that begins behind this key asks to stop; nil for never.
  public init(
    _ store: any TableStore, scanning table: String, pageSize: Int, stopsAfter: Key?, stop: StopSignal
  ) {
    self.store = store
    self.table = table
    self.pageSize = pageSize
    self.stopsAfter = stopsAfter
    self.stop = stop
  }

  /// Asks to stop once the key is reached.
  public func scan(_ request: ScanRequest) async throws -> ScanPage {
    if let stopsAfter, request.table == table, request.after == stopsAfter { stop.request() }
    var limited = request
    limited.limit = pageSize
    return try await store.scan(limited)
  }

  /// That of the store.
  public var writeShape: WriteShape { store.writeShape }
  /// That of the store.
  public func tables() async throws -> [String] { try await store.tables() }
  /// That of the store.
  public func describe(_ table: String) async throws -> TableDescription? { try await store.describe(table) }
  /// That of the store.
  public func create(_ spec: TableSpec) async throws { try await store.create(spec) }
  /// That of the store.
  public func createIndex(_ index: IndexSpec, on table: String) async throws {
    try await store.createIndex(index, on: table)
  }
  /// That of the store.
  public func deleteIndex(_ name: String, on table: String) async throws {
    try await store.deleteIndex(name, on: table)
  }
  /// That of the store.
  public func delete(_ table: String) async throws { try await store.delete(table) }
  /// That of the store.
  public func items(_ keys: [Key], in table: String) async throws -> [Item?] {
    try await store.items(keys, in: table)
  }
  /// That of the store.
  public func put(_ items: [Item], into table: String) async throws {
    try await store.put(items, into: table)
  }
  /// That of the store.
  public func write(_ units: [[Change]]) async throws -> [UnitReply] { try await store.write(units) }
  /// That of the store.
  public func backUp(_ table: String, as name: String) async throws -> Backup {
    try await store.backUp(table, as: name)
  }
  /// That of the store.
  public func backups(of table: String?) async throws -> [Backup] { try await store.backups(of: table) }
  /// That of the store.
  public func restore(backup arn: String, to table: String) async throws {
    try await store.restore(backup: arn, to: table)
  }
  /// That of the store.
  public func deleteBackup(_ arn: String) async throws { try await store.deleteBackup(arn) }
}
