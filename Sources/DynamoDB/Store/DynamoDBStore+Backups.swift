import DynamoJournalJSON
import DynamoJournalTables

/// On-demand backups.
///
/// A backup holds what was committed up to a minute before it was asked for, and nothing of what came more than a minute
/// later. A server without backups answers with the code `UnknownOperationException`.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
extension DynamoDBStore {
  /// Makes a backup of a table and returns when it can be restored from.
  ///
  /// An answer that is lost may leave a second backup of that name; the one returned is whole all the same.
  package func backUp(_ table: String, as name: String) async throws -> Backup {
    try Validation.check(name: name, of: .backup)
    var body = RequestBody(table: table)
    body.add("BackupName", .string(name))
    let fields: JSONFields
    do {
      fields = try await call(.createBackup, body, on: table)
    } catch let error as StoreError where error.code == "ResourceNotFoundException" {
      throw StoreError(code: "TableNotFoundException", error.message)
    }
    let arn = try Self.read(.createBackup) {
      try fields.json("BackupDetails")?["BackupArn"]?.stringValue
    }
    return try await available(arn, name: name, table: table)
  }

  /// Waits until a backup that was listed can be restored from: whoever asked for it may be gone.
  package func finished(_ backup: Backup) async throws -> Backup {
    try await available(backup.arn, name: backup.name, table: backup.table)
  }

  private func available(_ arn: String, name: String, table: String) async throws -> Backup {
    var facts: BackupFacts?
    try await wait(configuration.patience.backup, for: "backup '\(name)' of table '\(table)'") {
      facts = try await backupFacts(arn)
      return facts?.status == "AVAILABLE"
    }
    guard let facts else { throw Self.misshapen(.describeBackup) }
    return facts.backup
  }

  /// The backups that were asked for and not deleted, oldest first; of one table, or of all.
  package func backups(of table: String?) async throws -> [Backup] {
    do {
      return try await listedBackups(of: table)
    } catch let error as StoreError where error.code == "TableNotFoundException" {
      // A stand-in that looks for the table first; AWS lists the backups of a table that is gone.
      return try await listedBackups(of: nil).filter { $0.table == table }
    }
  }

  private func listedBackups(of table: String?) async throws -> [Backup] {
    var backups: [Backup] = []
    var last: JSONValue?
    var watch = ListWatch(.listBackups)
    repeat {
      var body = RequestBody()
      if let table { body.add("TableName", .string(table)) }
      body.add("Limit", 100)
      if let last { body.add("ExclusiveStartBackupArn", last) }
      let reply = try await call(.listBackups, body, on: table)
      let summaries = try Self.read(.listBackups) { try reply.json("BackupSummaries")?.arrayValue }
      let page = summaries.compactMap { BackupFacts(details: $0, source: $0) }
      backups += page.filter { $0.status != "DELETED" }.map(\.backup)
      last = try watch.check(Self.read(.listBackups) { try reply.json("LastEvaluatedBackupArn") ?? .null })
    } while last != nil
    // Those of one moment stay as they were listed.
    return backups.enumerated().filter { table == nil || $1.table == table }
      .sorted { ($0.1.createdAt, $0.0) < ($1.1.createdAt, $1.0) }.map(\.1)
  }

  /// Restores a backup into a new table, and returns when that is ready.
  package func restore(backup arn: String, to table: String) async throws {
    try Validation.check(name: table, of: .table)
    try await confirmTarget([table])
    await specs.forget(table)
    var body = RequestBody()
    body.add("TargetTableName", .string(table))
    body.add("BackupArn", .string(arn))
    let call = Call(operation: .restoreTableFromBackup, body: body.finished, table: table)
    let result = await client.perform(call)
    if case .failure(let failure) = result.result {
      // Our own first try may have begun it.
      let isThere = ["TableAlreadyExistsException", "TableInUseException"].contains(failure.code)
      guard result.maybeSentBefore, isThere, try await source(of: table) == arn else {
        throw failure.thrown(.restoreTableFromBackup, on: table)
      }
    }
    try await waitUntilReady(table, configuration.patience.index)
  }

  /// Deletes a backup.
  package func deleteBackup(_ arn: String) async throws {
    try await binding.compare(arn, isServers: false)
    var body = RequestBody()
    body.add("BackupArn", .string(arn))
    let result = await client.perform(Call(operation: .deleteBackup, body: body.finished))
    guard case .failure(let failure) = result.result else { return }
    // Our own first try may have done it.
    if result.maybeSentBefore && failure.code == "BackupNotFoundException" { return }
    throw failure.thrown(.deleteBackup, on: nil)
  }

  private func backupFacts(_ arn: String) async throws -> BackupFacts? {
    var body = RequestBody()
    body.add("BackupArn", .string(arn))
    let fields = try await call(.describeBackup, body, on: nil)
    return try Self.read(.describeBackup) {
      guard let description = try fields.json("BackupDescription"), let details = description["BackupDetails"]
      else { return nil }
      return BackupFacts(details: details, source: description["SourceTableDetails"] ?? .null)
    }
  }

  /// The backup that a table was restored from.
  private func source(of table: String) async throws -> String? {
    try await facts(of: table)?.json["RestoreSummary"]?["SourceBackupArn"]?.stringValue
  }
}

/// A backup as the API gives it.
private struct BackupFacts {
  /// `CREATING`, `AVAILABLE` or `DELETED`.
  let status: String
  let backup: Backup

  /// - Parameter source: names the table.
  init?(details: JSONValue, source: JSONValue) {
    guard let arn = details["BackupArn"]?.stringValue, let name = details["BackupName"]?.stringValue,
      let status = details["BackupStatus"]?.stringValue, let table = source["TableName"]?.stringValue
    else { return nil }
    // Seconds with a fraction.
    let created = details["BackupCreationDateTime"]?.numberText.flatMap(Double.init) ?? 0
    guard (0..<1e11).contains(created) else { return nil }
    self.status = status
    backup = Backup(
      arn: arn, name: name, table: table, createdAt: Int64((created * 1e6).rounded()),
      sizeBytes: Int(details["BackupSizeBytes"]?.integerValue ?? 0),
      itemCount: source["ItemCount"]?.integerValue.map { Int($0) })
  }
}
