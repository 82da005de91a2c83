import DynamoJournalProgram
import DynamoJournalSQLite

/// Backups are copies in the same file: the description goes into a nameless row of `tables`, the items into `backup_items`.
///
/// They outlive their table, as DynamoDB's do. Errors are named as in
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
extension EmbeddedStore {
  /// Copies a table as it is now.
  package func backUp(_ table: String, as name: String) throws -> Backup {
    try Validation.check(name: name, of: .backup)
    return try writing { connection in
      guard let stored = try StoredTable.find(table, connection) else {
        throw StoreError(code: "TableNotFoundException", "there is no table '\(table)' to back up")
      }
      let copy = try EmbeddedStore.copyTable(stored.id, as: nil, EmbeddedSQL.saveItems, connection)
      let now = EmbeddedFile.now()
      let backup = Backup(
        arn: EmbeddedStore.backupARN(of: table, at: now), name: name, table: table, createdAt: now,
        sizeBytes: stored.sizeBytes, itemCount: stored.itemCount)
      try connection.statement(EmbeddedSQL.insertBackup)
        .bind(1, backup.arn).bind(2, name).bind(3, table).bind(4, now).bind(5, copy).run()
      return backup
    }
  }

  /// The backups, oldest first.
  package func backups(of table: String?) throws -> [Backup] {
    try reading { connection in
      let statement =
        if let table {
          try connection.statement(EmbeddedSQL.backupsOfTable).bind(1, table)
        } else {
          try connection.statement(EmbeddedSQL.allBackups)
        }
      return try statement.all(EmbeddedStore.backup)
    }
  }

  /// Copies a backup into a new table.
  package func restore(backup arn: String, to table: String) throws {
    try Validation.check(name: table, of: .table)
    try writing { connection in
      let saved = try EmbeddedStore.savedTable(arn, connection)
      guard try StoredTable.find(table, connection) == nil else {
        throw StoreError(
          code: "TableAlreadyExistsException",
          "there is a table '\(table)' already, and a backup is restored to a new one; choose another name")
      }
      _ = try EmbeddedStore.copyTable(saved, as: table, EmbeddedSQL.restoreItems, connection)
    }
  }

  /// Deletes a backup.
  package func deleteBackup(_ arn: String) throws {
    try writing { connection in
      let saved = try EmbeddedStore.savedTable(arn, connection)
      try connection.statement(EmbeddedSQL.deleteBackupItems).bind(1, saved).run()
      // The row of the backup goes with that of its table.
      try connection.statement(EmbeddedSQL.deleteTable).bind(1, saved).run()
    }
  }

  /// Copies a table's rows, its items by the statement `items`, and gives the copy's id.
  private static func copyTable(
    _ id: Int64, as name: String?, _ items: String, _ connection: Connection
  ) throws -> Int64 {
    try connection.statement(EmbeddedSQL.copyTable).bind(1, id).bind(2, name).run()
    let copy = connection.lastInsertedRow
    for sql in [EmbeddedSQL.copyIndexes, items] {
      try connection.statement(sql).bind(1, id).bind(2, copy).run()
    }
    return copy
  }

  private static func savedTable(_ arn: String, _ connection: Connection) throws -> Int64 {
    let found = try connection.statement(EmbeddedSQL.backup).bind(1, arn).first { $0.integer(6) }
    guard let found else {
      throw StoreError(
        code: "BackupNotFoundException", "there is no backup '\(arn)'; list the backups for its name")
    }
    return found
  }

  private static func backup(_ row: Statement) -> Backup {
    Backup(
      arn: row.text(0) ?? "", name: row.text(1) ?? "", table: row.text(2) ?? "", createdAt: row.integer(3),
      sizeBytes: Int(row.integer(4)), itemCount: Int(row.integer(5)))
  }

  /// As DynamoDB's: the table, when in milliseconds, and eight digits that tell backups of one millisecond apart.
  private static func backupARN(of table: String, at microseconds: Int64) -> String {
    let digits = String(UInt32.random(in: .min ... .max), radix: 16)
    let padded = String(repeating: "0", count: 8 - digits.count) + digits
    return "\(Formats.backupPrefix)local:table/\(table)/backup/\(microseconds / 1_000)-\(padded)"
  }
}
