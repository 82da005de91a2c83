import ArgumentParser
import Journal
import Migrations
import Reports
import Runner

/// `list`: the migrations, and how they stand on this target.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the migrations and how they stand on this target.",
    discussion: """
      Pending, planned only, applied (when and by whom), incomplete, interrupted or rolled back, as the journal has \
      it, and whether the code of an applied one has changed since.
      """)
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let variables = try common.variables()
    let reports = try await RunListings.reports(common.journal(variables))
    let target = try common.target(variables).name(among: reports.map(\.target))
    let listing = MigrationListing(RunListings.migrations, runs: reports, target: target)
    Console.answer(text: common.format == .json ? listing.jsonText : listing.text)
  }
}

/// `runs`: every run in the journal.
struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs in the journal.")
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let path = try common.journal(common.variables())
    let listing = RunListing(try await RunListings.reports(path))
    Console.answer(text: common.format == .json ? listing.jsonText : listing.text)
  }
}

/// `show`: where one run stands.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show where a run stands; for a planned one, the plan.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The run: its id, a unique prefix of it, or 'latest'.") var run: String

  func run() async throws {
    let journal = try common.openJournal(common.variables())
    let fold = try await journal.run(named: run)
    let report = try await RunOutput.report(fold, journal)
    try await RunOutput(common: common, journal: journal).print(report, fold)
  }
}

/// `report`: what a run did, with every failure and every finding.
struct ReportCommand: AsyncParsableCommand {
  /// Markdown beside the formats that every command has.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
  }

  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Report what a run did: counts, failures, findings, backups.")
  @OptionGroup var journal: JournalOptions
  @Argument(help: "The run: its id, a unique prefix of it, or 'latest'.") var run: String
  @Option(help: "How the report is written: text, json or markdown.") var format: Format = .text
  @Flag(help: "Show the values of items that were in conflict.") var showValues = false

  func run() async throws {
    let journal = try journal.open()
    let fold = try await journal.run(named: run)
    let detailed = try await DetailedReport(
      RunOutput.report(fold, journal), journal, showValues: showValues)
    let wanted: DetailedReport.Format =
      switch format {
      case .text: .text
      case .json: .json
      case .markdown: .markdown
      }
    try await detailed.write(wanted) { Console.answer(text: $0) }
  }
}

/// Every run of a journal as a report, cheaply: only runs that did not end have their changes counted.
enum RunListings {
  /// The migrations of this program.
  static let migrations = Catalog.all.map {
    MigrationStatus.Entry(
      name: $0.name, summary: $0.summary, version: $0.version, codeDigest: $0.code.digest)
  }

  /// The place of a migration among those that the journal knows of on the target.
  static func order(of migration: String, _ journal: Journal, target: String) async throws -> RunOrder {
    let reports = try await journal.runs().map { RunReport($0) }
    return RunOrder(
      of: migration, in: MigrationListing(migrations, runs: reports, target: target), target: target)
  }

  static func reports(_ path: String) async throws -> [RunReport] {
    let journal: Journal
    do { journal = try Journal(path: path, for: .read) } catch JournalError.missing { return [] }
    var reports: [RunReport] = []
    for fold in try await journal.runs() {
      let counts = try await RunCounts.read(journal, fold.number)
      reports.append(RunReport(fold, counts: counts, state: RunOutput.state(fold, path)))
    }
    return reports
  }
}
