import DynamoJournalProgram
import ArgumentParser
import DynamoJournalExports
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `backup`: the tables of all migrations, without a migration.
struct BackupCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract:
      "Back up the tables that the migrations work with, or those named; tables that do not exist are skipped.",
    discussion: """
      Exports hold the items' values: they are written beside the journal, and only their owner may read them.
      """)
  @OptionGroup var common: CommonOptions
  @Option(name: .customLong("backup"), help: BackupOptions.help) var kind: BackupKind?
  @Argument(help: "Tables; without any, those that the migrations work with.") var tables: [String] = []

  func run() async throws {
    let variables = try common.variables()
    let stop = StopSignal()
    let signals = Signals(stop) {}
    let target = try await stop.naming {
      try await common.open(variables, creating: false, saying: true, stop: stop)
    }
    let settings = Settings(variables: variables.values)
    let names = tables.isEmpty ? CommandCatalog.current.tables(settings) : tables
    let folder = ExportFolder(besideJournal: common.journal(variables))
    var made: [StoredBackup] = []
    do {
      try await backUp(names, target, folder, stop, &made)
    } catch  where stop.isRequested {
      Console.error(
        "stopped: \(made.count) of \(Plural.count(names.count, "table")) \(made.count == 1 ? "is" : "are") backed up, the rest is not"
      )
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    withExtendedLifetime(signals) {}
    BackupOutput(common: common).print(made, target: target.name)
  }

  private func backUp(
    _ names: [String], _ target: OpenTarget, _ folder: ExportFolder, _ stop: StopSignal,
    _ made: inout [StoredBackup]
  ) async throws {
    let (time, tag) = (Timestamp.now(), BackupName.randomTag())
    let progress = ProgressPrinter(isQuiet: common.quiet)
    var maker = BackupMaker(
      store: target.store, target: target.name, folder: folder, kind: kind,
      exportsByDefault: target.isLoopback, stop: stop, progress: progress.report)
    for table in names {
      guard try await target.store.describe(table) != nil else {
        guard tables.isEmpty else {
          throw await TableReader(target.store).missing(
            table, remedy: "see '\(Program.command("tables list"))'; nothing more was backed up")
        }
        if !common.quiet { Console.say("no table \(table)") }
        continue
      }
      let name = BackupName.make(for: table, at: time, tag: tag)
      made.append(try await maker.backUp(table, as: name).backup)
    }
  }
}

/// `backups`: what there is to restore from.
struct BackupsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the backups of a table, or of all: the target's own, and the exports beside the journal.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The table's name.") var table: String?

  func run() async throws {
    let variables = try common.variables()
    let target = try await common.open(variables, creating: false)
    let folder = ExportFolder(besideJournal: common.journal(variables))
    let found = try await BackupCatalog(store: target.store, folder: folder).backups(of: table)
    for problem in found.unreadable { Console.say("warning: \(problem)") }
    BackupOutput(common: common).print(found.backups, target: target.name)
  }
}

/// Backups as text and JSON.
struct BackupOutput {
  let common: CommonOptions

  /// - Parameter target: the target that is open; exports of another one say so.
  func print(_ backups: [StoredBackup], target: String) {
    switch common.format {
    case .json: Console.answer(JSONValue.array(backups.map(Self.json)).prettyText())
    case .text:
      if backups.isEmpty { return Console.say("no backups") }
      var table = TextTable(["MADE", "TABLE", "KIND", "NAME", "WHERE", "ITEMS", "RUN"])
      for stored in backups {
        let backup = stored.backup
        let manifest = stored.export?.manifest
        let elsewhere = manifest.map { $0.origin.target == target ? "" : " (of \($0.origin.target))" } ?? ""
        table.add(
          [
            Timestamp.text(backup.createdAt), backup.table, stored.kind.rawValue, backup.name,
            (stored.export?.path ?? backup.arn) + elsewhere, backup.itemCount.map(String.init) ?? "-",
            manifest?.origin.run ?? "-",
          ].map(Printable.text))
      }
      Console.answer(text: table.takeLines())
    }
  }

  /// The backup as an object.
  static func json(_ stored: StoredBackup) -> JSONValue {
    let backup = stored.backup
    let manifest = stored.export?.manifest
    return [
      "table": .string(backup.table), "name": .string(backup.name), "arn": .string(backup.arn),
      "createdAt": .string(Timestamp.text(backup.createdAt)), "sizeBytes": .number(backup.sizeBytes),
      "items": backup.itemCount.map { .number($0) } ?? .null, "kind": .string(stored.kind.rawValue),
      "path": stored.export.map { .string($0.path) } ?? .null,
      "digest": manifest.map { .string("sha256:" + $0.sha256) } ?? .null,
      "target": manifest.map { .string($0.origin.target) } ?? .null,
      "run": manifest?.origin.run.map { .string($0) } ?? .null,
    ]
  }
}
