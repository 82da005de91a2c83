/// What a request to AWS is signed with. It has no description of its own: nothing here may reach a log.
package struct AWSCredentials: Sendable, Equatable {
  /// The access key's id.
  package let accessKeyID: String
  /// The secret.
  package let secretAccessKey: String
  /// The session token of temporary credentials.
  package let sessionToken: String?
  /// When they cease to be valid, in seconds since 1970; nil for never.
  package let expiresAt: Int64?

  /// Credentials.
  package init(
    accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Int64? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiresAt = expiresAt
  }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Only that they are there.
  package var description: String { "AWSCredentials(…)" }
  /// Only that they are there.
  package var debugDescription: String { description }
  /// Nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where credentials come from; it keeps them and refreshes them before they expire.
package protocol CredentialsSource: Sendable {
  /// Credentials that are valid now.
  func credentials() async throws -> AWSCredentials

  /// Says that the server has refused these credentials as expired: the next call must not return them again.
  func invalidate(_ refused: AWSCredentials) async
}
