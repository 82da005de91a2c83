import ArgumentParser
import DynamoJournalRunner

/// What `run` and `change` have in common: how far to go, and what to make sure of.
struct RunOptions: ParsableArguments {
  @Flag(help: "Stop once the plan is made. ($DRY_RUN)") var dryRun = false
  @Flag(name: .customLong("test"), help: "Plan a small batch only. ($TEST_MODE)") var testMode = false
  @Option(help: "Plan at most so many units.") var limit: Int?
  @Flag(help: "Apply without asking.") var yes = false
  @OptionGroup var backups: BackupOptions
  @OptionGroup var approvals: ApprovalOptions
  @Option(help: "Stop when more changes than this have failed.") var maxFailures: Int?
  @Option(help: "Refuse a plan of more changes than this.") var maxChanges: Int?
  @Option(
    help:
      "Read a table in so many segments at once, for a migration in a file. (default: by the table's size)")
  var segments: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    if let maxFailures, maxFailures < 0 { throw ValidationError("--max-failures must be 0 or more") }
    if let maxChanges, maxChanges < 0 { throw ValidationError("--max-changes must be 0 or more") }
    if let segments, !(1...RunOptions.mostSegments).contains(segments) {
      throw ValidationError("--segments must be 1 to \(RunOptions.mostSegments)")
    }
  }

  /// A page of each is in memory at once.
  private static let mostSegments = 256

  /// The request.
  func request(reason: String?, _ variables: Variables) throws -> RunRequest {
    RunRequest(
      dryRun: try dryRun || variables.boolean("DRY_RUN") == true, reason: reason,
      makesBackups: !backups.noBackup, backupKind: backups.kind, maxFailures: maxFailures,
      maxChanges: maxChanges, requiredApprovals: try approvals.required(variables))
  }

  /// The settings.
  func settings(
    of migration: any Migration, _ variables: Variables, options: Set<MigrationOption> = []
  ) throws -> Settings {
    Settings(
      variables: variables.values.merging(migration.ownSettings(variables)) { $1 }, options: options,
      testMode: try testMode || variables.boolean("TEST_MODE") == true, limit: limit)
  }
}
