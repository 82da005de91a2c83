/// Keys in the environment's variables.
struct EnvironmentCredentials {
  static let id = "AWS_ACCESS_KEY_ID"
  static let secret = "AWS_SECRET_ACCESS_KEY"

  let surroundings: CredentialsSurroundings

  /// Throws `.notSet` when there are none at all.
  func credentials() throws(CredentialsError.Reason) -> AWSCredentials {
    switch (surroundings.variable(Self.id), surroundings.variable(Self.secret)) {
    case (nil, nil): throw .notSet(Self.id)
    case (nil, _): throw .onlyOneSet(Self.secret, missing: Self.id)
    case (_, nil): throw .onlyOneSet(Self.id, missing: Self.secret)
    case (let id?, let secret?):
      let expiration = surroundings.variable("AWS_CREDENTIAL_EXPIRATION").flatMap(Timestamps.seconds)
      return AWSCredentials(
        accessKeyID: id, secretAccessKey: secret, sessionToken: surroundings.variable("AWS_SESSION_TOKEN"),
        expiresAt: expiration)
    }
  }
}
