import ArgumentParser
import Journal
import Migrations
import Runner

/// `resume`: go on where a run stopped.
struct ResumeCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on where a run stopped; on a dry run: apply what was planned.",
    discussion: "Without a run: the last one that is interrupted, else the last one if it is a dry run.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The run: its id, a unique prefix of it, or 'latest'.") var run: String?

  @Flag(help: "Try failed changes again.") var retryFailed = false
  @Option(help: "Insist on the plan with this digest.") var digest: String?
  @Flag(help: "Apply without asking.") var yes = false
  @OptionGroup var backups: BackupOptions
  @Option(help: "Stop when more changes than this have failed.") var maxFailures: Int?
  @Option(help: "Refuse a plan of more changes than this.") var maxChanges: Int?

  func run() async throws {
    let variables = try common.variables()
    let fold = try await find(Journal(path: common.journal(variables), for: .read))
    guard let migration = Catalog.migration(named: fold.started.migration) else {
      throw Refusal(
        "this program has no migration '\(fold.started.migration)': resume run \(fold.started.run) with the program that has it"
      )
    }
    let session = try await RunSession(
      common, variables, target: fold.started.target, isConfirmed: yes,
      isDry: fold.started.dryRun && fold.plan == nil)
    let request = RunRequest(
      makesBackups: !backups.noBackup, backupKind: backups.kind, maxFailures: maxFailures,
      maxChanges: maxChanges, retryFailed: retryFailed, digest: digest)
    let result = try await session.finish {
      try await Runner($0, migration, request).resume(fold, variables: variables.values)
    }
    try await session.print(result)
  }

  private func find(_ journal: Journal) async throws -> RunFold {
    if let run { return try await journal.run(named: run) }
    let runs = try await journal.runs()
    if let stopped = runs.last(where: \.isStopped) { return stopped }
    if let last = runs.last, last.position.state == .planned { return last }
    throw Refusal("no run is interrupted: 'sparta-journal runs' lists them all")
  }
}

extension RunFold {
  /// Whether the run was stopped, or its process died, before its end.
  fileprivate var isStopped: Bool {
    switch position.state {
    case .interrupted, .planning, .applying, .rollingBack: true
    default: false
    }
  }
}
