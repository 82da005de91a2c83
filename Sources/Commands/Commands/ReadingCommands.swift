import ArgumentParser
import Foundation
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `list`: the migrations, and how they stand on this target.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the migrations and how they stand on this target.",
    discussion: """
      Pending, planned only, applied (when and by whom), incomplete, interrupted or rolled back, as the journal has \
      it, and whether the code of an applied one has changed since.
      """)
  @OptionGroup var common: CommonOptions
  @OptionGroup var files: MigrationOptions

  func run() async throws {
    let variables = try common.variables()
    let migrations = MigrationEntries(
      MigrationFinder(catalog: CommandCatalog.current, folder: try files.folder(variables)))
    if !common.quiet { for problem in migrations.problems { Console.say("warning: \(problem)") } }
    let runs = try await RunListings.read(common.journal(variables))
    let target = try common.target(variables)
    let name = try target.name(among: runs.reports.map(\.target))
    let opened = try? await identity(target, variables)
    let listing = MigrationListing(
      migrations.entries, runs: runs.reports, target: name, identity: opened?.identity,
      guards: opened?.guards ?? [:], verified: runs.trust?.verified,
      archives: try await runs.journal?.archives() ?? [])
    Console.answer(text: common.format == .json ? listing.jsonText : listing.text)
    try await runs.end(quiet: common.quiet)
  }

  /// What the target is, however it is spelled, and what its guards say; a listing does not wait for a server.
  private func identity(
    _ target: Target, _ variables: Variables
  ) async throws -> (identity: TargetIdentity, guards: [String: GuardClaim])? {
    guard case .local(let path) = target else {
      let identity = target.address.map {
        TargetIdentity.server($0, region: common.connection.region ?? "", account: nil)
      }
      return identity.map { ($0, [:]) }
    }
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let store = try EmbeddedStore(lookingAt: path)
    let claims = try await store.guards?.claims() ?? []
    return (try await store.identity(), Dictionary(claims.map { ($0.table, $0) }) { first, _ in first })
  }
}

/// `runs`: every run in the journal.
struct RunsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs in the journal.")
  @OptionGroup var common: CommonOptions
  @Option(help: "Runs of this migration.") var migration: String?
  @Option(help: "Runs in this state, such as applied or interrupted.") var state: RunState?
  @Option(help: "Runs begun from this time on, such as 2026-11-23, or 10m for ten minutes ago.") var since:
    String?
  @Option(help: "Runs begun up to this time.") var until: String?
  @Option(name: .customLong("last"), help: ArgumentHelp("Only the last so many of them.", valueName: "n"))
  var last: Int?

  func validate() throws {
    if let last, last < 1 { throw ValidationError("--last needs a number from 1 on") }
  }

  func run() async throws {
    let runs = try await RunListings.read(common.journal(common.variables()))
    let (since, until) = try (
      since.map { try TimeFilter.microseconds($0) }, until.map { try TimeFilter.microseconds($0, as: .until) }
    )
    let chosen = runs.reports.filter { run in
      (migration ?? run.migration) == run.migration && (state ?? run.state) == run.state
        && run.startedAt >= since ?? .min && run.startedAt <= until ?? .max
    }
    if let migration, !runs.reports.contains(where: { $0.migration == migration }) {
      Console.say("the journal has no run of '\(migration)'")
    }
    let listing = RunListing(last.map { Array(chosen.suffix($0)) } ?? chosen, of: runs.reports.count)
    Console.answer(text: common.format == .json ? listing.jsonText : listing.text)
    try await runs.end(quiet: common.quiet)
  }
}

extension RunState: ExpressibleByArgument {}

/// Every run of a journal as a report, cheaply: only runs that did not end have their changes counted.
enum RunListings {
  /// The place of a migration among those that the journal knows of on the target.
  static func order(
    of migration: String, _ migrations: [MigrationStatus.Entry], _ environment: RunEnvironment
  ) async throws -> RunOrder {
    let reports = try await environment.journal.runs().map { RunReport($0) }
    let listing = MigrationListing(
      migrations, runs: reports, target: environment.target, identity: environment.identity,
      archives: try await environment.journal.archives())
    return RunOrder(of: migration, in: listing, target: environment.target)
  }

  /// The runs, and whether what is shown of them was verified; no runs and no journal where there is none.
  static func read(_ path: String) async throws -> RunsOfJournal {
    let journal: Journal
    do { journal = try Journal(path: path, for: .read) } catch let error as JournalError where error.hasNoRuns
    {
      return RunsOfJournal()
    }
    let trust = try await ChainTrust.look(journal)
    let erasers = try await Erasers(journal)
    var reports: [RunReport] = []
    let runs = try await journal.runs()
    let work = RunAtWork(runs, path: journal.path)
    for fold in runs {
      let counts = try await work.counts(of: fold, journal)
      var report = RunReport(fold, counts: counts, state: work.state(of: fold), verified: trust.verified)
      report.erasedBy = erasers.of(fold)
      report.work = work.work(of: fold)
      reports.append(report)
    }
    return RunsOfJournal(reports: reports, journal: journal, trust: trust)
  }
}

/// Every run of a journal, and how far it can be trusted.
struct RunsOfJournal {
  var reports: [RunReport] = []
  var journal: Journal?
  var trust: ChainTrust?

  func end(quiet: Bool) async throws {
    guard let journal, let trust else { return }
    try await trust.end(journal, passedOver: reports.flatMap(\.passedOver), quiet: quiet)
  }
}

/// Who erased values of which run.
struct Erasers {
  private var people: [Int64: [ActorIdentity]] = [:]

  init(_ journal: Journal) async throws {
    for event in try await journal.journalEvents(.erased) {
      for run in try event.decode(ErasedDetail.self).runs { people[run, default: []].append(event.actor) }
    }
  }

  func of(_ fold: RunFold) -> [ActorIdentity] { people[fold.number] ?? [] }
}
