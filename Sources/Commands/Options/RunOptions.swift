import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// What `run` and `change` have in common: how far to go, and what to make sure of.
struct RunOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Stop once the plan is made. (default: $DRY_RUN, or no)")
  var dryRun: Bool?
  @OptionGroup var test: TestOptions
  @Option(help: "Plan at most so many units.") var limit: Int?
  @Flag(help: "Apply without asking.") var yes = false
  @OptionGroup var backups: BackupOptions
  @OptionGroup var approvals: ApprovalOptions
  @Option(help: "Stop when more changes than this have failed.") var maxFailures: Int?
  @Option(help: "Refuse a plan of more changes than this.") var maxChanges: Int?
  @Flag(help: "Exit with 6 where a dry run plans changes, so that 0 means that there is nothing to do.")
  var detailedExitCode = false
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
      dryRun: try dryRun ?? variables.boolean("DRY_RUN") ?? false, reason: reason,
      makesBackups: !backups.noBackup, backupKind: backups.kind, maxFailures: maxFailures,
      maxChanges: maxChanges, requiredApprovals: try approvals.required(variables))
  }

  /// The settings.
  func settings(
    of migration: any Migration, _ variables: Variables, options: Set<MigrationOption> = []
  ) throws -> Settings {
    Settings(
      variables: variables.values.merging(migration.ownSettings(variables)) { $1 }, options: options,
      testMode: try test.mode(variables), limit: limit)
  }

  /// Why the run does less than its command says: what a variable asks for, or what `--max-changes` will not let through.
  func because(_ request: RunRequest, _ variables: Variables, _ result: RunResult) throws -> [String] {
    let dry = dryRun == nil && request.dryRun ? variables.cause("DRY_RUN", "dry run", "--no-dry-run") : nil
    return try [dry, test.because(variables), tooMany(request, result)].compactMap { $0 }
  }

  /// A dry run shows the plan, however large it is.
  private func tooMany(_ request: RunRequest, _ result: RunResult) -> String? {
    guard request.dryRun, let maxChanges, let changes = result.fold.plan?.changes, changes > maxChanges else {
      return nil
    }
    let warning =
      "the plan has \(Printable.count(changes, "change")), and a run with --max-changes \(maxChanges) would be refused"
    Console.say("warning: \(warning)")
    return warning
  }
}

/// Whether a small batch only is planned.
struct TestOptions: ParsableArguments {
  @Flag(
    name: .customLong("test"), inversion: .prefixedNo,
    help: "Plan a small batch only. (default: $TEST_MODE, or no)")
  var isOn: Bool?

  /// Whether it is so, by the option or else by the variable.
  func mode(_ variables: Variables) throws -> Bool { try isOn ?? variables.boolean("TEST_MODE") ?? false }

  /// Why it is so, where a variable says it.
  func because(_ variables: Variables) throws -> String? {
    guard isOn == nil, try mode(variables) else { return nil }
    return variables.cause("TEST_MODE", "a small batch only", "--no-test")
  }
}

extension Variables {
  /// `dry run, because DRY_RUN=true in .env; --no-dry-run overrules it`
  fileprivate func cause(_ name: String, _ effect: String, _ option: String) -> String {
    let place = (environment[name] ?? "").isEmpty ? fileName ?? "the file" : "the environment"
    return "\(effect), because \(name)=\(self[name] ?? "") in \(place); \(option) overrules it"
  }
}
