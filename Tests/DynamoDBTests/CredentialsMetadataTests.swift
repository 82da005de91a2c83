import DynamoJournalHTTP
import Testing

@testable import DynamoJournalClient

/// The endpoints of containers and instances.
@Suite struct CredentialsMetadataTests {
  private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  private static let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
  private static let tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

  @Test("a container's relative URI is asked at the agent, a full one where it says, with the token")
  func container() async throws {
    try await withCredentialsWorld({ _ in .init(body: Replies.metadata()) }) { world in
      try world.write("token", "from-file\n")
      let environments = [
        [Self.relative: "/v2/one", Self.full: "http://example.com/"],
        [Self.full: world.url + "/v2/two", Self.token: "plain"],
        [Self.full: world.url + "/v2/three", Self.token: "plain", Self.tokenFile: world.home + "/token"],
      ]
      for environment in environments {
        let source = world.source(environment)
        #expect(
          try await source.credentials()
            == AWSCredentials(
              accessKeyID: "id", secretAccessKey: "secret", sessionToken: "token",
              expiresAt: CredentialsWorld.start + 6 * 3600))
        #expect(await source.foundIn == .container)
      }
      let seen = await world.log.seen
      #expect(seen.map(\.path) == ["/v2/one", "/v2/two", "/v2/three"])
      #expect(seen.map { $0.headers["authorization"] } == [nil, "plain", "from-file"])
    }
  }

  @Test(
    "in the clear only this machine and the agents are asked",
    arguments: zip(
      [
        "https://example.com/x", "http://127.0.0.1/x", "http://127.255.0.9:80", "http://localhost:1/x",
        "http://[::1]/x",
        "http://169.254.170.2/x", "http://169.254.170.23/x", "http://[fd00:ec2::23]/x", "HTTP://LOCALHOST/",
        "http://example.com/x", "http://127.0.0.1.example.com/x", "http://127.evil/x", "http://127.0.0.256/",
        "http://169.254.169.254/x", "http://127.0.0.1@example.com/x", "http://example.com\\@127.0.0.1/x",
        "ftp://127.0.0.1/x", "file:///etc/passwd", "127.0.0.1/x", "http:///x", "",
      ],
      [Bool](repeating: true, count: 9) + [Bool](repeating: false, count: 12)))
  func allowed(_ url: String, _ isAllowed: Bool) {
    let agents = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
    #expect(ServiceAddress.isPrivate(url, or: agents) == isAllowed)
  }

  @Test("a container's variables that can't be used are named, their values are not")
  func containerErrors() async throws {
    try await withCredentialsWorld { world in
      let needed = "an https URL, or the loopback or container agent's address"
      let cases: [([String: String], CredentialsError.Reason)] = [
        ([Self.full: "http://canary.example.com/"], .badValue(Self.full, needed: needed)),
        ([Self.relative: "canary"], .badValue(Self.relative, needed: "a path that begins with '/'")),
        (
          [Self.full: world.url, Self.token: "canary\r\nX: y"],
          .badValue(Self.token, needed: "a token on one line")
        ),
        ([Self.full: world.url, Self.tokenFile: world.home + "/no"], .unreadableFile(world.home + "/no")),
        ([Self.full: world.url], .service("the container endpoint", .refused(status: 404, code: nil))),
      ]
      for (environment, reason) in cases {
        let error = try await credentialsError { try await world.source(environment).credentials() }
        #expect(error?.attempts.last == .init(.container, reason))
        #expect(error?.stoppedAtFailure == true)
        #expect(error.map { !"\($0)".contains("canary") } == true)
      }
    }
  }

  @Test("an instance's role is asked for with a token that was fetched first")
  func instance() async throws {
    try await withCredentialsWorld({ Replies.instance($0) }) { world in
      let source = world.source()
      let found = try await source.credentials()
      #expect(found.accessKeyID == "id")
      #expect(await source.foundIn == .instanceMetadata)
      let roles = "/latest/meta-data/iam/security-credentials/"
      #expect(
        await world.log.seen.map { "\($0.method) \($0.path)" } == [
          "PUT /latest/api/token", "GET \(roles)", "GET \(roles)my-role",
        ])
    }
  }

  @Test("an instance without version 2, without a role or with a broken reply is told apart")
  func instanceErrors() async throws {
    let service = "the metadata service"
    let roles = "/latest/meta-data/iam/security-credentials/"
    let cases: [(String, CredentialsWorld.Answer, CredentialsError.ServiceReason)] = [
      ("/latest/api/token", .init(status: 403), .refused(status: 403, code: nil)),
      ("/latest/api/token", .init(body: ""), .unreadableReply(field: "token")),
      ("/latest/api/token", .init(body: "canary canary"), .unreadableReply(field: "token")),
      (roles, .init(status: 404), .refused(status: 404, code: nil)),
      (roles, .init(body: "\n"), .unreadableReply(field: "role")),
      (roles + "my-role", .init(body: "canary"), .unreadableReply(field: nil)),
      (
        roles + "my-role", .init(body: "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"canary\"}"),
        .unreadableReply(field: "AccessKeyId")
      ),
    ]
    for (path, answer, reason) in cases {
      try await withCredentialsWorld({ $0.path == path ? answer : Replies.instance($0) }) { world in
        let error = try await credentialsError { try await world.source().credentials() }
        #expect(error?.attempts.last == .init(.instanceMetadata, .service(service, reason)))
        #expect(error?.stoppedAtFailure == false)
        #expect(error.map { !"\($0)".contains("canary") } == true)
      }
    }
  }
}
