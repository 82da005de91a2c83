import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents

/// How a backup is brought back.
package enum BackupAdvice {
  /// The command that restores a backup into a new table, ready for a shell.
  ///
  /// A backup is never restored over a table. An export is named by its run, which knows the target.
  /// Source: https://docs.aws.amazon.com/cli/latest/reference/dynamodb/restore-table-from-backup.html
  package static func restoreCommand(_ backup: BackedUpDetail, run: String) -> String {
    let table = Printable.shellWord(backup.table + "-restored")
    if backup.kind == .export {
      let source = Printable.shellWord(backup.table)
      return Program.command("restore \(Printable.shellWord(run)) --table \(source) --to \(table)")
    }
    let arn = Printable.shellWord(backup.arn)
    if backup.arn.hasPrefix(Formats.backupPrefix) { return Program.command("restore \(arn) --to \(table)") }
    return "aws dynamodb restore-table-from-backup --target-table-name \(table) --backup-arn \(arn)"
  }

  /// `orders: arn:…`, the command, and what it loses.
  static func lines(_ backup: BackedUpDetail, run: String) -> [String] {
    let kind = backup.kind == .export ? "export of " + Printable.count(backup.items ?? 0, "item") + ", " : ""
    let title = "\(backup.table): \(backup.name), \(kind)\(Printable.count(backup.sizeBytes, "byte"))"
    let lost = lost(backup).map { "a restore loses: \($0)" }
    let place = [backup.path ?? backup.arn] + [backup.digest].compactMap { $0 }
    return [title].map(Printable.text) + place.map(Printable.text) + [restoreCommand(backup, run: run)] + lost
  }

  static func lost(_ backup: BackedUpDetail) -> [String] {
    let sorted = backup.lostOnRestore.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return sorted.map { Printable.text("\($0.key) = \($0.value)") }
  }

  /// The backup with the command and what it loses.
  static func json(_ backup: BackedUpDetail, run: String) -> JSONValue {
    let sorted = backup.lostOnRestore.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return backup.json.adding([
      .init(name: "restore", value: .string(restoreCommand(backup, run: run))),
      .init(
        name: "lostOnRestore",
        value: .object(sorted.map { .init(name: $0.key, value: .string($0.value)) })),
    ])
  }
}
