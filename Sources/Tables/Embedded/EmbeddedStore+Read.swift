import DynamoJournalSQLite

extension EmbeddedStore {
  /// The items with these keys, in the order of the keys, from one snapshot.
  package func items(_ keys: [Key], in table: String) throws -> [Item?] {
    try reading { connection in
      let stored = try StoredTable.existing(table, connection)
      let items = try StoredItems(connection)
      return try keys.map { key in
        try Validation.check(key, of: stored.spec.key, in: table)
        let location = ItemLocation(key, stored.spec.key)
        return try items.row(stored.id, location).map(items.item)
      }
    }
  }

  /// One page: at most 1 MB of items, in the order of their locations.
  ///
  /// The rows are read one call at a time, and become items where the caller runs: of several calls at once, on as many cores.
  package nonisolated func scan(_ request: ScanRequest) async throws -> ScanPage {
    try request.check()
    let page = try await rows(request)
    let items = try page.rows.map { try StoredItems.item($0, path) }
    return ScanPage(items: items, lastKey: page.isCut ? items.last.flatMap(page.schema.key) : nil)
  }

  /// The rows of a page.
  private struct RowPage {
    var rows: [StoredItems.Row] = []
    /// Whether the limit or the size ended it.
    var isCut = false
    let schema: KeySchema
  }

  private func rows(_ request: ScanRequest) throws -> RowPage {
    try reading { connection in
      let table = try StoredTable.existing(request.table, connection)
      let rows = try EmbeddedStore.rows(request, of: table, connection)
      defer { rows.reset() }
      return try EmbeddedStore.page(of: rows, request, table.spec.key, path)
    }
  }

  private static func rows(
    _ request: ScanRequest, of table: StoredTable, _ connection: Connection
  ) throws -> Statement {
    let hashes = ItemLocation.segment(request.segment, of: request.totalSegments)
    guard let after = request.after else {
      return try connection.statement(EmbeddedSQL.scanFromStart)
        .bind(1, table.id).bind(2, hashes.lowerBound).bind(3, hashes.upperBound)
    }
    try Validation.check(after, of: table.spec.key, in: request.table)
    let location = ItemLocation(after, table.spec.key)
    guard hashes.contains(location.hash) else {
      throw StoreError.validation(
        "the key to start after is not in segment \(request.segment) of \(request.totalSegments)")
    }
    return try connection.statement(EmbeddedSQL.scanAfterKey)
      .bind(1, table.id).bind(2, location.hash).bind(3, hashes.upperBound).bind(4, blob: location.key)
  }

  /// Takes rows until the limit or the next item would pass 1 MB.
  ///
  /// A page cut by its limit has a last key even when nothing follows, as in DynamoDB, which doesn't look.
  private static func page(
    of rows: Statement, _ request: ScanRequest, _ schema: KeySchema, _ path: String
  ) throws -> RowPage {
    var page = RowPage(schema: schema)
    var size = 0
    while try rows.step() {
      let row = try StoredItems.row(rows, path)
      page.isCut = size + row.size > Validation.maximumPageSize
      if page.isCut { break }
      size += row.size
      page.rows.append(row)
      page.isCut = page.rows.count == request.limit
      if page.isCut { break }
    }
    return page
  }
}
