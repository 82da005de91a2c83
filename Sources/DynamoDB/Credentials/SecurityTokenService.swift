import DynamoJournalProgram
import DynamoJournalHTTP

/// AWS's Security Token Service: credentials of a role
/// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, API_AssumeRoleWithWebIdentity.html).
struct SecurityTokenService {
  typealias Reason = CredentialsError.Reason

  /// What a role is asked for with.
  struct Role {
    let arn: String
    let sessionName: String?
    var externalID: String?
    var durationSeconds: Int?
  }

  let surroundings: CredentialsSurroundings
  /// Nil for the endpoint without a region, which is in us-east-1.
  let region: String?
  private let place: ServiceAddress

  /// - Throws: a reason if the region can't be one (it becomes part of a host name), or if the endpoint would be
  ///   spoken to in the clear.
  init(surroundings: CredentialsSurroundings, checking region: String?) throws(Reason) {
    if let region, !AWSRegion.isWellFormed(region) { throw .badValue("the region", needed: AWSRegion.form) }
    let url = try surroundings.endpoints.url(of: .sts, in: region)
    guard let place = ServiceAddress(url) else {
      throw .badValue("the address of STS", needed: "an https URL, or a loopback address")
    }
    self.place = place
    self.surroundings = surroundings
    self.region = region
  }

  /// AssumeRole, signed with `source`.
  func assume(_ role: Role, with source: AWSCredentials) async throws(Reason) -> AWSCredentials {
    var parameters = parameters("AssumeRole", role)
    parameters.append(contentsOf: role.externalID.map { [("ExternalId", $0)] } ?? [])
    let body = Self.form(parameters)
    return try await credentials { request(body, signedWith: source) }
  }

  /// AssumeRoleWithWebIdentity; not signed, the token is the proof.
  func assume(_ role: Role, tokenFile: String) async throws(Reason) -> AWSCredentials {
    let token = try SharedFiles.text(of: surroundings.expanded(tokenFile)).trimmingWhitespace
    let body = Self.form(parameters("AssumeRoleWithWebIdentity", role) + [("WebIdentityToken", token)])
    return try await credentials { request(body, signedWith: nil) }
  }

  private func credentials(_ request: () -> HTTPRequest) async throws(Reason) -> AWSCredentials {
    let service = "STS"
    let xml = try await ServiceCall(service: service, surroundings: surroundings).xml(request)
    return try CredentialsReply.credentials(xml) { .service(service, .unreadableReply(field: $0)) }
  }

  private func parameters(_ action: String, _ role: Role) -> [(String, String)] {
    let name = role.sessionName ?? "\(Program.name)-\(surroundings.now())"
    return [
      ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role.arn), ("RoleSessionName", name),
    ] + (role.durationSeconds.map { [("DurationSeconds", String($0))] } ?? [])
  }

  private func request(_ body: [UInt8], signedWith source: AWSCredentials?) -> HTTPRequest {
    var headers = [
      (name: "Host", value: place.host),
      (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8"),
    ]
    if let source {
      headers = SigV4.signedHeaders(
        method: "POST", path: place.path, headers: headers, body: body, credentials: source,
        region: region ?? "us-east-1", service: "sts", at: surroundings.now())
    }
    return HTTPRequest("POST", place.url, headers: headers, body: body, totalTimeout: .seconds(20))
  }

  private static func form(_ parameters: [(String, String)]) -> [UInt8] {
    let pairs = parameters.map { "\($0)=\(CanonicalRequest.encoded($1.utf8))" }
    return Array(pairs.joined(separator: "&").utf8)
  }
}
