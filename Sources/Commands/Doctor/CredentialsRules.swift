import DynamoJournalProgram
import DynamoJournalClient
import Foundation
import DynamoJournalReports

/// What the search for credentials means when it found none.
enum CredentialsRules {
  static func check(_ error: any Error) -> Check {
    let explanation = Ending.explanation(error)
    return Check(
      .credentials, .fail, explanation.problem,
      remedy: explanation.remedy ?? "once that is put right, 'aws sts get-caller-identity' shows the caller")
  }

  /// What a failure of the first signed call means, and whether there is any use in another one.
  static func check(ofFirstCall failure: CallFailure) -> (check: Check?, isFatal: Bool) {
    switch Trial.answer(of: failure) {
    case .denied(let words):
      let remedy = "grant dynamodb:ListTables, which 'tables list' and 06 without a named target need"
      return (Check(.permissions, .warn, "ListTables is denied (\(words))", remedy: remedy), false)
    case .unknownToServer: return (nil, false)
    case .allowed, .wrote, .unclear: break
    }
    guard isAboutCredentials(failure) else {
      let remedy = failure.explanation.remedy ?? "check what stands at the endpoint"
      return (Check(.target, .fail, failure.explanation.problem, remedy: remedy), true)
    }
    // One remedy is enough: this one has what is in those of the failure.
    let remedy = "check the keys, the session token, the region and the clock"
    return (Check(.credentials, .fail, problem(of: failure), remedy: remedy), true)
  }

  /// What is wrong, without what a source of credentials advises behind it.
  private static func problem(of failure: CallFailure) -> String {
    guard case .credentials(let words) = failure else { return failure.explanation.problem }
    let parts = words.components(separatedBy: ": ")
    return parts.count > 1 ? parts.dropLast().joined(separator: ": ") : words
  }

  /// AWS's words for a key that it does not know, a signature that is not right, and a token that is over.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  private static let refusals = ["Token", "Signature", "Client", "Expired", "Skewed"]

  private static func isAboutCredentials(_ failure: CallFailure) -> Bool {
    switch failure {
    case .credentials: true
    case .service(let error): error.status < 500 && refusals.contains { error.code.contains($0) }
    case .unreadable, .connection, .otherTarget, .held, .cancelled: false
    }
  }
}
