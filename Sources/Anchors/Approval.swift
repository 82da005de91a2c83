import DynamoJournalProgram

/// A plan as those who approve it sign it: five lines of text that name the run, the migration, the target and the plan.
///
/// A plan that changes has another digest and so another text; signatures of the old one are worth nothing for it.
package struct Approval: Hashable, Sendable {
  /// The id of the run.
  package let run: String
  /// The name of the migration.
  package let migration: String
  /// What identifies the target.
  package let target: String
  /// The plan's digest: `sha256:` and 64 lower-case hexadecimal digits.
  package let planDigest: String

  /// What a signature approves.
  ///
  /// - Throws: `ApprovalError`, when a value is empty, would break its line or is not what it is shown as, or when the
  ///   digest is not one.
  package init(run: String, migration: String, target: String, planDigest: String) throws(ApprovalError) {
    (self.run, self.migration, self.target) = (run, migration, target)
    self.planDigest = planDigest
    for (field, value) in [("run", run), ("migration", migration), ("target", target)] {
      guard !value.isEmpty else { throw .empty(field: field) }
      guard !value.unicodeScalars.contains(where: Visible.isHidden) else {
        throw .hiddenCharacter(field: field)
      }
    }
    guard Self.isDigest(planDigest) else { throw .badDigest(planDigest) }
  }

  /// The text that is signed, each line ended by a line feed.
  package var text: String {
    """
    \(Formats.approvalTitle)
    run \(run)
    migration \(migration)
    target \(target)
    plan \(planDigest)

    """
  }

  private static func isDigest(_ text: String) -> Bool {
    guard text.hasPrefix("sha256:") else { return false }
    let digits = text.utf8.dropFirst("sha256:".utf8.count)
    return digits.count == 64 && digits.allSatisfy { Array("0123456789abcdef".utf8).contains($0) }
  }
}

/// Why there is nothing to sign.
package enum ApprovalError: Error, Hashable, Sendable {
  /// The value is empty.
  case empty(field: String)
  /// The value contains a line break, another control character or a direction mark, so that it could pass for other lines.
  case hiddenCharacter(field: String)
  /// The plan's digest is not `sha256:` and 64 hexadecimal digits.
  case badDigest(String)
}

extension ApprovalError: ExplainedError {
  package var explanation: Explanation {
    switch self {
    case .empty(let field):
      Explanation(
        "nothing was signed: the plan has no \(field)",
        "plan it again")
    case .hiddenCharacter(let field):
      Explanation(
        "nothing was signed: the plan's \(field) contains a line break or another character that is not visible",
        "plan it again under a plain name")
    case .badDigest(let text):
      Explanation(
        "nothing was signed: \(Visible.quoted(text)) is not the digest of a sealed plan",
        "'\(Program.command("show"))' tells whether the run has one")
    }
  }
  package var errorClass: ErrorClass { .validation }

}
