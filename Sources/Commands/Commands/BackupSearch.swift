import DynamoJournalProgram
import ArgumentParser
import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalRunner

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
      throw ValidationError("--table is for a run, and '\(word)' is none: leave it out")
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
    } catch let error as JournalError where error.hasNoRuns {
      return nil
    }
  }

  private func run() async throws -> RunFold? {
    do {
      guard let journal = try journal() else { return nil }
      return try await RunNames.find(word, in: journal)
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
          ? "run \(id) made no backup: '\(Program.command("backups"))' lists what there is"
          : "run \(id) backed up no table '\(table ?? "")' but \(tables): name one of them with --table")
    }
    guard backups.count == 1 else {
      throw Refusal(
        "run \(id) backed up \(backups.map(\.table).joined(separator: ", "))",
        remedy: "name one of them with --table")
    }
    var wanted = Wanted(journaled: detail, target: option ?? run.started.target)
    if detail.kind == .export {
      let here = try folder.export(named: detail.name)
      wanted.export = try here ?? TableExport(path: detail.path ?? folder.path(of: detail.name))
    }
    return wanted
  }
}
