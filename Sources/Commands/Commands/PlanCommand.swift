import ArgumentParser
import DynamoJournalPrograms
import DynamoJournalRunner

/// `plan --from`: a run from a file of images.
struct PlanCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Plan a run from a file of images.",
    discussion: """
      Each line is {"table", "key", "before"?, "after"} in DynamoDB JSON; "after": null deletes. Without "before" the item is \
      read; with it, the change is in conflict when the table differs. The file may be gzip'd. It stops at the plan: 'resume' \
      applies it, 'rollback' undoes it.
      """)
  @OptionGroup var common: CommonOptions
  @Option(help: "The file; - for standard input.", completion: .file()) var from: String
  @OptionGroup var reason: ReasonOptions
  @Option(help: "Plan at most so many lines.") var limit: Int?
  @OptionGroup var test: TestOptions
  @OptionGroup var approvals: ApprovalOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    if (reason.reason ?? "").isEmpty { throw ValidationError("say why with --reason: the journal keeps it") }
  }

  func run() async throws {
    let variables = try common.variables()
    let request = RunRequest(
      dryRun: true, reason: reason.reason, requiredApprovals: try approvals.required(variables))
    let settings = Settings(
      variables: variables.values, testMode: try test.mode(variables), limit: limit)
    let session = try await RunSession(
      common, variables, isConfirmed: false, isDry: true, approvals: approvals)
    let result = try await session.finish {
      try await Runner($0, ImagesMigration(path: from), request).run(settings)
    }
    try await session.print(result, because: [test.because(variables)].compactMap { $0 })
  }
}
