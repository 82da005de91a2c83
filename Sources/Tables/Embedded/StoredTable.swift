import DynamoJournalSQLite

/// A table's row and those of its indexes.
struct StoredTable {
  let id: Int64
  let spec: TableSpec
  let itemCount: Int
  let sizeBytes: Int

  /// The table of that name, or nil.
  static func find(_ name: String, _ connection: Connection) throws -> StoredTable? {
    let row = try connection.statement(EmbeddedSQL.table).bind(1, name).first { row in
      (
        id: row.integer(0), key: try keySchema(row, from: 1, connection), count: row.integer(5),
        size: row.integer(6)
      )
    }
    guard let row else { return nil }
    let indexes = try connection.statement(EmbeddedSQL.indexes).bind(1, row.id).all { row in
      IndexSpec(name: row.text(0) ?? "", key: try keySchema(row, from: 1, connection))
    }
    return StoredTable(
      id: row.id, spec: TableSpec(name: name, key: row.key, indexes: indexes), itemCount: Int(row.count),
      sizeBytes: Int(row.size))
  }

  /// The table of that name; `ResourceNotFoundException` when there is none.
  static func existing(_ name: String, _ connection: Connection) throws -> StoredTable {
    guard let table = try find(name, connection) else { throw StoreError.noTable(name) }
    return table
  }

  /// Makes a table without items.
  static func insert(_ spec: TableSpec, _ connection: Connection) throws {
    let statement = try connection.statement(EmbeddedSQL.insertTable).bind(1, spec.name)
    try bind(spec.key, to: statement, from: 2).run()
    let id = connection.lastInsertedRow
    for index in spec.indexes { try insert(index, of: id, connection) }
  }

  /// Adds an index to the table of that id.
  static func insert(_ index: IndexSpec, of id: Int64, _ connection: Connection) throws {
    let statement = try connection.statement(EmbeddedSQL.insertIndex).bind(1, id).bind(2, index.name)
    try bind(index.key, to: statement, from: 3).run()
  }

  private static func bind(_ key: KeySchema, to statement: Statement, from: Int32) throws -> Statement {
    try statement
      .bind(from, key.partition.name.string).bind(from + 1, key.partition.type.rawValue)
      .bind(from + 2, key.sort?.name.string).bind(from + 3, key.sort?.type.rawValue)
  }

  private static func keySchema(
    _ row: Statement, from column: Int32, _ connection: Connection
  ) throws -> KeySchema {
    guard let partition = keyAttribute(row, column) else {
      throw StoreError.damaged(connection.path, "a table without a key")
    }
    return KeySchema(partition: partition, sort: keyAttribute(row, column + 2))
  }

  private static func keyAttribute(_ row: Statement, _ column: Int32) -> KeyAttribute? {
    guard let name = row.text(column), let type = row.text(column + 1).flatMap(KeyType.init(rawValue:)) else {
      return nil
    }
    return KeyAttribute(Text(name), type)
  }
}

extension StoreError {
  static func noTable(_ name: String) -> StoreError {
    .notFound("there is no table '\(name)'; create it or name another target")
  }
}
