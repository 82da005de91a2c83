import ArgumentParser
import DynamoJournalEvents
import DynamoJournalExports
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `backups`: what there is to restore from, and deleting it.
struct BackupsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backups", abstract: "List the backups of a table, or of all, or delete some.",
    subcommands: [BackupsListCommand.self, BackupsDeleteCommand.self],
    defaultSubcommand: BackupsListCommand.self)
}

/// `backups delete`
struct BackupsDeleteCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete backups for good: by name, of a run, or older than a time.",
    discussion: """
      The only backup that a run has of a table stays as long as the run has not ended. --older-than takes only backups \
      that were made for runs of this journal, and the exports beside it: others of the target may be somebody else's, \
      and go by name. Each deletion stands in the journal, before it is done.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "Names or ARNs.") var names: [String] = []
  @Option(name: .customLong("run"), help: "Those that were made for this run.") var runName: String?
  @Option(help: ArgumentHelp("Those made before a time, such as 30d or 2026-11-23.", valueName: "time"))
  var olderThan: String?
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Delete without asking.") var yes = false

  func validate() throws {
    let given = [!names.isEmpty, runName != nil, olderThan != nil].filter { $0 }.count
    guard given == 1 else { throw ValidationError("say which: names, --run, or --older-than") }
  }

  func run() async throws {
    let variables = try common.variables()
    let path = common.journal(variables)
    let stop = StopSignal()
    let signals = Signals(stop) {}
    defer { withExtendedLifetime(signals) {} }
    let target = try await open(variables, path, stop)
    // With the lock held no run begins that would need one of them.
    let journal = try Journal(path: path, for: .append(Actors.current(variables, target)))
    _ = try await journal.verify()
    let folds = try await journal.runs()
    let folder = ExportFolder(besideJournal: path)
    let catalog = BackupCatalog(store: target.store, folder: folder)
    let all = try await catalog.backups(of: nil).backups
    let retention = BackupRetention(all, folds)
    let chosen = try await choose(catalog, all, retention, journal)
    try retention.check(chosen)
    try confirm(chosen, target)
    var deleted: [StoredBackup] = []
    for stored in chosen {
      if stop.isRequested { break }
      try await delete(stored, retention, journal, target, folder)
      deleted.append(stored)
    }
    BackupOutput(common: common).print(deleted, target: target.name)
    if !common.quiet { Console.say("deleted \(Plural.count(deleted.count, "backup"))") }
    if deleted.count < chosen.count {
      Console.error("stopped: \(chosen.count - deleted.count) of \(chosen.count) backups were not deleted")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
  }

  /// The target: that of the run where one is named, and the usual one otherwise.
  private func open(_ variables: Variables, _ path: String, _ stop: StopSignal) async throws -> OpenTarget {
    guard let runName else {
      return try await stop.naming {
        try await common.open(variables, creating: false, saying: true, stop: stop)
      }
    }
    let fold = try await RunNames.find(runName, in: Journal(path: path, for: .read))
    let target = try RunTarget(common, variables).of(fold.started)
    return try await stop.naming {
      let opened = try await OpenTarget.open(target, common, variables, creating: false, stop: stop)
      _ = try await RunTarget.bind(opened.store, to: fold.started)
      return opened
    }
  }

  private func choose(
    _ catalog: BackupCatalog, _ all: [StoredBackup], _ retention: BackupRetention, _ journal: Journal
  ) async throws -> [StoredBackup] {
    if let olderThan {
      let (ours, others) = retention.older(than: try TimeFilter.microseconds(olderThan))
      if others > 0 && !common.quiet {
        Console.say(
          "\(Plural.count(others, "older backup")) of the target \(others == 1 ? "was" : "were") not made for a run of this journal: name \(others == 1 ? "it" : "them") to delete \(others == 1 ? "it" : "them")"
        )
      }
      if ours.isEmpty { throw Refusal("no backup is older than that, and nothing was deleted") }
      return ours
    }
    guard let runName else {
      var found: [StoredBackup] = []
      for name in names { found.append(try await catalog.backup(name)) }
      return found
    }
    let fold = try await RunNames.find(runName, in: journal)
    let found = all.filter { retention.run(of: $0)?.number == fold.number }
    guard found.isEmpty else { return found }
    throw Refusal(
      "run \(fold.started.run) has no backup any more, and nothing was deleted",
      remedy: "'\(Program.command("backups"))' lists what there is")
  }

  private func confirm(_ chosen: [StoredBackup], _ target: OpenTarget) throws {
    if yes { return }
    let count = Plural.count(chosen.count, "backup")
    guard Console.canAsk else {
      throw Refusal(
        "\(count) would be deleted for good, and nothing was", remedy: "add --yes to delete without asking")
    }
    for stored in chosen {
      Console.say("\(Printable.text(stored.backup.name))  \(Printable.text(stored.backup.table))")
    }
    guard Question.ask("Delete \(count) on \(target.name) for good?", StopSignal()) == true else {
      throw Refusal("nothing was deleted")
    }
  }

  /// Journals the deletion, then does it: after a death in between the journal promises no backup that is gone.
  private func delete(
    _ stored: StoredBackup, _ retention: BackupRetention, _ journal: Journal, _ target: OpenTarget,
    _ folder: ExportFolder
  ) async throws {
    let backup = stored.backup
    let detail = BackupDeletedDetail(
      arn: backup.arn, name: backup.name, table: backup.table, kind: stored.kind, sizeBytes: backup.sizeBytes,
      run: retention.run(of: stored)?.started.run, reason: reason.reason)
    if try await !journal.deletedBackups().contains(backup.arn) {
      try await journal.append(ownEvent: EventDraft(.backupDeleted, detail))
    }
    if let export = stored.export { return try folder.delete(export) }
    try await target.store.deleteBackup(backup.arn)
  }
}
