import DynamoJournalHTTP
import Testing

@testable import DynamoJournalClient

/// Which source wins, which are passed over, and what is said about them.
@Suite struct CredentialsChainTests {
  private static let keys = ["AWS_ACCESS_KEY_ID": "env-id", "AWS_SECRET_ACCESS_KEY": "env-secret"]
  private static let webIdentity = [
    "AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/web",
  ]
  private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/container"]

  /// Every service gives keys with its own name.
  private static func everything(_ seen: CredentialsWorld.Seen) -> CredentialsWorld.Answer {
    switch seen.path {
    case "/": .init(body: Replies.sts(id: "sts-id"))
    case "/container": .init(body: Replies.metadata(id: "container-id"))
    default: Replies.instance(seen, id: "instance-id")
    }
  }

  private func merged(_ parts: [String: String]...) -> [String: String] {
    parts.reduce([:]) { $0.merging($1) { $1 } }
  }

  @Test("the sources are asked in the order of AWS's SDKs")
  func order() async throws {
    try await withCredentialsWorld(Self.everything) { world in
      try world.write("token", "jwt")
      let id = { (environment: [String: String], profile: String?) in
        try await world.source(environment, profile: profile).credentials().accessKeyID
      }
      #expect(try await id(Self.container, nil) == "container-id")
      #expect(try await id([:], nil) == "instance-id")
      try world.write(
        ".aws/credentials",
        "[default]\naws_access_key_id=file-id\naws_secret_access_key=s\n"
          + "[p]\naws_access_key_id=p-id\naws_secret_access_key=s\n")
      #expect(try await id(Self.container, nil) == "file-id")
      #expect(try await id(merged(Self.container, Self.webIdentity), nil) == "sts-id")
      #expect(try await id(merged(Self.container, Self.webIdentity, Self.keys), nil) == "env-id")
      #expect(try await id(merged(Self.keys, ["AWS_PROFILE": "p"]), nil) == "env-id")
      #expect(try await id(merged(Self.webIdentity, Self.keys), "p") == "p-id")
      #expect(try await id(["AWS_PROFILE": "p"], nil) == "p-id")
    }
  }

  @Test("given keys are used without a look at anything else")
  func explicit() async throws {
    try await withCredentialsWorld { world in
      let given = AWSCredentials(accessKeyID: "a", secretAccessKey: "s")
      let source = DefaultCredentials(explicit: given, surroundings: world.surroundings(Self.keys))
      let found = try await source.credentials()
      #expect(found == given)
      #expect(await source.foundIn == .explicit)
      #expect(await world.log.seen.isEmpty)
    }
  }

