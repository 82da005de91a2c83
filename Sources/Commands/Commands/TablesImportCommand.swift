import ArgumentParser
import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables

/// `tables import`: all items of all files, or nothing.
struct TablesImportCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Load files of DynamoDB JSON into a table.",
    discussion: """
      Files are DynamoDB JSON lines, {"Item": {…}} as in AWS's export to S3 or bare items; an export's folder, which is \
      compared with its manifest; the output of 'aws dynamodb scan' or 'query'; requests of batch-write-item that put items; \
      arrays of items. Files may be gzip'd. Everything is read and checked before the first item is written. With --key (and \
      --sort, --index) a missing table is created.

      A table that is new or empty is filled directly. Into a table that has items, an import is a run: planned, backed up, \
      journaled, and undone with 'rollback'; an item of the same key is replaced, which is asked on a terminal and needs \
      --yes without one on any target but the embedded store. --if-absent writes only the keys that are not there.
      """)
  @OptionGroup var common: CommonOptions
  @OptionGroup var design: TableDesignOptions
  @Argument(help: "The table's name.") var table: String
  @Argument(help: "Files of items, or an export's folder; - for standard input.", completion: .file())
  var files: [String]
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Write only the items whose keys are not in the table.") var ifAbsent = false
  @Flag(help: "Replace items without asking.") var yes = false
  @Flag(help: "Say what would be written, and stop.") var dryRun = false
  @Flag(help: "Write directly, without a run: what is replaced can't be had back.") var noJournal = false
  @OptionGroup var backups: BackupOptions
  @OptionGroup var approvals: ApprovalOptions

  func validate() throws {
    if noJournal && (backups.kind != nil || reason.reason != nil) {
      throw ValidationError(
        "--no-journal makes neither a run nor a backup: leave out --backup and --reason, or --no-journal")
    }
  }

  func run() async throws {
    let reading = ReadingPhase()
    defer { withExtendedLifetime(reading) {} }
    let wanted = try design.spec(named: table)
    let variables = try common.variables()
    let target = try await common.open(variables, creating: wanted != nil, saying: true)
    let existing = try await target.store.describe(table)
    let spec = try await TablesImportCommand.spec(
      table, existing: existing?.spec, wanted: wanted, target.store)
    try await SpooledFile.withFiles(try ImportInputs.files(files)) { files in
      var load = ItemImport(files: files, into: spec)
      let contents: ItemImport.Contents
      do { contents = try load.contents() } catch let error as FileError {
        throw error.adding("nothing was written")
      }
      if !common.quiet { for line in ImportInputs.warnings(contents) { Console.say(line) } }
      if try await hasItems(existing, target.store) {
        try await intoItems(load, spec, target, variables, reading)
      } else {
        let direct = DirectImport(load, spec, target.store, isNew: existing == nil, reading)
        try print(dryRun ? direct.dry(contents.items) : try await direct.fill(contents.items))
      }
    }
  }

  private func hasItems(_ table: TableDescription?, _ store: any TableStore) async throws -> Bool {
    guard let table else { return false }
    return try await !store.scan(ScanRequest(table: table.spec.name, limit: 1)).items.isEmpty
  }

  // MARK: Into a table with items

  private func intoItems(
    _ load: ItemImport, _ spec: TableSpec, _ target: OpenTarget, _ variables: Variables,
    _ reading: ReadingPhase
  ) async throws {
    if noJournal { return try await withoutJournal(load, spec, target, variables, reading) }
    let isEmbedded = try common.target(variables).isEmbedded
    // Nothing is left behind in the journal of what is refused anyway.
    if !yes && !dryRun && !ifAbsent && !isEmbedded && !Console.canAsk {
      let tally = try await DirectImport(load, spec, target.store).tally(keepsExisting: false)
      if tally.replaced > 0 { throw ImportQuestion(tally, table).refusal }
    }
    let request = RunRequest(
      dryRun: dryRun, reason: reason.reason, makesBackups: !backups.noBackup, backupKind: backups.kind,
      requiredApprovals: try approvals.required(variables))
    let migration = ImportMigration(load, into: spec, keepsExisting: ifAbsent)
    let session = try await RunSession(
      common, variables, isConfirmed: yes, isDry: dryRun, approvals: approvals, isImport: true)
    reading.end()
    let result = try await session.finish {
      try await Runner($0, migration, request).run(Settings(variables: variables.values))
    }
    let tally = result.fold.plan.map { ImportTally($0) } ?? ImportTally()
    try await session.print(
      result, ImportSummary(table: table, tally: tally, written: result.counts.applied, isDry: dryRun))
  }

  private func withoutJournal(
    _ load: ItemImport, _ spec: TableSpec, _ target: OpenTarget, _ variables: Variables,
    _ reading: ReadingPhase
  ) async throws {
    if let count = try approvals.required(variables), count > 0 {
      throw Refusal(
        "changes need approvals here, and --no-journal makes no plan that somebody could approve",
        remedy: "leave out --no-journal")
    }
    let direct = DirectImport(load, spec, target.store, reading)
    let tally = try await direct.tally(keepsExisting: ifAbsent)
    if dryRun { return try print(ImportSummary(table: table, tally: tally, written: 0, isDry: true)) }
    if tally.replaced > 0 && !yes {
      let question = ImportQuestion(tally, table)
      guard Console.canAsk else { throw question.refusal }
      Console.say(question.existing)
      guard Question.ask("Replace \(tally.replaced) items without a journal?", StopSignal()) == true else {
        throw Refusal("not imported; nothing was written")
      }
    }
    try print(try await direct.write(tally, keepsExisting: ifAbsent))
  }

  // MARK: Output

  private func print(_ summary: ImportSummary) throws {
    switch common.format {
    case .json:
      let run = JSONValue.Member(name: "run", value: .null)
      Console.answer(JSONValue.object(summary.members + [run]).prettyText())
    case .text: Console.answer(summary.text)
    }
    guard summary.conflicts > 0 else { return }
    Console.error(
      "\(summary.conflicts) items were changed by somebody else meanwhile and were not replaced: type the command again to see how they stand"
    )
    try ExitStatus.incomplete.end()
  }

  /// The table that is there, as long as it is what the options say, or the one to create.
  private static func spec(
    _ table: String, existing: TableSpec?, wanted: TableSpec?, _ store: any TableStore
  ) async throws -> TableSpec {
    switch (existing, wanted) {
    case (let existing?, let wanted?) where existing.key != wanted.key:
      throw Refusal(
        "table '\(table)' exists with the key \(existing.key), not \(wanted.key)",
        remedy: "import into another table, or leave out --key")
    case (let existing?, _): return existing
    case (nil, let wanted?): return wanted
    case (nil, nil):
      throw await TableReader(store).missing(
        table, remedy: "add --key, such as --key discordId:S, to create it")
    }
  }
}
