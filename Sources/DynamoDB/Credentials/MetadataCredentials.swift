import Foundation
import DynamoJournalHTTP

/// Credentials that the place of execution offers: a container's agent or an instance's metadata service.
struct MetadataCredentials {
  typealias Reason = CredentialsError.Reason

  let surroundings: CredentialsSurroundings

  private var timeout: Duration { surroundings.metadataTimeout }
}

// MARK: Container

extension MetadataCredentials {
  private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

  /// The addresses of the agents of ECS and EKS.
  private static let agents = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

  /// The container endpoint (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
  func container() async throws(Reason) -> AWSCredentials {
    let url = try containerURL()
    let headers = [(name: "Accept", value: "application/json")] + (try containerAuthorization())
    let service = "the container endpoint"
    let json = try await ServiceCall(service: service, surroundings: surroundings, attempts: 3).json {
      HTTPRequest("GET", url, headers: headers, connectTimeout: timeout, totalTimeout: timeout * 2)
    }
    return try CredentialsReply.credentials(json, names: .metadata) {
      .service(service, .unreadableReply(field: $0))
    }
  }

  private func containerURL() throws(Reason) -> String {
    if let path = surroundings.variable(Self.relative) {
      guard path.hasPrefix("/") else { throw .badValue(Self.relative, needed: "a path that begins with '/'") }
      return surroundings.endpoints.container + path
    }
    guard let url = surroundings.variable(Self.full) else { throw .notSet(Self.full) }
    guard ServiceAddress.isPrivate(url, or: Self.agents) else {
      throw .badValue(Self.full, needed: "an https URL, or the loopback or container agent's address")
    }
    return url
  }

  private func containerAuthorization() throws(Reason) -> [(name: String, value: String)] {
    let fileVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    let variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    let fromFile = surroundings.variable(fileVariable) != nil
    let given =
      fromFile ? try SharedFiles.text(of: surroundings.settings.path(from: fileVariable, else: "")) : nil
    guard let token = given ?? surroundings.variable(variable) else { return [] }
    let value = token.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !value.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw .badValue(fromFile ? fileVariable : variable, needed: "a token on one line")
    }
    return [(name: "Authorization", value: value)]
  }
}

// MARK: Instance

extension MetadataCredentials {
  private static let service = "the metadata service"

  /// Version 2 of the metadata service: a token first, then the role's name, then its credentials
  /// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
  func instance() async throws(Reason) -> AWSCredentials {
    let switchedOff = "AWS_EC2_METADATA_DISABLED"
    if surroundings.variable(switchedOff)?.lowercased() == "true" { throw .switchedOff(switchedOff) }
    let lifetime = (name: "X-aws-ec2-metadata-token-ttl-seconds", value: "21600")
    let token = try await text("PUT", "/latest/api/token", lifetime, field: "token", attempts: 1)
    let header = (name: "X-aws-ec2-metadata-token", value: token)
    let roles = "/latest/meta-data/iam/security-credentials/"
    let role = try await text("GET", roles, header, field: "role", attempts: 3)
    let request = request("GET", roles + CanonicalRequest.encoded(role.utf8), header)
    let json = try await ServiceCall(service: Self.service, surroundings: surroundings, attempts: 3).json {
      request
    }
    return try CredentialsReply.credentials(json, names: .metadata) {
      .service(Self.service, .unreadableReply(field: $0))
    }
  }

  /// The first line of a reply.
  private func text(
    _ method: String, _ path: String, _ header: (name: String, value: String), field: String, attempts: Int
  ) async throws(Reason) -> String {
    let call = ServiceCall(service: Self.service, surroundings: surroundings, attempts: attempts)
    let request = request(method, path, header)
    let body = String(decoding: try await call.body { request }, as: UTF8.self)
    guard let line = body.split(whereSeparator: \.isNewline).first.map(String.init),
      !line.unicodeScalars.contains(where: { $0.value <= 32 })
    else { throw .service(Self.service, .unreadableReply(field: field)) }
    return line
  }

  private func request(
    _ method: String, _ path: String, _ header: (name: String, value: String)
  ) -> HTTPRequest {
    HTTPRequest(
      method, surroundings.endpoints.instanceMetadata + path, headers: [header], connectTimeout: timeout,
      totalTimeout: timeout)
  }
}