  @Test("the environment's keys come with their token and their expiration")
  func environment() async throws {
    try await withCredentialsWorld { world in
      let source = world.source(
        merged(
          Self.keys, ["AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2026-11-23T09:00:00+00:00"]))
      let found = try await source.credentials()
      #expect(
        found
          == AWSCredentials(
            accessKeyID: "env-id", secretAccessKey: "env-secret", sessionToken: "t",
            expiresAt: CredentialsWorld.start + 3600))
      #expect(await source.foundIn == .environment)
    }
  }

  @Test("with nothing at all, the error says of each source why it was passed over")
  func nothing() async throws {
    try await withCredentialsWorld { world in
      let source = world.source(["AWS_EC2_METADATA_DISABLED": "TRUE", "AWS_ACCESS_KEY_ID": ""])
      let error = try await credentialsError { try await source.credentials() }
      #expect(
        error.map { "\($0)" }
          == "no AWS credentials: the environment: AWS_ACCESS_KEY_ID is not set; web identity: "
          + "AWS_WEB_IDENTITY_TOKEN_FILE is not set; profile 'default': 'default' holds no credentials; the container "
          + "endpoint: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set; instance metadata: AWS_EC2_METADATA_DISABLED "
          + "switches it off; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`"
      )
      #expect(await world.log.seen.isEmpty)
      #expect(await source.foundIn == nil)
    }
  }

  @Test("a source that is set up and fails ends the search, lest other credentials are used")
  func stops() async throws {
    try await withCredentialsWorld(Self.everything) { world in
      try world.write(".aws/config", "[default]\naws_access_key_id = only\n")
      let cases: [([String: String], CredentialsError.Attempt)] = [
        (
          ["AWS_SECRET_ACCESS_KEY": "canary"],
          .init(.environment, .onlyOneSet("AWS_SECRET_ACCESS_KEY", missing: "AWS_ACCESS_KEY_ID"))
        ),
        (
          ["AWS_ACCESS_KEY_ID": "canary"],
          .init(.environment, .onlyOneSet("AWS_ACCESS_KEY_ID", missing: "AWS_SECRET_ACCESS_KEY"))
        ),
        (
          ["AWS_WEB_IDENTITY_TOKEN_FILE": "x"],
          .init(.webIdentity, .onlyOneSet("AWS_WEB_IDENTITY_TOKEN_FILE", missing: "AWS_ROLE_ARN"))
        ),
        (Self.webIdentity, .init(.webIdentity, .unreadableFile(world.home + "/token"))),
        ([:], .init(.profile("default"), .missingSetting("aws_secret_access_key", profile: "default"))),
        (["AWS_PROFILE": "absent"], .init(.profile("absent"), .noSuchProfile)),
      ]
      for (environment, last) in cases {
        let source = world.source(environment)
        let error = try await credentialsError { try await source.credentials() }
        #expect(error?.attempts.last == last)
        #expect(error?.stoppedAtFailure == true)
        #expect(error.map { !"\($0)".contains("canary") } == true)
      }
      #expect(await world.log.seen.isEmpty)
    }
  }

  @Test("a profile that was asked for is not replaced by another source")
  func askedFor() async throws {
    try await withCredentialsWorld(Self.everything) { world in
      let absent = try await credentialsError {
        try await world.source(Self.keys, profile: "absent").credentials()
      }
      #expect(absent?.attempts == [.init(.profile("absent"), .noSuchProfile)])
      try world.write(".aws/config", "[profile empty]\nregion = r\n[default]\nregion = r\n")
      for environment in [Self.keys, Self.container] {
        let error = try await credentialsError {
          try await world.source(environment, profile: "empty").credentials()
        }
        #expect(error?.attempts == [.init(.profile("empty"), .nothingInProfile("empty"))])
        #expect(error?.stoppedAtFailure == true)
      }
      let named = try await credentialsError { try await world.source(profile: "default").credentials() }
      #expect(named?.stoppedAtFailure == true)
      #expect(await world.log.seen.isEmpty)
    }
  }

  @Test("the default profile with an empty source profile fails, it is not passed over")
  func emptySourceProfile() async throws {
    try await withCredentialsWorld(Self.everything) { world in
      try world.write(
        ".aws/config",
        "[default]\nrole_arn = r\nsource_profile = empty\n[profile empty]\nregion = r\n"
          + "[profile env]\nrole_arn = r\ncredential_source = Environment\n")
      let error = try await credentialsError { try await world.source().credentials() }
      #expect(error?.attempts.last == .init(.profile("default"), .nothingInProfile("empty")))
      #expect(error?.stoppedAtFailure == true)
      let source = try await credentialsError { try await world.source(["AWS_PROFILE": "env"]).credentials() }
      #expect(source?.attempts.last == .init(.profile("env"), .notSet("AWS_ACCESS_KEY_ID")))
      #expect(source?.stoppedAtFailure == true)
    }
  }

  @Test("credentials that have expired when they come are refused")
  func expired() async throws {
    try await withCredentialsWorld { world in
      let source = world.source(merged(Self.keys, ["AWS_CREDENTIAL_EXPIRATION": "2026-11-23T08:00:00Z"]))
      let error = try await credentialsError { try await source.credentials() }
      #expect(error?.attempts == [.init(.environment, .expired)])
    }
  }
}

/// Replies of the services as AWS documents them.
enum Replies {
  static func sts(
    id: String = "id", secret: String = "secret", token: String = "token",
    expiration: String = "2026-11-23T09:00:00Z", action: String = "AssumeRole"
  ) -> String {
    """
    <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <\(action)Result>
        <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>
        <Credentials>
          <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>\(secret)</SecretAccessKey>
          <SessionToken>\(token)</SessionToken><Expiration>\(expiration)</Expiration>
        </Credentials>
      </\(action)Result>
      <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
    </\(action)Response>
    """
  }

  static func stsError(_ code: String) -> String {
    "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>canary</Message></Error></ErrorResponse>"
  }

  static func metadata(id: String = "id", expiration: String = "2026-11-23T14:00:00Z") -> String {
    """
    {"Code":"Success","AccessKeyId":"\(id)","SecretAccessKey":"secret","Token":"token","Expiration":"\(expiration)"}
    """
  }

  /// An instance's metadata service, version 2.
  static func instance(_ seen: CredentialsWorld.Seen, id: String = "id") -> CredentialsWorld.Answer {
    let roles = "/latest/meta-data/iam/security-credentials/"
    switch (seen.method, seen.path) {
    case ("PUT", "/latest/api/token") where seen.headers["x-aws-ec2-metadata-token-ttl-seconds"] != nil:
      return .init(body: "imds-token")
    case ("GET", _) where seen.headers["x-aws-ec2-metadata-token"] != "imds-token": return .init(status: 401)
    case ("GET", roles): return .init(body: "my-role\n")
    case ("GET", roles + "my-role"): return .init(body: metadata(id: id))
    default: return .init(status: 404)
    }
  }
}
