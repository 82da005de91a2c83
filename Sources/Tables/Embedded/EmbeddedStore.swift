import DynamoJournalSQLite

/// Tables in one SQLite file, which behave as DynamoDB's do, refusals and the names of errors included.
///
/// Every call is a transaction of its own, durable when it returns. Several processes may use one file: SQLite's locks keep
/// their transactions apart. A write is refused, and nothing of it stays, when the path leads to another file by then, when
/// the store is not the one that it was bound to, or when a guard that it was to hold was lost.
package actor EmbeddedStore: TableStore, GuardKeeping {
  /// 500 units share one sync to disk; a second call waits while the first is written, so that the store is never idle.
  package nonisolated let writeShape = WriteShape(unitsPerCall: 500, concurrentCalls: 2, keepsPace: false)
  /// The file.
  package nonisolated let path: String

  private let executor: QueueExecutor
  private let connection: Connection
  /// The file that was opened; nil for a look, which writes nothing.
  private let file: FileIdentity?
  private var bound: TargetIdentity?
  private var held: [GuardClaim] = []

  /// Runs the actor on a queue of its own, since SQLite blocks.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens the store in `path`; makes the file, mode 0600, and its folder, mode 0700, where they are missing.
  ///
  /// - Throws: `StoreError`; a file of something else and a newer format are refused, neither is touched.
  package init(path: String) throws {
    self.path = path
    executor = QueueExecutor(label: "embedded-store")
    (connection, file) = try EmbeddedStore.open(path)
  }

  /// Opens the store in `path` for a short look: no file is made or changed, and writing fails.
  ///
  /// - Throws: `StoreError`; a missing file, one of something else and a newer format are refused.
  package init(lookingAt path: String) throws {
    self.path = path
    executor = QueueExecutor(label: "embedded-store")
    connection = try EmbeddedStore.look(path)
    file = nil
  }

  /// Which store it is, as its file says now.
  package func identity() throws -> TargetIdentity {
    try reading { try EmbeddedStore.identity($0) }
  }

  /// From here on each write looks first, inside its own transaction, whether this is that store.
  ///
  /// A file whose content is overwritten in place while it is open is beyond what a process can see: SQLite keeps pages of
  /// it in memory. The next process that opens it sees it.
  package func bind(to identity: TargetIdentity) throws {
    if let difference = try self.identity().difference(from: identity) {
      throw StoreError.targetChanged(difference)
    }
    bound = identity
  }

  /// From here on each write looks first, inside its own transaction, whether these claims still stand.
  package func hold(_ claims: [GuardClaim]) { held = claims }

  /// The store itself: the guards are in its file.
  package nonisolated var guards: (any GuardKeeping)? { self }

  /// One call's work in one transaction that may write.
  func writing<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try writingUnguarded { connection in
      for claim in held { try EmbeddedStore.require(claim, connection) }
      return try body(connection)
    }
  }

  /// One call's work in one transaction that may write, whoever holds the guards.
  func writingUnguarded<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try EmbeddedStore.translated {
      try connection.transaction {
        if let bound, let difference = try EmbeddedStore.identity(connection).difference(from: bound) {
          throw StoreError.targetChanged(difference)
        }
        let result = try body(connection)
        // Last, so that as little time as can be is left for the file to be replaced before the commit.
        if let file { try EmbeddedStore.require(file, at: path) }
        return result
      }
    }
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
