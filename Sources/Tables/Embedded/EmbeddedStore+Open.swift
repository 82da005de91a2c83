import DynamoJournalSQLite

extension EmbeddedStore {
  /// A connection to the store in `path`, which is made when it is missing.
  static func open(_ path: String) throws -> (Connection, FileIdentity) {
    let found = try EmbeddedFile.make(path)
    if let flaw = FileTrust(path).flawOfDatabase { throw StoreError.untrusted(path, flaw) }
    let file = FileIdentity(path)
    return try translated {
      if found == .existed { try inspect(path) }
      let connection = try connect(path)
      if try format(connection) < EmbeddedSQL.format {
        try connection.transaction { try upgrade(connection) }
      }
      // SQLite opens by the path, so the file is the one that was looked at only if it is there before and after.
      guard let file else { throw StoreError.fileReplaced(path) }
      try require(file, at: path)
      return (connection, file)
    }
  }

  /// Brings the file to the newest format; another process may have been here since it was looked at.
  private static func upgrade(_ connection: Connection) throws {
    let format = try format(connection)
    if format == 0 { try connection.execute(EmbeddedSQL.schema) }
    if format < EmbeddedSQL.format { try connection.execute(EmbeddedSQL.secondFormat) }
  }

  /// A connection to the store in `path` that leaves no trace.
  static func look(_ path: String) throws -> Connection {
    try translated {
      let connection = try Connection(path: path, mode: .look)
      if try format(connection) == 0 { throw StoreError.emptyFile(path) }
      return connection
    }
  }

  /// Two processes that put a new file into WAL mode at once get "busy" without SQLite's own waiting, so we wait.
  private static func connect(_ path: String) throws -> Connection {
    let start = EmbeddedFile.now()
    while true {
      do {
        // Keys come in the order of another table's hash, so that nearly each change meets a page of its own: small pages
        // and a long log write the fewest bytes.
        return try Connection(
          path: path, mode: .create, pageSize: 4_096, cacheKibibytes: 32_768, checkpointPages: 16_000)
      } catch let error as SQLiteError where error.kind == .busy && EmbeddedFile.now() - start < patience {
        EmbeddedFile.pause(microseconds: 10_000)
      }
    }
  }

  /// How long a new connection waits for another process, in microseconds.
  private static let patience: Int64 = 5_000_000

  /// Looks before anything is written: opening for writing would put a foreign file into WAL mode.
  private static func inspect(_ path: String) throws {
    _ = try format(Connection(path: path, mode: .readOnly))
  }

  /// The format of a store, or 0 for a database without anything in it; a newer format and anything else are refused.
  static func format(_ connection: Connection) throws -> Int64 {
    let application = try number(EmbeddedSQL.readApplicationID, connection)
    let format = try number(EmbeddedSQL.readFormat, connection)
    if application == EmbeddedSQL.applicationID && format > EmbeddedSQL.format {
      throw StoreError.newerFormat(connection.path, found: format, known: EmbeddedSQL.format)
    }
    if application == EmbeddedSQL.applicationID && format > 0 { return format }
    guard application == 0, format == 0, try number(EmbeddedSQL.countObjects, connection) == 0 else {
      throw StoreError.foreignFile(connection.path)
    }
    return 0
  }

  private static func number(_ sql: String, _ connection: Connection) throws -> Int64 {
    try connection.statement(sql).first { $0.integer(0) } ?? 0
  }
}
