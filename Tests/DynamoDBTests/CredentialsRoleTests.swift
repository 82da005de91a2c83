import DynamoJournalHTTP
import Testing

@testable import DynamoJournalClient

/// Roles: STS AssumeRole and AssumeRoleWithWebIdentity.
@Suite struct CredentialsRoleTests {
  private static let base = """
    [profile base]
    aws_access_key_id = base-id
    aws_secret_access_key = base-secret

    """
  private static let role = "arn:aws:iam::123456789012:role/migrator"

  @Test("a role is asked for with its source's keys, its settings and a right signature")
  func assumeRole() async throws {
    try await withCredentialsWorld({ _ in .init(body: Replies.sts()) }) { world in
      try world.write(
        ".aws/config",
        Self.base
          + "[profile r]\nrole_arn = \(Self.role)\nsource_profile = base\nexternal_id = a&b=c\n"
          + "duration_seconds = 1800\nrole_session_name = me@example.com\nregion = eu-west-2\n")
      #expect(
        try await world.source(profile: "r").credentials()
          == AWSCredentials(
            accessKeyID: "id", secretAccessKey: "secret", sessionToken: "token",
            expiresAt: CredentialsWorld.start + 3600))
      let seen = try #require(await world.log.seen.first)
      #expect(
        seen.form == [
          "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": Self.role, "ExternalId": "a&b=c",
          "DurationSeconds": "1800", "RoleSessionName": "me@example.com",
        ])
      #expect((seen.method, seen.path) == ("POST", "/"))
      #expect(try isSigned(seen, id: "base-id", secret: "base-secret", region: "eu-west-2"))
    }
  }

  @Test("a role behind a role is asked for with the first one's credentials")
  func chained() async throws {
    let answer = { @Sendable (seen: CredentialsWorld.Seen) in
      CredentialsWorld.Answer(body: Replies.sts(id: "of-" + (seen.form["RoleArn"] ?? "")))
    }
    try await withCredentialsWorld(answer) { world in
      try world.write(
        ".aws/config",
        Self.base + "[profile one]\nrole_arn = one\nsource_profile = base\n"
          + "[profile two]\nrole_arn = two\nsource_profile = one\n")
      #expect(try await world.source(["AWS_PROFILE": "two"]).credentials().accessKeyID == "of-two")
      let seen = await world.log.seen
      #expect(seen.map { $0.form["RoleArn"] } == ["one", "two"])
      #expect(
        seen.map { $0.form["RoleSessionName"] } == [String](repeating: "sparta-journal-1795420800", count: 2))
      #expect(try isSigned(seen[0], id: "base-id", secret: "base-secret"))
      #expect(try isSigned(seen[1], id: "of-one", secret: "secret", token: "token"))
    }
  }

  @Test("a source's own keys come before its role, and a profile may be its own source")
  func ownKeys() async throws {
    try await withCredentialsWorld({ _ in .init(body: Replies.sts()) }) { world in
      try world.write(
        ".aws/config",
        "[profile self]\nrole_arn = r\nsource_profile = self\naws_access_key_id = i\naws_secret_access_key = s\n"
          + "[profile other]\nrole_arn = o\nsource_profile = self\n")
      _ = try await world.source(profile: "self").credentials()
      _ = try await world.source(profile: "other").credentials()
      let seen = await world.log.seen
      #expect(seen.map { $0.form["RoleArn"] } == ["r", "o"])
      for request in seen { #expect(try isSigned(request, id: "i", secret: "s")) }
    }
  }

  @Test("a role's source can be the environment, the container or the instance")
  func credentialSource() async throws {
    let answer = { @Sendable (seen: CredentialsWorld.Seen) -> CredentialsWorld.Answer in
      switch seen.path {
      case "/": .init(body: Replies.sts())
      case "/c": .init(body: Replies.metadata(id: "c"))
      default: Replies.instance(seen, id: "i")
      }
    }
    try await withCredentialsWorld(answer) { world in
      let sources = ["Environment": "e", "EcsContainer": "c", "Ec2InstanceMetadata": "i"]
      for (source, id) in sources {
        try world.write(".aws/config", "[profile r]\nrole_arn = r\ncredential_source = \(source)\n")
        let environment = [
          "AWS_ACCESS_KEY_ID": "e", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": world.url + "/c",
        ]
        _ = try await world.source(environment, profile: "r").credentials()
        let seen = try #require(await world.log.seen.last)
        #expect(try isSigned(seen, id: id, secret: "secret", token: "token"), "\(source)")
      }
    }
  }

  @Test("a profile that doesn't lead to credentials says which setting to fix")
  func badProfiles() async throws {
    let cases: [(String, CredentialsError.Reason)] = [
      ("role_arn = r", .missingSetting("source_profile or credential_source", profile: "p")),
      ("role_arn = r\nsource_profile = x", .danglingReference("source_profile", profile: "p")),
      (
        "role_arn = r\nsource_profile = base\ncredential_source = Environment",
        .twoSettings("source_profile", "credential_source", profile: "p")
      ),
      (
        "role_arn = r\ncredential_source = Canary",
        .badValue("credential_source of 'p'", needed: "Environment, Ec2InstanceMetadata or EcsContainer")
      ),
      ("role_arn = r\nsource_profile = base\nmfa_serial = 1", .unsupported("mfa_serial", profile: "p")),
      (
        "role_arn = r\nsource_profile = base\nduration_seconds = long",
        .badValue("duration_seconds of 'p'", needed: "a whole number of seconds")
      ),
      ("role_arn = r\nsource_profile = p", .loop(["p", "p"])),
      (
        "role_arn = r\nsource_profile = q\n[profile q]\nrole_arn = r\nsource_profile = p",
        .loop(["p", "q", "p"])
      ),
      ("web_identity_token_file = f", .missingSetting("role_arn", profile: "p")),
      (
        "role_arn = r\nsource_profile = base\nregion = evil.com/",
        .badValue("the region", needed: AWSRegion.form)
      ),
      ("login_session = arn", .unsupported("login_session", profile: "p")),
      ("aws_secret_access_key = s", .missingSetting("aws_access_key_id", profile: "p")),
      ("output = json", .nothingInProfile("p")),
    ]
    try await withCredentialsWorld { world in
      for (settings, reason) in cases {
        try world.write(".aws/config", Self.base + "[profile p]\n" + settings + "\n")
        let error = try await credentialsError { try await world.source(profile: "p").credentials() }
        #expect(error?.attempts == [.init(.profile("p"), reason)], "\(settings)")
      }
      #expect(await world.log.seen.isEmpty)
    }
  }

  @Test("a token file and a role are exchanged without a signature, the file read anew each time")
  func webIdentity() async throws {
    let answer = { @Sendable (_: CredentialsWorld.Seen) in
      CredentialsWorld.Answer(body: Replies.sts(action: "AssumeRoleWithWebIdentity"))
    }
    try await withCredentialsWorld(answer) { world in
      try world.write("token", "jwt.one\n")
      let source = world.source([
        "AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": Self.role, "AWS_ROLE_SESSION_NAME": "pod",
      ])
      let first = try await source.credentials()
      try world.write("token", "jwt.two")
      await source.invalidate(first)
      _ = try? await source.credentials()
      let seen = await world.log.seen
      #expect(seen.map { $0.form["WebIdentityToken"] } == ["jwt.one", "jwt.two"])
      #expect(seen.allSatisfy { $0.headers["authorization"] == nil })
      #expect(seen[0].form["Action"] == "AssumeRoleWithWebIdentity")
      #expect(seen[0].form["RoleArn"] == Self.role)
      #expect(seen[0].form["RoleSessionName"] == "pod")
    }
  }

  @Test("a profile can hold a web identity")
  func webIdentityOfProfile() async throws {
    try await withCredentialsWorld({ _ in .init(body: Replies.sts()) }) { world in
      try world.write("token", "jwt")
      try world.write(
        ".aws/config", "[default]\nrole_arn = r\nweb_identity_token_file = ~/token\nrole_session_name = n\n")
      let source = world.source()
      #expect(try await source.credentials().accessKeyID == "id")
      #expect(await source.foundIn == .profile("default"))
      #expect(await world.log.seen.first?.form["WebIdentityToken"] == "jwt")
    }
  }
}

