import DynamoJournalProgram
import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalTables

/// Restores a backup into a new table.
package struct Restore: Sendable {
  private let store: any TableStore
  private let target: String
  private let stop: StopSignal

  /// A restore to the tables of a store, until somebody asks to stop.
  ///
  /// - Parameter target: the target as the command line names it.
  package init(_ store: any TableStore, target: String, stop: StopSignal) {
    self.store = store
    self.target = target
    self.stop = stop
  }

  /// A table that was restored.
  package struct Result: Sendable {
    /// The table.
    package let table: TableDescription
    /// How many items it holds, by a scan.
    package let counted: Int
    /// How many the backup holds; nil where nobody knows.
    package let expected: Int?
    /// Whether `expected` is exact; DynamoDB's own number is hours old.
    package let isExact: Bool

    /// Whether the table holds what the backup holds, as far as that is known exactly.
    package var isWhole: Bool { !isExact || expected == nil || counted == expected }
  }

  /// Restores a backup and counts what is in the table then.
  ///
  /// - Parameters:
  ///   - journaled: what a run journaled of the backup; an export that is not that any more is refused.
  ///   - hasExactCounts: whether the store's own backups know how many items they hold.
  /// - Throws: `Refusal` and `FileError` before anything is made, `RestoreCutShort` after that, `StoreError`.
  package func restore(
    _ backup: StoredBackup, journaled: BackedUpDetail?, hasExactCounts: Bool, to table: String
  ) async throws -> Result {
    do {
      return try await made(backup, journaled, hasExactCounts, table)
    } catch  where stop.isRequested && !(error is RestoreCutShort) {
      throw RestoreCutShort(
        "stopped: '\(Program.name) tables describe \(table) --target \(ShellWord.text(target))' tells whether the table was begun"
      )
    }
  }

  private func made(
    _ backup: StoredBackup, _ journaled: BackedUpDetail?, _ hasExactCounts: Bool, _ table: String
  ) async throws -> Result {
    if try await store.describe(table) != nil { throw exists(table, backup) }
    if let export = backup.export {
      try await load(export, journaled, to: table)
    } else {
      try await restoreOnDemand(backup.backup, to: table)
    }
    let counted = try await count(table)
    guard let made = try await store.describe(table) else {
      throw StoreError.notFound("table '\(table)' was restored and is gone again")
    }
    return Result(
      table: made, counted: counted, expected: backup.backup.itemCount ?? journaled?.items,
      isExact: backup.export != nil || hasExactCounts)
  }

  /// The command that puts every item of an export into a table, those that are there already included.
  private func filling(_ table: String, from export: TableExport) -> String {
    "\(Program.name) tables import \(table) \(ShellWord.text(export.itemsPath)) --target \(ShellWord.text(target))"
  }

  private func exists(_ table: String, _ backup: StoredBackup) -> Refusal {
    let rest =
      backup.export.map {
        ", or fill it up with '\(filling(table, from: $0))'"
      } ?? ""
    return Refusal(
      "table '\(table)' exists, and a backup is never restored over a table",
      remedy: "give another name; if a restore that was interrupted left it, delete it first\(rest)")
  }

  // MARK: The target's own

  private func restoreOnDemand(_ backup: Backup, to table: String) async throws {
    do {
      try await store.restore(backup: backup.arn, to: table)
    } catch let error where stop.isRequested || (error as? StoreError)?.kind == .unavailable {
      let reason = stop.isRequested ? "stopped" : "\(error)"
      throw RestoreCutShort(
        "restoring was cut short (\(reason)): a restore that the target has begun is finished there without this program; look with '\(Program.name) tables describe \(table) --target \(ShellWord.text(target))', and delete the table before it is restored again"
      )
    }
  }

  // MARK: Exports

  private func load(_ export: TableExport, _ journaled: BackedUpDetail?, to table: String) async throws {
    try export.verify()
    if let digest = journaled?.digest, digest != "sha256:" + export.manifest.sha256 {
      throw Refusal(
        "the export '\(export.path)' is not what was journaled (\(digest)), so it was replaced since",
        remedy: "use another backup")
    }
    let saved = export.manifest.spec
    let spec = TableSpec(name: table, key: saved.key, indexes: saved.indexes)
    let load = ItemImport(paths: [export.itemsPath], into: spec)
    let items = try load.check()
    guard items == export.manifest.items else {
      throw Refusal(
        "the export '\(export.path)' holds \(Plural.count(items, "item")) and its manifest says \(export.manifest.items)",
        remedy: "use another backup")
    }
    try await create(spec, from: export, load)
  }

  private func create(_ spec: TableSpec, from export: TableExport, _ load: ItemImport) async throws {
    try await store.create(spec)
    do {
      try stop.check()
      try await load.load(into: store) { _ in try stop.check() }
    } catch {
      let broken = error as? ImportBroken
      let cause = broken?.cause ?? error
      let reason = cause is Interrupted || cause is CancellationError ? "stopped" : "\(cause)"
      let more = broken?.isExact ?? true ? "" : " or a few more"
      throw RestoreCutShort(
        "restoring was cut short (\(reason)): table '\(spec.name)' holds \(broken?.written ?? 0) of \(export.manifest.items) items\(more); fill it up with '\(filling(spec.name, from: export))', or delete it and restore again"
      )
    }
  }

  private func count(_ table: String) async throws -> Int {
    var count = 0
    do {
      try await TableReader(store, stop: stop).forEachPage(of: table) {
        count += $0.count
        return true
      }
    } catch {
      let reason = stop.isRequested ? "stopped" : "\(error)"
      throw RestoreCutShort(
        "table '\(table)' is restored, but not all of its items were counted (\(reason))")
    }
    return count
  }
}

/// A restore ended before its end; the sentence says what is left and what to do.
package struct RestoreCutShort: ExplainedError, Hashable, Sendable {
  package let explanation: Explanation
  package var errorClass: ErrorClass { .database }
  package var exitStatus: ExitStatus { .interrupted }

  init(_ sentence: String) { explanation = Explanation(sentence) }
}
