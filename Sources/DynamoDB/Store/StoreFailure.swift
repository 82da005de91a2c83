import DynamoJournalProgram
import DynamoJournalTables

extension CallFailure {
  /// What a store throws for a call that failed in the end.
  ///
  /// Only what is wrong with the request itself is a refusal. Credentials, clock, network and capacity concern every
  /// request alike: the run stops and can be resumed, and no change is judged by them.
  func thrown(_ operation: Operation, on table: String?) -> any Error {
    switch self {
    case .cancelled: CancellationError()
    case .held: WriteHeld(mayHaveHadEffect: false)
    case .service(let error): error.storeError(operation, on: table)
    // What stands before a server may have a limit of its own, and says so in a page of its own.
    case .unreadable(let reply) where reply.status == 413:
      StoreError(
        code: StoreError.tooLargeCode,
        "\(table.map { "\(operation.name) on table '\($0)'" } ?? operation.name): the request is too large")
    case .unreadable: StoreError(.unavailable, code: "UnreadableReply", description)
    case .connection: StoreError(.unavailable, code: "ConnectionFailed", description)
    case .otherTarget(let difference): StoreError.targetChanged(difference)
    case .credentials: StoreError(.unavailable, code: "CredentialsUnavailable", description)
    }
  }

  /// AWS's code when the service refused by name.
  var code: String? {
    if case .service(let error) = self { error.code } else { nil }
  }
}

extension ServiceError {
  private static let signatureRefusals: Set<String> = [
    "MissingAuthenticationTokenException", "MissingAuthenticationToken", "IncompleteSignatureException",
    "IncompleteSignature",
  ]
  /// Time was given, and it did not help: these won't go away by themselves.
  private static let lastingLimits: Set<String> = [
    "LimitExceededException", "ContinuousBackupsUnavailableException", "TableInUseException",
    "BackupInUseException",
  ]

  /// The same as a store's error.
  func storeError(_ operation: Operation, on table: String?) -> StoreError {
    let place = table.map { "\(operation.name) on table '\($0)'" } ?? operation.name
    let words = message.isEmpty ? "no reason was given" : message
    if isUnknownOperation {
      return StoreError(code: "UnknownOperationException", "the server does not know \(operation.name)")
    }
    return StoreError(kind, code: code, "\(place): \(words)")
  }

  /// Whether the server is a stand-in that lacks the call.
  var isUnknownOperation: Bool { status == 501 || code == "UnknownOperationException" }

  private var kind: StoreError.Kind {
    let code = code
    if Self.signatureRefusals.contains(code) || Self.credentialRefusals.contains(code)
      || Self.dateRefusals.contains(code)
    {
      return .unavailable
    }
    if Self.lastingLimits.contains(code) { return .refused }
    return remedy == .none ? .refused : .unavailable
  }
}