// MARK: STS's answers

extension CredentialsRoleTests {
  @Test("a throttled, failing or silent STS is asked again, each time with a new signature")
  func retried() async throws {
    let answers = Answers([
      .init(status: 400, body: Replies.stsError("Throttling")), .init(status: 503),
      .init(body: Replies.sts()),
    ])
    try await withCredentialsWorld({ _ in await answers.next() }) { world in
      try world.write(".aws/config", Self.base + "[profile r]\nrole_arn = r\nsource_profile = base\n")
      #expect(try await world.source(profile: "r").credentials().accessKeyID == "id")
      #expect(await world.log.seen.count == 3)
      #expect(world.clock.sleeps.count == 2)
    }
  }

  @Test("an STS that stays throttled is given up after four attempts, one that refuses after the first")
  func givenUp() async throws {
    let cases: [(CredentialsWorld.Answer, Int, CredentialsError.ServiceReason)] = [
      (
        .init(status: 400, body: Replies.stsError("Throttling")), 4, .refused(status: 400, code: "Throttling")
      ),
      (.init(status: 500, body: "canary"), 4, .refused(status: 500, code: nil)),
      (
        .init(status: 403, body: Replies.stsError("AccessDenied")), 1,
        .refused(status: 403, code: "AccessDenied")
      ),
      (.init(status: 403, body: Replies.stsError("a canary/+=")), 1, .refused(status: 403, code: nil)),
      (.init(body: "canary"), 1, .unreadableReply(field: nil)),
      (.init(body: Replies.sts(secret: "")), 1, .unreadableReply(field: "SecretAccessKey")),
      (.init(body: Replies.sts(id: "")), 1, .unreadableReply(field: "AccessKeyId")),
      (.init(body: Replies.sts(token: "")), 1, .unreadableReply(field: "SessionToken")),
      (.init(body: Replies.sts(expiration: "canary")), 1, .unreadableReply(field: "Expiration")),
    ]
    for (answer, count, reason) in cases {
      try await withCredentialsWorld({ _ in answer }) { world in
        try world.write(".aws/config", Self.base + "[profile r]\nrole_arn = r\nsource_profile = base\n")
        let error = try await credentialsError { try await world.source(profile: "r").credentials() }
        #expect(error?.attempts == [.init(.profile("r"), .service("STS", reason))])
        #expect(await world.log.seen.count == count, "\(reason)")
        #expect(error.map { !"\($0)".contains("canary") } == true)
      }
    }
  }

