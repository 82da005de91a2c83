import DynamoJournalTables

/// What a migration may do when it looks at the tables between the stages of its plan.
public struct Inspection: Sendable {
  /// The tables, for reading.
  public let tables: TableReader
  /// The run's own start, in milliseconds since 1970: the planner's "now".
  public let now: Int64
  let store: any TableStore

  init(_ store: any TableStore, now: Int64, stop: StopSignal) {
    self.store = store
    self.now = now
    tables = TableReader(store, stop: stop)
  }

  /// Makes a backup of a table, finds it in the list, and deletes it: whether backups work at all.
  ///
  /// - Returns: false when the target has no backups.
  public func tryBackup(of table: String, as name: String) async throws -> Bool {
    do {
      let backup = try await store.backUp(table, as: name)
      let listed = try await store.backups(of: table).contains { $0.arn == backup.arn }
      try await store.deleteBackup(backup.arn)
      if !listed {
        throw Refusal(
          "the backup '\(name)' was made but is not listed",
          remedy: "look at the target's backups")
      }
      return true
    } catch let error as StoreError where error.code == "UnknownOperationException" {
      return false
    }
  }
}
