import DynamoJournalProgram

/// What a store refused or could not do, in AWS's terms.
///
/// The message names tables, indexes and attributes, never values.
package struct StoreError: Error, Hashable, Sendable {
  /// What can be done about it.
  package enum Kind: String, Hashable, Sendable {
    /// The same request will be refused again.
    case refused
    /// The target is out of reach or can't write now; the same request may succeed later.
    case unavailable
  }

  /// Whether a later try can help.
  package let kind: Kind
  /// AWS's name of the error, such as `ValidationException` or `ResourceNotFoundException`.
  package let code: String
  /// One sentence.
  package let message: String

  /// An error.
  package init(_ kind: Kind = .refused, code: String, _ message: String) {
    self.kind = kind
    self.code = code
    self.message = message
  }

  /// The request is malformed or breaks a limit.
  package static func validation(_ message: String) -> StoreError {
    StoreError(code: "ValidationException", message)
  }

  /// There is no such table or backup.
  package static func notFound(_ message: String) -> StoreError {
    StoreError(code: "ResourceNotFoundException", message)
  }

  /// The table exists already, or is being changed.
  package static func inUse(_ message: String) -> StoreError {
    StoreError(code: "ResourceInUseException", message)
  }
}

extension StoreError {
  /// Refusals that are about the caller, the table or the server and not about what was sent.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  private static let refusalsOfAll: Set<String> = [
    "AccessDeniedException", "AccessDenied", "NotAuthorized", "OptInRequired", "ResourceNotFoundException",
    "UnknownOperationException",
  ]

  /// Whether every other item would be refused alike, so that nothing is gained by sending one more.
  package var isRefusalOfAll: Bool { kind == .refused && Self.refusalsOfAll.contains(code) }
}

extension StoreError {
  /// The code of a request that is too large for whoever takes it.
  package static let tooLargeCode = "RequestEntityTooLarge"

  /// Whether the request was refused since there is too much in it, so that a part of it may well be taken.
  package var isRefusalOfSize: Bool {
    guard kind == .refused else { return false }
    if code.contains("TooLarge") { return true }
    let words = message.lowercased()
    return code == "ValidationException"
      && (words.contains("too large") || words.contains("size") && words.contains("exceed"))
  }
}

extension StoreError: ExplainedError {
  /// Message and code, and what to do about keys that are not let in.
  package var explanation: Explanation { Explanation("\(message) (\(code))", keyRemedy) }
  package var errorClass: ErrorClass { code == "ValidationException" ? .validation : .database }
  /// Keys that are wrong stay so until somebody sets others: where no run has begun, nothing is to be gone on with.
  package var exitStatus: ExitStatus {
    kind == .unavailable && keyRemedy == nil && code != "CredentialsUnavailable" ? .interrupted : .refused
  }

  private var keyRemedy: String? { KeyRefusal.remedy(code) }
}

/// How a service says that it does not accept somebody's keys, and what to do then.
///
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
package enum KeyRefusal {
  /// What to do; nil for an error that is about something else.
  package static func remedy(_ code: String) -> String? {
    switch code {
    case "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignatureException",
      "IncompleteSignature":
      "check the secret access key ($AWS_SECRET_ACCESS_KEY, or that of the profile): it does not belong to the access key id, or this machine's clock is wrong"
    case "UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationTokenException",
      "MissingAuthenticationToken", "InvalidAccessKeyId":
      "check the access key id and the session token ($AWS_ACCESS_KEY_ID, $AWS_SESSION_TOKEN, or those of the profile)"
    case "ExpiredTokenException", "ExpiredToken", "RequestExpired":
      "get new credentials, for example with 'aws sso login', and type the command again"
    case "AccessDeniedException", "AccessDenied":
      "let whoever has these credentials do that, or use another --profile"
    default: nil
    }
  }
}
