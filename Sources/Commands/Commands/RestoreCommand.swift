import DynamoJournalProgram
import ArgumentParser
import DynamoJournalExports
import Foundation
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `restore`: a backup into a new table.
struct RestoreCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore a backup into a new table.",
    discussion: """
      The backup is named by its ARN or name, by the path of an export, or by the run that it was made for. A table that \
      exists is never restored over. The items are counted and compared; then the settings that the new table lacks are \
      shown, with the commands that put them back.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "The backup's ARN, name or path; or a run: its id, a unique prefix of it, or 'latest'.")
  var backup: String
  @Option(name: .customLong("to"), help: "The new table's name.") var table: String
  @Option(
    name: .customLong("table"), help: "Of a run that backed several tables up: the one whose backup it is.")
  var source: String?
  @OptionGroup var reason: ReasonOptions

  func run() async throws {
    let variables = try common.variables()
    let search = BackupSearch(
      journalPath: common.journal(variables), word: backup, table: source, option: common.target)
    let wanted = try await search.find()
    let stop = StopSignal()
    let signals = Signals(stop) {}
    defer { withExtendedLifetime(signals) {} }
    let target = try await stop.naming {
      try await OpenTarget.open(
        wanted.target.map { try Target($0) } ?? common.target(variables), common, variables,
        creating: wanted.export != nil, stop: stop)
    }
    if !common.quiet { Console.say("target \(target.description)") }
    let found: StoredBackup
    if let export = wanted.export {
      found = StoredBackup(export)
    } else {
      found = try await BackupCatalog(store: target.store, folder: search.folder).backup(wanted.arn ?? backup)
    }
    var journaled = wanted.journaled
    if journaled == nil { journaled = try await search.journaled(found.backup.arn) }
    let result = try await restore(found, journaled, target, stop)
    try await journalRestore(found, result, target, variables)
    let settings = try await Self.settings(found, journaled, target.store)
    print(result, found, settings, target)
    guard !result.isWhole, let expected = result.expected else { return }
    Console.error(
      "table '\(table)' holds \(Plural.count(result.counted, "item")) and the backup \(expected): unless somebody wrote to it meanwhile, delete it and restore again"
    )
    try ExitStatus.incomplete.end()
  }

  /// Journals it with the run that the backup was made for; a backup of no run in this journal is nobody's event.
  private func journalRestore(
    _ found: StoredBackup, _ result: Restore.Result, _ target: OpenTarget, _ variables: Variables
  ) async throws {
    guard FileManager.default.fileExists(atPath: common.journal(variables)) else { return }
    let reader = try common.openJournal(variables)
    let run = try await reader.runs().last { $0.backups.contains { $0.arn == found.backup.arn } }
    guard let run else { return }
    let detail = RestoredDetail(
      table: found.backup.table, into: table, backup: found.backup.arn, items: result.counted,
      reason: reason.reason)
    do {
      let journal = try Journal(
        path: common.journal(variables), for: .append(Actors.current(variables, target)))
      try await journal.append([EventDraft(.restored, detail)], run: run.number)
    } catch let error as JournalError {
      Console.say("warning: the table is restored, but the journal does not tell: \(error)")
    }
  }

  private func restore(
    _ found: StoredBackup, _ journaled: BackedUpDetail?, _ target: OpenTarget, _ stop: StopSignal
  ) async throws -> Restore.Result {
    let task = Task { [table] in
      try await Restore(target.store, target: target.name, stop: stop).restore(
        found, journaled: journaled, hasExactCounts: target.awsOptions == nil, to: table)
    }
    stop.whenRequested { task.cancel() }
    return try await task.value
  }

  /// What the table had: from the export, the journal, or the table that was backed up, where it still is.
  private static func settings(
    _ found: StoredBackup, _ journaled: BackedUpDetail?, _ store: any TableStore
  ) async throws -> [String: String]? {
    if let kept = found.export?.manifest.settings ?? journaled?.lostOnRestore { return kept }
    guard try await store.describe(found.backup.table) != nil else { return nil }
    return try await store.settings(of: found.backup.table)
  }
}

extension RestoreCommand {
  private func print(
    _ result: Restore.Result, _ found: StoredBackup, _ settings: [String: String]?, _ target: OpenTarget
  ) {
    let advice = RestoreAdvice(
      settings ?? [:], of: found.backup.table, to: table, awsOptions: target.awsOptions)
    switch common.format {
    case .json: Console.answer(json(result, found, settings, advice).prettyText())
    case .text: printText(result, found, settings, advice)
    }
  }

  private func printText(
    _ result: Restore.Result, _ found: StoredBackup, _ settings: [String: String]?, _ advice: RestoreAdvice
  ) {
    Console.answer("restored \(TableOutput.line(result.table))")
    Console.answer("items     \(result.counted) counted, \(words(result))")
    for line in advice.settings { Console.answer("lost      \(line)") }
    for line in advice.commands { Console.answer("put back  \(line)") }
    for line in advice.remarks { Console.answer("remark    \(line)") }
    if settings == nil {
      Console.answer(
        "remark    the settings of table '\(found.backup.table)' were not journaled, and it is gone")
    }
  }

  private func words(_ result: Restore.Result) -> String {
    guard let expected = result.expected else { return "and nobody knows how many the backup holds" }
    if result.isExact { return "\(expected) in the backup" }
    return "about \(expected) in the backup: the service's own number is hours old"
  }

  private func json(
    _ result: Restore.Result, _ found: StoredBackup, _ settings: [String: String]?, _ advice: RestoreAdvice
  ) -> JSONValue {
    let members = (TableOutput.json(result.table).objectValue ?? []).map {
      $0.name == "items" ? JSONValue.Member(name: "items", value: .number(result.counted)) : $0
    }
    let lost = settings.map { settings in
      let sorted = settings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return JSONValue.object(sorted.map { .init(name: $0.key, value: .string($0.value)) })
    }
    return .object(
      members + [
        .init(name: "backup", value: BackupOutput.json(found)),
        .init(name: "expectedItems", value: result.expected.map { .number($0) } ?? .null),
        .init(name: "isExpectedExact", value: .bool(result.isExact)),
        .init(name: "lostOnRestore", value: lost ?? .null),
      ] + advice.members)
  }
}
