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
      return (Check(.target, .fail, "\(failure)", remedy: "check what stands at the endpoint"), true)
    }
    let remedy = "check the keys, the session token, the region and the clock"
    return (Check(.credentials, .fail, "\(failure)", remedy: remedy), true)
  }

  /// AWS's words for a key that it does not know, a signature that is not right, and a token that is over.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  private static let refusals = ["Token", "Signature", "Client", "Expired", "Skewed"]

  private static func isAboutCredentials(_ failure: CallFailure) -> Bool {
    switch failure {
    case .credentials: true
    case .service(let error): error.status < 500 && refusals.contains { error.code.contains($0) }
    case .unreadable, .connection, .otherTarget, .cancelled: false
    }
  }
}
