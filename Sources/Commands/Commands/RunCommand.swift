import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// `run`: plan, back up, apply.
struct RunCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Plan a migration, back its tables up, and apply it.",
    discussion: """
      With --dry-run it stops at the plan, which 'resume' applies as it was reviewed. On a terminal the plan is shown \
      and confirmed; without one, any target but the embedded store needs --yes. A migration that is run before an \
      earlier one, or after a later one, is warned of; --require-order refuses it.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "The migration's name; 'list' shows them.") var migration: String

  @Flag(help: "Stop once the plan is made. ($DRY_RUN)") var dryRun = false
  @Flag(name: .customLong("test"), help: "Plan a small batch only. ($TEST_MODE)") var testMode = false
  @Option(help: "Plan at most so many units.") var limit: Int?
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Apply without asking.") var yes = false
  @OptionGroup var backups: BackupOptions
  @OptionGroup var approvals: ApprovalOptions
  @Option(help: "Stop when more changes than this have failed.") var maxFailures: Int?
  @Option(help: "Refuse a plan of more changes than this.") var maxChanges: Int?

  @Flag(help: "Refuse to run before an earlier migration is applied, or after a later one.")
  var requireOrder = false

  @OptionGroup(title: "Options of single migrations") var declared: DeclaredOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    if let maxFailures, maxFailures < 0 { throw ValidationError("--max-failures must be 0 or more") }
    if let maxChanges, maxChanges < 0 { throw ValidationError("--max-changes must be 0 or more") }
  }

  func run() async throws {
    let variables = try common.variables()
    let request = RunRequest(
      dryRun: try dryRun || variables.boolean("DRY_RUN") == true, reason: reason.reason,
      makesBackups: !backups.noBackup, backupKind: backups.kind, maxFailures: maxFailures,
      maxChanges: maxChanges, requiredApprovals: try approvals.required(variables))
    let migration = try CommandCatalog.require(migration)
    let settings = Settings(
      variables: variables.values, options: try declared.options(of: migration),
      testMode: try testMode || variables.boolean("TEST_MODE") == true, limit: limit)
    let session = try await RunSession(
      common, variables, isConfirmed: yes, isDry: request.dryRun, approvals: approvals)
    let result = try await session.finish {
      try await checkOrder($0)
      return try await Runner($0, migration, request).run(settings)
    }
    try await session.print(result)
  }

  /// Says what is out of order: it may well be right, where others were applied by other means.
  private func checkOrder(_ environment: RunEnvironment) async throws {
    let order = try await RunListings.order(of: migration, environment)
    guard let problem = order.problem else { return }
    if requireOrder {
      throw Refusal(
        "\(problem)",
        remedy: "run what is missing, or leave out --require-order if this order is intended")
    }
    if !common.quiet { Console.say("warning: \(problem)") }
  }
}
