import ArgumentParser
import DynamoJournalEvents

extension BackupKind: ExpressibleByArgument {}

/// Whether backups are made before the first change, and which.
struct BackupOptions: ParsableArguments {
  static let help = ArgumentHelp(
    "The kind of backups: on-demand (the target's own) or export (files beside the journal). (default: on-demand; export on a server on this machine that makes none)",
    valueName: "kind")

  @Option(name: .customLong("backup"), help: BackupOptions.help) var kind: BackupKind?
  @Flag(help: "Make no backups.") var noBackup = false

  func validate() throws {
    if noBackup && kind != nil {
      throw ValidationError("--backup and --no-backup contradict each other: leave one of them out")
    }
  }
}
