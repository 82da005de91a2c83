import DynamoJournalAnchors
import ArgumentParser
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalRunner

/// `approve`: sign a run's plan.
struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Sign the plan of a run that waits to be applied.",
    discussion: """
      The plan's digest is signed with an SSH key and the signature is journaled. 'run' and 'resume' with \
      --require-approvals apply a plan only with enough signatures of others. A plan that is made anew has another \
      digest, so signatures of the old one do not count.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @Option(
    help: ArgumentHelp(
      "The SSH key to sign with: its file, or that of its public half where an agent has the key.",
      valueName: "key"))
  var sign: String

  func run() async throws {
    let variables = try common.variables()
    let journal = try Journal(path: common.journal(variables), for: .append(Actors.current(variables)))
    _ = try await journal.verify()
    let fold = try await journal.run(named: run)
    guard fold.position.activity == .planned else {
      throw JournalError.moveNotAllowed(run: fold.started.run, state: fold.position.state, move: "approved")
    }
    let approval = try Approvals.text(fold)
    let keygen = SSHKeygen(environment: variables.values)
    let signature = try await keygen.sign(Array(approval.text.utf8), key: sign)
    let fingerprint = try await keygen.fingerprint(ofKey: sign)
    let detail = ApprovedDetail(
      digest: approval.planDigest, text: approval.text, signature: signature.text, fingerprint: fingerprint)
    try await journal.append([EventDraft(.approved, detail)], run: fold.number)
    switch common.format {
    case .json:
      let answer: JSONValue = [
        "run": .string(fold.started.run), "planDigest": .string(approval.planDigest),
        "fingerprint": .string(fingerprint), "journalHead": .string(await journal.head.description),
      ]
      Console.answer(answer.prettyText())
    case .text:
      Console.answer(
        "approved the plan \(approval.planDigest) of run \(fold.started.run) with the key \(fingerprint)")
    }
  }
}
