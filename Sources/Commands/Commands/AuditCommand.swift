import ArgumentParser
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
struct AuditListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List change events; with --format json a line each.")
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
    let trust = try await ChainTrust.look(journal)
    var report = AuditReport(verified: trust.verified)
    let indexing = StepProgress("indexing events", isQuiet: common.quiet)
    for try await page in try await journal.audit(filter, indexing: indexing.report) {
      let text = try common.format == .json ? report.jsonLines(page) : report.textLines(page)
      Console.answer(text: text)
    }
    try await trust.end(journal, quiet: common.quiet)
  }

  private static let kinds = EventKind.allCases.filter(\.isAboutChange).map(\.rawValue).joined(
    separator: ", ")

  private static func kind(_ name: String) throws -> EventKind {
    if let kind = EventKind(rawValue: name), kind.isAboutChange { return kind }
    throw ValidationError("'\(name)' is not a change event: use one of \(kinds)")
  }
}

/// `history`: all that was done to one item.
struct HistoryCommand: AsyncParsableCommand {
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
    switch common.format {
    case .json: try await printJSON(pages, bytes, trust.verified)
    case .text: try await printText(pages, bytes, journal)
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

  private func printJSON(_ pages: AuditPages, _ key: [UInt8], _ verified: Bool?) async throws {
    var report = AuditReport(verified: verified)
    let name = JSONValue.string(table).text()
    Console.answer(text: #"{"table": \#(name), "key": \#(String(decoding: key, as: UTF8.self)), "events": ["#)
    var separator = "\n"
    for try await page in pages {
      for entry in page {
        Console.answer(text: separator + (try report.jsonLines([entry]).dropLast()))
        separator = ",\n"
      }
    }
    Console.answer(text: "\n]}\n")
  }
}
