import SQLite

/// Tables in one SQLite file, which behave as DynamoDB's do, refusals and the names of errors included.
///
/// Every call is a transaction of its own, durable when it returns. Several processes may use one file: SQLite's locks keep
/// their transactions apart.
public actor EmbeddedStore: TableStore {
  /// 500 units share one sync to disk; a second call waits while the first is written, so that the store is never idle.
  public nonisolated let writeShape = WriteShape(unitsPerCall: 500, concurrentCalls: 2)
  /// The file.
  public nonisolated let path: String

  private let executor: QueueExecutor
  private let connection: Connection

  /// Runs the actor on a queue of its own, since SQLite blocks.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens the store in `path`; makes the file, mode 0600, and its folder, mode 0700, where they are missing.
  ///
  /// - Throws: `StoreError`; a file of something else and a newer format are refused, neither is touched.
  public init(path: String) throws {
    self.path = path
    executor = QueueExecutor(label: "embedded-store")
    connection = try EmbeddedStore.open(path)
  }

  /// Opens the store in `path` for a short look: no file is made or changed, and writing fails.
  ///
  /// - Throws: `StoreError`; a missing file, one of something else and a newer format are refused.
  public init(lookingAt path: String) throws {
    self.path = path
    executor = QueueExecutor(label: "embedded-store")
    connection = try EmbeddedStore.look(path)
  }

  /// One call's work in one transaction that may write.
  func writing<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try EmbeddedStore.translated { try connection.transaction { try body(connection) } }
  }

  /// One call's work on one snapshot.
  func reading<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try EmbeddedStore.translated { try connection.read { try body(connection) } }
  }

  /// The one place where an error of SQLite's becomes one of a store's.
  static func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError {
      throw StoreError(error)
    }
  }
}
