import DynamoJournalProgram
import ArgumentParser
import DynamoJournalEvents
import DynamoJournalPrograms
import DynamoJournalRunner

/// `resume`: go on where a run stopped.
struct ResumeCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on where a run stopped; on a dry run: apply what was planned.",
    discussion: """
      Without a run: the one that can be resumed, if there is exactly one; if its plan is not whole yet, it stops at the \
      plan and shows it. A run that is done stays as it is.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String?

  @Flag(help: "Try failed changes again.") var retryFailed = false
  @Option(help: "Insist on the plan with this digest.") var digest: String?
  @OptionGroup var reason: ReasonOptions
  @Flag(help: "Apply without asking.") var yes = false
  @OptionGroup var backups: BackupOptions
  @OptionGroup var approvals: ApprovalOptions
  @OptionGroup(title: "Watching over the run") var hand: HandOptions
  @Option(help: "Stop when more changes than this have failed.") var maxFailures: Int?
  @Option(help: "Refuse a plan of more changes than this.") var maxChanges: Int?

  func run() async throws {
    let variables = try common.variables()
    let reading = try Journal(path: common.journal(variables), for: .read)
    let fold = try await find(reading)
    let migration = try await RunMigration.find(fold, reading)
    let settings = variables.values.merging(migration.ownSettings(variables)) { $1 }
    let session = try await RunSession(
      common, variables, of: fold.started, isConfirmed: yes,
      isDry: fold.isDone || (fold.started.dryRun || run == nil) && fold.plan == nil, approvals: approvals,
      hand: hand,
      pace: fold.isDone ? nil : fold.pace)
    if let pause = fold.pause, !common.quiet {
      Console.say(
        "run \(fold.started.run) was paused by \(pause.detail.by.name) at \(Timestamp.text(pause.at)) when it ended; it goes on now"
      )
    }
    let request = RunRequest(
      reason: reason.reason, makesBackups: !backups.noBackup, backupKind: backups.kind,
      maxFailures: maxFailures,
      maxChanges: maxChanges, retryFailed: retryFailed, digest: digest,
      // Nobody named it, and nobody has seen its plan.
      stopsAtPlan: run == nil, requiredApprovals: try approvals.required(variables))
    let result = try await session.finish {
      try await Runner($0, migration, request).resume(fold.handle, variables: settings)
    }
    if result.end == .done && fold.isDone {
      Console.say(
        "run \(fold.started.run) is done already (\(fold.position.state.rawValue)): there was nothing to resume"
      )
    }
    try await session.print(result)
  }

  private func find(_ journal: Journal) async throws -> RunFold {
    if let run { return try await journal.run(named: run) }
    let candidates = try await journal.runs().filter(\.canBeResumed)
    guard let only = candidates.last else {
      throw Refusal(
        "no run can be resumed",
        remedy: "'\(Program.command("runs"))' lists them all")
    }
    guard candidates.count == 1 else {
      let names = candidates.map { "\($0.started.run) (\($0.position.state.rawValue))" }
      throw Refusal(
        "\(candidates.count) runs could be resumed",
        remedy:
          "name one of \(names.joined(separator: ", ")), and end the others with '\(Program.command("close RUN --reason …"))'"
      )
    }
    return only
  }
}

extension RunFold {
  /// Whether the run was stopped, or its process died, before its end; or waits to be applied.
  fileprivate var canBeResumed: Bool {
    switch position.state {
    case .interrupted, .planning, .applying, .rollingBack, .redoing: true
    case .planned: plan.map { $0.changes > 0 && $0.refusal == nil } ?? false
    case .applied, .incomplete, .rolledBack, .closed: false
    }
  }
}
