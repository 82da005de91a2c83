import DynamoJournalHTTP
import DynamoJournalTables

/// Keeps requests to one account: credentials that were refreshed may be another identity's, and a profile's role may have
/// been changed.
///
/// The account is asked once for each access key. Once it is bound, a request is not even signed with a key of another.
package actor AccountCheck {
  /// Gives the account that credentials belong to.
  package typealias Question = @Sendable (AWSCredentials) async -> Result<String, CallFailure>

  private let question: Question
  private var answers: [String: Task<Result<String, CallFailure>, Never>] = [:]
  private var bound: String?

  /// A check that asks so.
  package init(_ question: @escaping Question) { self.question = question }

  /// A check that asks the Security Token Service of a region.
  ///
  /// - Parameter endpoint: of the service `sts`.
  package static func asking(_ endpoint: ServiceEndpoint, http: HTTPClient) -> AccountCheck {
    AccountCheck { credentials in
      do throws(CallFailure) {
        return .success(
          try await CallerIdentity.ask(endpoint, credentials: OneKey(credentials), http: http).account)
      } catch { return .failure(error) }
    }
  }

  /// The account of credentials.
  ///
  /// - Throws: `CallFailure`; it is asked again the next time.
  package func account(of credentials: AWSCredentials) async throws(CallFailure) -> String {
    let key = credentials.accessKeyID
    // Requests that come while the question is under way wait for the same answer.
    let task = answers[key] ?? Task { [question] in await question(credentials) }
    answers[key] = task
    let answer = await task.value
    if case .failure = answer, answers[key] == task { answers[key] = nil }
    return try answer.get()
  }

  /// From here on only credentials of that account are let through.
  func bind(to account: String) { bound = account }

  /// Lets credentials of the bound account through.
  ///
  /// - Throws: `CallFailure`
  func check(_ credentials: AWSCredentials) async throws(CallFailure) {
    guard let bound else { return }
    let account = try await account(of: credentials)
    guard account == bound else {
      throw .otherTarget("account \(account) instead of \(bound), since the credentials were changed")
    }
  }
}

/// Credentials whose account is asked: others must not take their place.
private struct OneKey: CredentialsSource {
  let value: AWSCredentials

  init(_ value: AWSCredentials) { self.value = value }

  func credentials() async throws -> AWSCredentials { value }
  func invalidate(_ refused: AWSCredentials) async {}
}
