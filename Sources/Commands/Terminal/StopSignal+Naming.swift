import DynamoJournalClient
import DynamoJournalHTTP
import DynamoJournalRunner
import DynamoJournalTables

extension StopSignal {
  /// Does the work; what fails since somebody asked to stop is told as that.
  ///
  /// - Throws: `CallStopped`, or what the work throws.
  func naming<Result>(_ work: () async throws -> Result) async throws -> Result {
    do { return try await work() } catch  where isRequested && Self.isCutShort(error) {
      throw CallStopped(mayHaveHadEffect: false)
    }
  }

  private static func isCutShort(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError, is CredentialsError: true
    case let failure as CallFailure: if case .service = failure { false } else { true }
    case let failure as HTTPError: failure.kind == .cancelled || failure.kind == .shutDown
    default: false
    }
  }
}
