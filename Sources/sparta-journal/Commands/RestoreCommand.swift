import ArgumentParser
import Exports
import Foundation
import JSON
import Journal
import Reports
import Runner
import Tables

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

  func run() async throws {
    let variables = try common.variables()
    let search = BackupSearch(
      journalPath: common.journal(variables), word: backup, table: source, option: common.target)
    let wanted = try await search.find()
    let target = try await OpenTarget.open(
      wanted.target.map { try Target($0) } ?? common.target(variables), common, variables,
      creating: wanted.export != nil)
    if !common.quiet { Console.say("target \(target.description)") }
    let found: StoredBackup
    if let export = wanted.export {
      found = StoredBackup(export)
    } else {
      found = try await BackupCatalog(store: target.store, folder: search.folder).backup(wanted.arn ?? backup)
    }
    var journaled = wanted.journaled
    if journaled == nil { journaled = try await search.journaled(found.backup.arn) }
    let result = try await restore(found, journaled, target)
    let settings = try await Self.settings(found, journaled, target.store)
    print(result, found, settings, target)
    guard !result.isWhole, let expected = result.expected else { return }
    Console.error(
      "table '\(table)' holds \(result.counted) items and the backup \(expected): unless somebody wrote to it meanwhile, delete it and restore again"
    )
    try ExitStatus.incomplete.end()
  }

  private func restore(
    _ found: StoredBackup, _ journaled: BackedUpDetail?, _ target: OpenTarget
  ) async throws -> Restore.Result {
    let stop = StopSignal()
    let task = Task { [table] in
      try await Restore(target.store, stop: stop).restore(
        found, journaled: journaled, hasExactCounts: target.awsOptions == nil, to: table)
    }
    let signals = Signals(stop) { task.cancel() }
    defer { withExtendedLifetime(signals) {} }
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

/// What the word of `restore` names: a path, a run, or else what the target and the exports know.
struct BackupSearch {
  let journalPath: String
  let word: String
  let table: String?
  /// What was typed after `--target`.
  let option: String?

  /// What was found before the target is opened.
  struct Wanted {
    /// The export, when it is one.
    var export: TableExport?
    /// What the run journaled.
    var journaled: BackedUpDetail?
    /// The ARN to ask the target for.
    var arn: String? { export == nil ? journaled?.arn : nil }
    /// The target to open; nil for the usual one.
    var target: String?
  }

  /// The exports beside the journal.
  var folder: ExportFolder { ExportFolder(besideJournal: journalPath) }

  /// Looks where no target is needed.
  ///
  /// - Throws: `FileError` for an export that can't be read, `Refusal` for a run without the backup, `JournalError`.
  func find() async throws -> Wanted {
    if word.contains("/"), !word.hasPrefix("arn:") {
      return Wanted(export: try TableExport(path: word), target: option)
    }
    if let run = try await run() { return try pick(from: run) }
    guard table == nil else {
      throw ValidationError("--table is for a run, and '\(word)' is none: leave it away")
    }
    guard let export = try folder.export(named: word), export.arn == word else {
      return Wanted(target: option)
    }
    return Wanted(export: export, target: option)
  }

  /// What a run journaled of a backup.
  func journaled(_ arn: String) async throws -> BackedUpDetail? {
    guard let journal = try journal() else { return nil }
    return try await journal.runs().flatMap(\.backups).last { $0.arn == arn }
  }

  private func journal() throws -> Journal? {
    do {
      return try Journal(path: journalPath, for: .read)
    } catch JournalError.missing {
      return nil
    }
  }

  private func run() async throws -> RunFold? {
    do {
      return try await journal()?.run(named: word)
    } catch JournalError.unknownRun {
      return nil
    }
  }

  private func pick(from run: RunFold) throws -> Wanted {
    let id = run.started.run
    let backups = run.backups.filter { table == nil || $0.table == table }
    guard let detail = backups.first else {
      let tables = run.backups.map(\.table).joined(separator: ", ")
      throw Refusal(
        run.backups.isEmpty
          ? "run \(id) made no backup: 'sparta-journal backups' lists what there is"
          : "run \(id) backed up no table '\(table ?? "")' but \(tables): name one of them with --table")
    }
    guard backups.count == 1 else {
      throw Refusal(
        "run \(id) backed up \(backups.map(\.table).joined(separator: ", ")): name one of them with --table")
    }
    var wanted = Wanted(journaled: detail, target: option ?? run.started.target)
    if detail.kind == .export {
      let here = try folder.export(named: detail.name)
      wanted.export = try here ?? TableExport(path: detail.path ?? folder.path(of: detail.name))
    }
    return wanted
  }
}
