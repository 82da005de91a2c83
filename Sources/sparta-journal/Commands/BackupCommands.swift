import ArgumentParser
import JSON
import Journal
import Migrations
import Reports
import Runner
import Tables

/// `backup`: all configured tables, without a migration.
struct BackupCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Back up the five configured tables, or those named; tables that do not exist are skipped.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "Tables; without any, the five that are configured.") var tables: [String] = []

  func run() async throws {
    let variables = try common.variables()
    let store = try await common.open(variables, creating: false, saying: true).store
    let settings = Settings(variables: variables.values)
    let names = tables.isEmpty ? ConfiguredTable.all.map { $0.name(in: settings) } : tables
    let time = Timestamp.now()
    var made: [Backup] = []
    for table in names {
      guard try await store.describe(table) != nil else {
        guard tables.isEmpty else {
          throw Refusal("there is no table '\(table)': nothing more was backed up")
        }
        if !common.quiet { Console.say("no table \(table)") }
        continue
      }
      made.append(try await store.backUp(table, as: BackupName.make(for: table, at: time)))
    }
    BackupOutput(common: common).print(made)
  }
}

/// `backups`: what there is to restore from.
struct BackupsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backups", abstract: "List the backups of a table, or of all.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The table's name.") var table: String?

  func run() async throws {
    let store = try await common.open(common.variables(), creating: false).store
    BackupOutput(common: common).print(try await store.backups(of: table))
  }
}

/// `restore`: a backup into a new table.
struct RestoreCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore a backup into a new table.",
    discussion: "The backup is named by its ARN or its name; a table that exists is never restored over.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The backup's ARN or name.") var backup: String
  @Option(name: .customLong("to"), help: "The new table's name.") var table: String

  func run() async throws {
    let store = try await common.open(common.variables(), creating: false, saying: true).store
    let matches = try await store.backups(of: nil).filter { $0.arn == backup || $0.name == backup }
    guard let found = matches.first else {
      throw Refusal("there is no backup '\(backup)': 'sparta-journal backups' lists them")
    }
    guard matches.count == 1 else {
      throw Refusal(
        "\(matches.count) backups are named '\(backup)': give the ARN of one, as 'sparta-journal backups' lists it"
      )
    }
    try await store.restore(backup: found.arn, to: table)
    let made = try await TableOutput.require(table, in: store)
    switch common.format {
    case .json: Console.answer(TableOutput.json(made).prettyText())
    case .text: Console.answer("restored \(TableOutput.line(made))")
    }
    if let count = found.itemCount, count != made.itemCount {
      Console.say("warning: the backup holds \(count) items, the table \(made.itemCount)")
    }
  }
}

/// Backups as text and JSON.
private struct BackupOutput {
  let common: CommonOptions

  func print(_ backups: [Backup]) {
    switch common.format {
    case .json: Console.answer(JSONValue.array(backups.map(json)).prettyText())
    case .text:
      if backups.isEmpty { Console.say("no backups") }
      for backup in backups {
        Console.answer("\(Timestamp.text(backup.createdAt))  \(backup.table)  \(backup.name)  \(backup.arn)")
      }
    }
  }

  private func json(_ backup: Backup) -> JSONValue {
    [
      "table": .string(backup.table), "name": .string(backup.name), "arn": .string(backup.arn),
      "createdAt": .string(Timestamp.text(backup.createdAt)), "sizeBytes": .number(backup.sizeBytes),
      "items": backup.itemCount.map { .number($0) } ?? .null,
    ]
  }
}
