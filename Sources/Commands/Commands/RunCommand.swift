import ArgumentParser
import DynamoJournalEvents
import DynamoJournalFiles
import DynamoJournalReports
import DynamoJournalRunner

/// `run`: plan, back up, apply.
struct RunCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Plan a migration, back its tables up, and apply it.",
    discussion: """
      The migration is one of the program's, or a file of expressions: by its name in the folder of migrations, or by \
      its path, such as ./07_backfill_plan.yaml. With --dry-run it stops at the plan, which 'resume' applies as it was \
      reviewed. On a terminal the plan is shown and confirmed; without one, any target but the embedded store needs \
      --yes. A migration that is run before an earlier one, or after a later one, is warned of; --require-order \
      refuses it.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "The migration's name, which 'list' shows, or the path of its file.") var migration: String
  @OptionGroup var reason: ReasonOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var files: MigrationOptions
  @OptionGroup var parameters: ParameterOptions
  @OptionGroup(title: "Watching over the run") var hand: HandOptions

  @Flag(help: "Refuse to run before an earlier migration is applied, or after a later one.")
  var requireOrder = false

  @OptionGroup(title: "Options of single migrations") var declared: DeclaredOptions

  func run() async throws {
    let plain = try common.journalOptions.quietVariables()
    let finder = MigrationFinder(catalog: CommandCatalog.current, folder: try files.folder(plain))
    let found = try finder.findAsking(migration)
    let variables = try common.variables(besides: found.allVariables)
    let request = try options.request(reason: reason.reason, variables)
    let migration = try found.migration(variables, parameters).reading(in: options.segments)
    let settings = try options.settings(
      of: migration, variables, options: declared.options(of: migration))
    let session = try await RunSession(
      common, variables, isConfirmed: options.yes, isDry: request.dryRun, approvals: options.approvals,
      hand: hand)
    let result = try await session.finish {
      try await checkOrder(migration.name, finder, $0)
      return try await Runner($0, migration, request).run(settings)
    }
    try await session.print(
      result, because: options.because(request, variables, result), detailedExitCode: options.detailedExitCode
    )
  }

  /// Says what is out of order: it may well be right, where others were applied by other means.
  private func checkOrder(
    _ name: String, _ finder: MigrationFinder, _ environment: RunEnvironment
  ) async throws {
    let order = try await RunListings.order(of: name, MigrationEntries(finder).entries, environment)
    guard let problem = order.problem else { return }
    if requireOrder {
      throw Refusal(
        "\(problem)",
        remedy: "run what is missing, or leave out --require-order if this order is intended")
    }
    if !common.quiet { Console.say("warning: \(problem)") }
  }
}

extension Migration {
  /// The migration, reading its table in so many segments; only one in a file can.
  fileprivate func reading(in segments: Int?) throws -> any Migration {
    guard let segments else { return self }
    guard var file = self as? FileMigration else {
      throw ValidationError("\(name) reads its tables in its own way: leave out --segments")
    }
    file.segments = segments
    return file
  }
}
