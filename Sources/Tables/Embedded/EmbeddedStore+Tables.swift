import DynamoJournalSQLite

extension EmbeddedStore {
  /// The names of all tables, sorted.
  package func tables() throws -> [String] {
    try reading { connection in
      try connection.statement(EmbeddedSQL.tableNames).all { $0.text(0) ?? "" }
    }
  }

  /// The table with its exact count and size, or nil.
  package func describe(_ table: String) throws -> TableDescription? {
    try reading { connection in
      try StoredTable.find(table, connection).map {
        TableDescription(spec: $0.spec, status: .active, itemCount: $0.itemCount, sizeBytes: $0.sizeBytes)
      }
    }
  }

  /// Creates a table.
  package func create(_ spec: TableSpec) throws {
    try Validation.check(spec)
    try writing { connection in
      guard try StoredTable.find(spec.name, connection) == nil else {
        throw StoreError.inUse("there is a table '\(spec.name)' already; delete it or choose another name")
      }
      _ = try StoredTable.insert(spec, connection)
    }
  }

  /// Adds an index.
  ///
  /// As in DynamoDB, an item of the table whose attribute has another type than the index's key is just not in the index.
  package func createIndex(_ index: IndexSpec, on table: String) throws {
    try writing { connection in
      let stored = try StoredTable.existing(table, connection)
      guard !stored.spec.indexes.contains(where: { $0.name == index.name }) else {
        throw StoreError.validation(
          "table '\(table)' has an index '\(index.name)' already; choose another name")
      }
      let indexes = stored.spec.indexes + [index]
      try Validation.check(TableSpec(name: table, key: stored.spec.key, indexes: indexes))
      try StoredTable.insert(index, of: stored.id, connection)
    }
  }

  /// Removes an index.
  package func deleteIndex(_ name: String, on table: String) throws {
    try writing { connection in
      let stored = try StoredTable.existing(table, connection)
      guard stored.spec.indexes.contains(where: { $0.name == name }) else {
        throw StoreError.notFound("table '\(table)' has no index '\(name)'")
      }
      try connection.statement(EmbeddedSQL.deleteIndex).bind(1, stored.id).bind(2, name).run()
    }
  }

  /// Deletes a table with all its items; its backups stay.
  package func delete(_ table: String) throws {
    try writing { connection in
      let stored = try StoredTable.existing(table, connection)
      try connection.statement(EmbeddedSQL.deleteItems).bind(1, stored.id).run()
      try connection.statement(EmbeddedSQL.deleteTable).bind(1, stored.id).run()
    }
  }
}
