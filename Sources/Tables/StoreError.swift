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

extension StoreError: ExplainedError {
  /// Message and code.
  package var explanation: Explanation { Explanation("\(message) (\(code))") }
  package var errorClass: ErrorClass { code == "ValidationException" ? .validation : .database }
  package var exitStatus: ExitStatus { kind == .unavailable ? .interrupted : .refused }
}
