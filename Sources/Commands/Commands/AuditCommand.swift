import ArgumentParser
import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// `audit`: who changed what.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "List change events, verify the journal's chain, or make an anchor of it.",
    subcommands: [AuditListCommand.self, AuditVerifyCommand.self, AuditCheckpointCommand.self],
    defaultSubcommand: AuditListCommand.self)
}

/// `audit` without a subcommand.
struct AuditListCommand: AsyncParsableCommand, TabularCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List change events; with --format json a line each, with csv a row each.")
  @OptionGroup var common: CommonOptions

  @Option(name: .customLong("run"), help: "Of this run: its id, a unique prefix of it, or 'latest'.")
  var runName: String?
  @Option(help: "Of runs of this migration.") var migration: String?
  @Option(help: "Of this table.") var table: String?
  @Option(help: "Of this item; with --table.") var key: String?
  @Option(help: "By this actor: user, user@host or ARN.") var actor: String?
  @Option(help: "From this time on, such as 2026-11-23, 2026-11-23T05:14:02Z, or 10m for ten minutes ago.")
  var since: String?
  @Option(help: "Up to this time.") var until: String?
  @Option(help: "Of this kind: \(kinds).") var event: String?
  @Option(help: "That touch this attribute.") var attribute: String?

  func validate() throws {
    if key != nil && table == nil {
      throw ValidationError("--key needs --table, so that the key's type is known")
    }
  }

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    var filter = AuditFilter()
    if let runName { filter.run = try await journal.run(named: runName).number }
    filter.migration = migration
    filter.table = table
    if let table, let key { filter.key = try await KeyFinder.bytes(key, table, common, variables) }
    filter.actor = actor
    filter.since = try since.map { try TimeFilter.microseconds($0) }
    filter.until = try until.map { try TimeFilter.microseconds($0, as: .until) }
    filter.event = try event.map(AuditListCommand.kind)
    filter.attribute = attribute
    try await refuseUnknown(journal)
    let trust = try await ChainTrust.look(journal)
    var report = AuditReport(verified: trust.verified)
    let indexing = StepProgress("indexing events", isQuiet: common.quiet)
    if common.answerFormat == .csv { Console.answer(bytes: Array(AuditReport.csvTitles.utf8)) }
    for try await page in try await journal.audit(filter, indexing: indexing.report) {
      switch common.answerFormat {
      case .text: Console.answer(text: report.textLines(page))
      case .json: Console.answer(text: try report.jsonLines(page))
      // Its lines end as RFC 4180 has them, and its fields are escaped one by one.
      case .csv: Console.answer(bytes: Array(try report.csvLines(page).utf8))
      }
    }
    try await trust.end(journal, quiet: common.quiet)
  }

  /// A name that nothing in the journal has is most likely a slip of the hand, and no reason for an empty answer.
  private func refuseUnknown(_ journal: Journal) async throws {
    if let migration, try await !journal.runs().contains(where: { $0.started.migration == migration }) {
      throw Refusal(
        "no run of '\(migration)' is in the journal", remedy: "'\(Program.command("runs"))' lists them all")
    }
    if let actor, try await !journal.hasActor(actor) {
      throw Refusal(
        "nobody called '\(actor)' has written to the journal",
        remedy: "name a user, user@host or an ARN, as '\(Program.command("audit"))' shows them")
    }
  }

  private static let kinds = EventKind.allCases.filter(\.isAboutChange).map(\.rawValue).joined(
    separator: ", ")

  private static func kind(_ name: String) throws -> EventKind {
    if let kind = EventKind(rawValue: name), kind.isAboutChange { return kind }
    throw ValidationError("'\(name)' is not a change event: use one of \(kinds)")
  }
}

/// `history`: all that was done to one item.
struct HistoryCommand: AsyncParsableCommand, TabularCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show all that runs did to one item.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The table's name.") var table: String
  @Argument(help: "The item's key: discordId=9046…, or DynamoDB JSON.") var key: String

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    var filter = AuditFilter()
    filter.table = table
    let bytes = try await KeyFinder.bytes(key, table, common, variables)
    filter.key = bytes
    let indexing = StepProgress("indexing events", isQuiet: common.quiet)
    let pages = try await journal.audit(filter, indexing: indexing.report)
    let trust = try await ChainTrust.look(journal)
    switch common.answerFormat {
    case .json: try await printJSON(pages, bytes, journal, trust.verified)
    case .text: try await printText(pages, bytes, journal)
    case .csv: try await printCSV(pages)
    }
    try await trust.end(journal, quiet: common.quiet)
  }

  private func printText(_ pages: AuditPages, _ key: [UInt8], _ journal: Journal) async throws {
    var report = HistoryReport(table: table, key: key)
    for try await page in pages {
      report.add(page)
      for event in page.map(\.event) where event.kind == .planned {
        if let other = try await journal.otherEnd(of: event) { report.add(move: other, of: event) }
      }
    }
    Console.answer(prose: try report.text())
  }

  private func printCSV(_ pages: AuditPages) async throws {
    var report = AuditReport()
    Console.answer(bytes: Array(AuditReport.csvTitles.utf8))
    for try await page in pages { Console.answer(bytes: Array(try report.csvLines(page).utf8)) }
  }

  private func printJSON(
    _ pages: AuditPages, _ key: [UInt8], _ journal: Journal, _ verified: Bool?
  ) async throws {
    // An item has few events: how a change stands is known when all of them are.
    var entries: [AuditEntry] = []
    for try await page in pages { entries += page }
    let changes = Dictionary(grouping: entries) { [$0.event.run, Int64($0.event.change ?? 0)] }
    var report = AuditReport(verified: verified)
    let name = JSONValue.string(table).text()
    Console.answer(text: #"{"table": \#(name), "key": \#(String(decoding: key, as: UTF8.self)), "events": ["#)
    var separator = "\n"
    for entry in entries {
      let events = changes[[entry.event.run, Int64(entry.event.change ?? 0)]] ?? []
      let other = entry.event.kind == .planned ? try await journal.otherEnd(of: entry.event) : nil
      let standing = ChangeStanding(of: events.map(\.event.kind)).rawValue
      Console.answer(text: separator + (try report.historyLine(entry, other: other, standing: standing)))
      separator = ",\n"
    }
    Console.answer(text: "\n]}\n")
  }
}