  @Test("an STS that nobody answers for is named")
  func unreachable() async throws {
    try await withCredentialsWorld { world in
      try world.write(".aws/config", Self.base + "[profile r]\nrole_arn = r\nsource_profile = base\n")
      var surroundings = world.surroundings()
      surroundings.endpoints.given[.sts] = .init("http://127.0.0.1:1", by: "AWS_ENDPOINT_URL_STS")
      let source = DefaultCredentials(profile: "r", surroundings: surroundings)
      let error = try await credentialsError { try await source.credentials() }
      guard case .service("STS", .unreachable(let why)) = error?.attempts.last?.reason else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(why.contains("127.0.0.1:1"))
      #expect(world.clock.sleeps.count == 3)
    }
  }

  @Test("an endpoint in the clear gets no web identity token and no signed call")
  func plainEndpoint() async throws {
    try await withCredentialsWorld { world in
      try world.write(".aws/config", Self.base + "[profile r]\nrole_arn = r\nsource_profile = base\n")
      var surroundings = world.surroundings()
      surroundings.endpoints.given[.sts] = .init("http://sts.example.com", by: "AWS_ENDPOINT_URL_STS")
      let source = DefaultCredentials(profile: "r", surroundings: surroundings)
      let error = try await credentialsError { try await source.credentials() }
      #expect(
        error?.attempts.last?.reason
          == .badValue("AWS_ENDPOINT_URL_STS", needed: "an https URL, or a loopback address"))
    }
  }

  @Test("an endpoint may have a path, which is signed")
  func endpointWithPath() async throws {
    try await withCredentialsWorld({ _ in .init(body: Replies.sts()) }) { world in
      try world.write(".aws/config", Self.base + "[profile r]\nrole_arn = r\nsource_profile = base\n")
      var surroundings = world.surroundings()
      surroundings.endpoints.given[.sts] = .init(world.url + "/proxy/sts", by: "AWS_ENDPOINT_URL_STS")
      _ = try await DefaultCredentials(profile: "r", surroundings: surroundings).credentials()
      let seen = try #require(await world.log.seen.first)
      #expect(seen.path == "/proxy/sts/")
      #expect(try isSigned(seen, id: "base-id", secret: "base-secret"))
    }
  }

  @Test("STS is asked in the option's region, else the environment's, else the profile's")
  func regions() async throws {
    try await withCredentialsWorld({ _ in .init(body: Replies.sts()) }) { world in
      try world.write(
        ".aws/config", Self.base + "[profile r]\nrole_arn = r\nsource_profile = base\nregion = eu-west-1\n")
      let variable = ["AWS_REGION": "eu-west-2"]
      _ = try await world.source(variable, profile: "r", region: "eu-west-3").credentials()
      _ = try await world.source(variable, profile: "r").credentials()
      _ = try await world.source(profile: "r").credentials()
      let seen = await world.log.seen
      for (request, region) in zip(seen, ["eu-west-3", "eu-west-2", "eu-west-1"]) {
        #expect(try isSigned(request, id: "base-id", secret: "base-secret", region: region), "\(region)")
      }
      #expect(seen.count == 3)
    }
  }

  @Test("STS is that of the region, with China's domain, or the one without a region")
  func endpoints() throws {
    #expect(try CredentialsEndpoints().url(of: .sts, in: nil) == "https://sts.amazonaws.com")
    #expect(
      try CredentialsEndpoints().url(of: .sts, in: "eu-west-2") == "https://sts.eu-west-2.amazonaws.com")
    #expect(
      try CredentialsEndpoints().url(of: .sts, in: "cn-north-1") == "https://sts.cn-north-1.amazonaws.com.cn")
  }

  @Test("retries wait longer each time, up to a limit")
  func delays() {
    for attempt in 1...8 {
      #expect(
        (Duration.zero...Duration.milliseconds(200 << min(attempt - 1, 4))).contains(
          ServiceCall.delay(after: attempt)))
    }
  }

  /// Whether the signature is the one that this source's keys make of what was received.
  private func isSigned(
    _ seen: CredentialsWorld.Seen, id: String, secret: String, token: String? = nil,
    region: String = "us-east-1"
  ) throws -> Bool {
    let headers = [
      (name: "Host", value: try #require(seen.headers["host"])),
      (name: "Content-Type", value: try #require(seen.headers["content-type"])),
    ]
    let expected = SigV4.signedHeaders(
      method: seen.method, path: seen.path, headers: headers, body: seen.body,
      credentials: AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token),
      region: region, service: "sts", at: CredentialsWorld.start)
    return seen.headers["authorization"] == expected.last?.value
      && seen.headers["x-amz-security-token"] == token
  }
}

/// Answers one after the other; the last one again and again.
actor Answers {
  private var left: [CredentialsWorld.Answer]

  init(_ answers: [CredentialsWorld.Answer]) { left = answers }

  func next() -> CredentialsWorld.Answer {
    left.count > 1 ? left.removeFirst() : left.first ?? .init(status: 404)
  }
}
