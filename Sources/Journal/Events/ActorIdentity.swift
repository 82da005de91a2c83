import DynamoJournalJSON

/// Who appends: the person's account, the machine, the AWS caller where there is one, and what the environment claims.
package struct ActorIdentity: Hashable, Sendable {
  /// The name of the operating system's account.
  package let user: String
  /// The account's number; nil in what a program of format 1 wrote.
  package let uid: Int?
  /// The host.
  package let host: String
  /// ARN of the AWS caller, or nil.
  package let arn: String?
  /// The id of the AWS access key that was used, which is not a secret; or nil.
  package let accessKeyID: String?
  /// What the environment claims and nobody checked, by name: `sudo`, `ci`.
  package let claims: [String: String]
  /// Name and version of the program.
  package let tool: String

  /// An identity.
  package init(
    user: String, uid: Int? = nil, host: String, arn: String? = nil, accessKeyID: String? = nil,
    claims: [String: String] = [:], tool: String
  ) {
    self.user = user
    self.uid = uid
    self.host = host
    self.arn = arn
    self.accessKeyID = accessKeyID
    self.claims = claims
    self.tool = tool
  }

  /// `user@host`
  package var name: String { "\(user)@\(host)" }

  /// Whether both are one account on one machine, whatever they claim.
  package func isSameAccount(as other: ActorIdentity) -> Bool {
    host == other.host && (uid ?? -1) == (other.uid ?? -1) && user == other.user
  }

  /// The claims as canonical JSON, names sorted; nil for none.
  var claimsText: String? {
    if claims.isEmpty { return nil }
    let sorted = claims.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return JSONValue.object(sorted.map { .init(name: $0.key, value: .string($0.value)) }).text()
  }

  /// The claims of a text of the form of `claimsText`; none where it can't be read.
  static func claims(_ text: String?) -> [String: String] {
    guard let text, let members = (try? JSONValue(parsing: Array(text.utf8)))?.objectValue else { return [:] }
    let pairs = members.compactMap { member in member.value.stringValue.map { (member.name, $0) } }
    return Dictionary(pairs) { first, _ in first }
  }
}
