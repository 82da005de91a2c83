import DynamoJournalProgram
import ArgumentParser
import DynamoJournalRunner

/// How many signatures of others a plan needs before it is applied, and whose count.
struct ApprovalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Apply a plan only with so many signatures of others than whoever applies it. (default: $\(Program.variable("REQUIRE_APPROVALS")) or 0)",
      valueName: "count"))
  var requireApprovals: Int?

  @Option(
    help: ArgumentHelp(
      "The file of those whose signatures count, as ssh-keygen reads it. (default: $\(Program.variable("ALLOWED_SIGNERS")))",
      valueName: "path"))
  var allowedSigners: String?

  func validate() throws {
    if let requireApprovals, requireApprovals < 0 {
      throw ValidationError("--require-approvals must be 0 or more")
    }
  }

  /// How many, by option and environment; nil for none.
  func required(_ variables: Variables) throws -> Int? {
    if let requireApprovals { return requireApprovals }
    guard let text = variables[Program.variable("REQUIRE_APPROVALS")] else { return nil }
    guard let count = Int(text), count >= 0 else {
      throw ValidationError(
        "\(Program.variable("REQUIRE_APPROVALS")) must be a whole number, 0 or more; set it to one or unset it"
      )
    }
    return count
  }

  /// The file, by option and environment; nil for none.
  func signers(_ variables: Variables) -> String? {
    allowedSigners ?? variables[Program.variable("ALLOWED_SIGNERS")]
  }
}
