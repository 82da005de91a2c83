import DynamoJournalJSON

/// Credentials out of the documents that hand them out.
enum CredentialsReply {
  typealias Reason = CredentialsError.Reason

  /// How a kind of document calls the fields.
  struct Names {
    var id = "AccessKeyId"
    var secret = "SecretAccessKey"
    var token = "SessionToken"
    var expiration = "Expiration"

    /// Of `credential_process` (and, as children of `Credentials`, of STS).
    static let process = Names()
    /// Of containers and of instance metadata.
    static let metadata = Names(token: "Token")
    /// Of single sign-on; its expiration is in milliseconds since 1970.
    static let singleSignOn = Names(
      id: "accessKeyId", secret: "secretAccessKey", token: "sessionToken", expiration: "expiration")
  }

  /// Credentials of a JSON object.
  ///
  /// - Parameter complain: makes a reason of the name of a missing field.
  static func credentials(
    _ json: JSONValue, names: Names, complain: (String) -> Reason
  ) throws(Reason) -> AWSCredentials {
    guard let id = text(json[names.id]) else { throw complain(names.id) }
    guard let secret = text(json[names.secret]) else { throw complain(names.secret) }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: text(json[names.token]),
      expiresAt: try expiration(json[names.expiration], or: complain(names.expiration)))
  }

  /// Credentials of a reply of STS.
  static func credentials(_ xml: XMLFields, complain: (String) -> Reason) throws(Reason) -> AWSCredentials {
    let names = Names()
    let field = { (name: String) in xml["Credentials/\(name)"].flatMap { $0.isEmpty ? nil : $0 } }
    guard let id = field(names.id) else { throw complain(names.id) }
    guard let secret = field(names.secret) else { throw complain(names.secret) }
    guard let token = field(names.token) else { throw complain(names.token) }
    guard let expiration = field(names.expiration).flatMap(Timestamps.seconds) else {
      throw complain(names.expiration)
    }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: expiration)
  }

  private static func text(_ json: JSONValue?) -> String? {
    json?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func expiration(_ json: JSONValue?, or reason: Reason) throws(Reason) -> Int64? {
    guard let json, !json.isNull else { return nil }
    if let milliseconds = json.integerValue { return milliseconds / 1000 }
    guard let seconds = json.stringValue.flatMap(Timestamps.seconds) else { throw reason }
    return seconds
  }
}
