import DynamoJournalSQLite

/// The rows of items, by table and location.
struct StoredItems {
  /// A row: canonical DynamoDB JSON and DynamoDB's count of the item's bytes.
  struct Row {
    let bytes: [UInt8]
    let size: Int
  }

  private let path: String
  private let select: Statement
  private let selectSize: Statement
  private let insert: Statement
  private let update: Statement
  private let remove: Statement

  init(_ connection: Connection) throws {
    path = connection.path
    select = try connection.statement(EmbeddedSQL.item)
    selectSize = try connection.statement(EmbeddedSQL.itemSize)
    insert = try connection.statement(EmbeddedSQL.insertItem)
    update = try connection.statement(EmbeddedSQL.updateItem)
    remove = try connection.statement(EmbeddedSQL.deleteItem)
  }

  /// The row there, or nil.
  func row(_ table: Int64, _ location: ItemLocation) throws -> Row? {
    try bind(select, table, location).first { try StoredItems.row($0, path) }
  }

  /// The size of the item there, or nil; reads no item.
  func size(_ table: Int64, _ location: ItemLocation) throws -> Int? {
    try bind(selectSize, table, location).first { Int($0.integer(0)) }
  }

  /// Adds a row where there is none.
  func insert(_ row: Row, _ table: Int64, _ location: ItemLocation) throws {
    try bind(insert, table, location).bind(4, Int64(row.size)).bindText(5, utf8: row.bytes).run()
  }

  /// Replaces the row there.
  func update(_ row: Row, _ table: Int64, _ location: ItemLocation) throws {
    try bind(update, table, location).bind(4, Int64(row.size)).bindText(5, utf8: row.bytes).run()
  }

  /// Removes the row there.
  func remove(_ table: Int64, _ location: ItemLocation) throws {
    try bind(remove, table, location).run()
  }

  /// The item of a row.
  func item(_ row: Row) throws -> Item { try StoredItems.item(row, path) }

  /// A row of `size, item`.
  static func row(_ statement: Statement, _ path: String) throws -> Row {
    guard let bytes = statement.bytes(1) else { throw StoreError.damaged(path, "a row without an item") }
    return Row(bytes: bytes, size: Int(statement.integer(0)))
  }

  /// The item of a row of the file at `path`.
  static func item(_ row: Row, _ path: String) throws -> Item {
    do {
      return try DynamoDBJSON.item(from: row.bytes)
    } catch {
      throw StoreError.damaged(path, "a row that is not DynamoDB JSON")
    }
  }

  private func bind(_ statement: Statement, _ table: Int64, _ location: ItemLocation) throws -> Statement {
    try statement.bind(1, table).bind(2, location.hash).bind(3, blob: location.key)
  }
}
