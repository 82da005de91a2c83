import DynamoJournalProgram
import DynamoJournalAnchors
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// Whether a plan has the signatures that it needs before it is applied.
struct Approvals: Sendable {
  private let options: ApprovalOptions?
  private let variables: Variables
  private let actor: ActorIdentity

  init(_ options: ApprovalOptions?, _ variables: Variables, _ actor: ActorIdentity) {
    self.options = options
    self.variables = variables
    self.actor = actor
  }

  /// The text of an approval of a run's plan.
  ///
  /// - Throws: `Refusal` for a run without a sealed plan, `ApprovalError`.
  static func text(_ fold: RunFold) throws -> Approval {
    guard let plan = fold.plan else {
      throw Refusal(
        "run \(fold.started.run) has no sealed plan yet, so there is nothing to approve",
        remedy: "'\(Program.command("resume \(fold.started.run)"))' makes the plan")
    }
    return try Approval(
      run: fold.started.run, migration: fold.started.migration,
      target: fold.started.identity?.text ?? fold.started.target, planDigest: plan.digest)
  }

  /// Looks at the signatures of a run's plan.
  ///
  /// - Throws: `Refusal` when some are missing, with why each that is there does not count.
  @Sendable func check(_ fold: RunFold) async throws {
    let asked = try options?.required(variables) ?? 0
    let required = max(asked, fold.started.requiredApprovals ?? 0)
    guard required > 0, fold.plan?.changes != 0 else { return }
    let run = fold.started.run
    guard let signers = options?.signers(variables) else {
      throw Refusal(
        "the plan of run \(run) needs \(Self.words(required)), and nobody says whose count; nothing was written",
        remedy: "name the file of allowed signers with --allowed-signers")
    }
    let (verified, refused) = try await signatures(fold, signers)
    let account = AccountFacts(uid: UInt32(actor.uid ?? 0), user: actor.user, host: actor.host)
    let verdict = ApprovalRule.judge(
      required: required, signatures: verified, applier: Applier(account: account))
    guard case .missing(let count, let uncounted) = verdict else { return }
    let why = refused + uncounted.map { "signature \($0.index + 1) does not count: \($0.reason)" }
    throw Refusal(
      "the plan of run \(run) lacks \(Self.words(count))\(why.isEmpty ? "" : " (\(why.joined(separator: "; ")))"), so it was not applied and nothing was written",
      remedy:
        "somebody else types '\(Program.command("approve \(run) --sign KEY"))', then '\(Program.command("resume \(run)"))' applies it"
    )
  }

  /// The signatures that hold, and why others do not.
  private func signatures(_ fold: RunFold, _ signers: String) async throws -> ([VerifiedApproval], [String]) {
    let text = try Self.text(fold).text
    let keygen = SSHKeygen(environment: variables.values)
    var verified: [VerifiedApproval] = []
    var refused: [String] = []
    for (detail, by) in fold.approvals {
      guard detail.digest == fold.plan?.digest, detail.text == text else {
        refused.append("one is of another plan")
        continue
      }
      do {
        let signer = try await keygen.verify(
          Array(text.utf8), try SSHSignature(armored: detail.signature), allowedSigners: signers)
        let account = AccountFacts(uid: UInt32(clamping: by.uid ?? 0), user: by.user, host: by.host)
        verified.append(VerifiedApproval(signer: signer, appendedBy: account))
      } catch let error as SSHSignatureError {
        refused.append("one does not hold: \(error)")
      }
    }
    return (verified, refused)
  }

  private static func words(_ count: Int) -> String {
    count == 1 ? "a signature of somebody else" : "\(count) signatures of others"
  }
}
