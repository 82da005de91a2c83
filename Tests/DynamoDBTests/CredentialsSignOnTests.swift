import DynamoJournalHTTP
import DynamoJournalJSON
import Foundation
import Testing

@testable import DynamoJournalClient

/// Single sign-on with the token that `aws sso login` leaves in its cache.
@Suite struct CredentialsSignOnTests {
  /// Named by the SHA-1 of `admin`, which is a session's name here and the start URL of the older kind of profile.
  private static let sessionFile = ".aws/sso/cache/d033e22ae348aeb5660fc2140aec35850c4da997.json"
  private static let reply = """
    {"roleCredentials":{"accessKeyId":"id","secretAccessKey":"secret","sessionToken":"token","expiration":1795424400999}}
    """
  private static let config = """
    [profile p]
    sso_session = admin
    sso_account_id = 123456789012
    sso_role_name = My Role+
    [sso-session admin]
    sso_region = eu-west-2
    sso_start_url = https://example.awsapps.com/start
    [profile old]
    sso_region = eu-west-2
    sso_start_url = admin
    sso_account_id = 1
    sso_role_name = r
    """

  private func token(_ expiresAt: String) -> String {
    "{\"accessToken\":\"canary-bearer\",\"expiresAt\":\"\(expiresAt)\",\"refreshToken\":\"canary\"}"
  }

  @Test("the cached token is exchanged for the role's credentials", arguments: ["p", "old"])
  func exchanged(_ profile: String) async throws {
    try await withCredentialsWorld({ _ in .init(body: Self.reply) }) { world in
      try world.write(".aws/config", Self.config)
      try world.write(Self.sessionFile, token("2026-11-23T08:00:01Z"))
      #expect(
        try await world.source(profile: profile).credentials()
          == AWSCredentials(
            accessKeyID: "id", secretAccessKey: "secret", sessionToken: "token",
            expiresAt: CredentialsWorld.start + 3600))
      let seen = try #require(await world.log.seen.first)
      #expect(seen.path == "/federation/credentials")
      #expect(seen.headers["x-amz-sso_bearer_token"] == "canary-bearer")
      let expected = profile == "p" ? ["123456789012", "My Role+"] : ["1", "r"]
      #expect([seen.query["account_id"], seen.query["role_name"]] == expected)
    }
  }

  @Test("a token that is missing, unreadable, expired or refused means: sign in")
  func signIn() async throws {
    try await withCredentialsWorld({ _ in .init(status: 401, body: "{\"__type\":\"UnauthorizedException\"}") }
    ) { world in
      try world.write(".aws/config", Self.config)
      for text in [
        nil, "canary", "{}", "{\"accessToken\":\"canary\"}", token("2026-11-23T08:00:00Z"),
        token("2020-06-17T10:02:08UTC"), token("2026-11-23T09:00:00UTC"),
      ] {
        if let text { try world.write(Self.sessionFile, text) }
        let error = try await credentialsError { try await world.source(profile: "p").credentials() }
        #expect(error?.attempts == [.init(.profile("p"), .signInNeeded(profile: "p"))])
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("run `aws sso login --profile p`"))
        #expect(!message.contains("canary"))
      }
      #expect(await world.log.seen.count == 1)
    }
  }

  @Test("a portal that refuses, or replies with something else, is named")
  func portalErrors() async throws {
    let portal = "the sign-on portal"
    let cases: [(CredentialsWorld.Answer, CredentialsError.ServiceReason)] = [
      (
        .init(status: 403, body: "{\"__type\":\"x#ForbiddenException\",\"message\":\"canary\"}"),
        .refused(status: 403, code: "ForbiddenException")
      ),
      (.init(status: 429, body: "{}"), .refused(status: 429, code: nil)),
      (.init(body: "{}"), .unreadableReply(field: "roleCredentials")),
      (
        .init(body: "{\"roleCredentials\":{\"accessKeyId\":\"canary\"}}"),
        .unreadableReply(field: "secretAccessKey")
      ),
      (.init(body: "canary"), .unreadableReply(field: nil)),
    ]
    for (answer, reason) in cases {
      try await withCredentialsWorld({ _ in answer }) { world in
        try world.write(".aws/config", Self.config)
        try world.write(Self.sessionFile, token("2026-11-23T09:00:00Z"))
        let error = try await credentialsError { try await world.source(profile: "p").credentials() }
        #expect(error?.attempts == [.init(.profile("p"), .service(portal, reason))])
        #expect(error.map { !"\($0)".contains("canary") } == true)
      }
    }
  }

  @Test("a profile whose sign-on lacks something says what")
  func incomplete() async throws {
    let cases: [(String, CredentialsError.Reason)] = [
      ("sso_role_name = r\nsso_session = none", .danglingReference("sso_session", profile: "p")),
      ("sso_role_name = r\nsso_region = eu-west-2", .missingSetting("sso_start_url", profile: "p")),
      ("sso_account_id = 1\nsso_start_url = u", .missingSetting("sso_region", profile: "p")),
      (
        "sso_role_name = r\nsso_start_url = u\nsso_region = evil.com/",
        .badValue("sso_region of 'p'", needed: AWSRegion.form)
      ),
      (
        "sso_role_name = r\nsso_start_url = u\nsso_region = r",
        .missingSetting("sso_account_id", profile: "p")
      ),
      (
        "sso_account_id = 1\nsso_start_url = u\nsso_region = r",
        .missingSetting("sso_role_name", profile: "p")
      ),
      ("sso_start_url = u\nsso_region = r", .nothingInProfile("p")),
    ]
    try await withCredentialsWorld { world in
      for (settings, reason) in cases {
        try world.write(".aws/config", "[profile p]\n\(settings)\n")
        let error = try await credentialsError { try await world.source(profile: "p").credentials() }
        #expect(error?.attempts.last?.reason == reason, "\(settings)")
      }
    }
  }

  // MARK: Renewing

  private static let renewable = """
    {"startUrl":"u","accessToken":"canary-old","expiresAt":"2026-11-23T07:00:00Z","clientId":"canary-client",
     "clientSecret":"canary-secret","registrationExpiresAt":"2027-01-01T00:00:00Z","refreshToken":"canary-refresh"}
    """

  /// A world whose session has expired, and can be renewed as the cache says.
  private func withExpired(
    _ cache: String, renewing: CredentialsWorld.Answer,
    _ body: (CredentialsWorld) async throws -> Void
  ) async throws {
    let answer = { @Sendable (seen: CredentialsWorld.Seen) in
      seen.path == "/token" ? renewing : CredentialsWorld.Answer(body: Self.reply)
    }
    try await withCredentialsWorld(answer) { world in
      try world.write(".aws/config", Self.config)
      try world.write(Self.sessionFile, cache)
      try await body(world)
    }
  }

  @Test("an expired token is renewed with its refresh token, once, and kept where AWS's tools look for it")
  func renewed() async throws {
    let renewing = CredentialsWorld.Answer(
      body: #"{"accessToken":"fresh","expiresIn":3600,"refreshToken":"next","tokenType":"Bearer"}"#)
    try await withExpired(Self.renewable, renewing: renewing) { world in
      #expect(try await world.source(profile: "p").credentials().accessKeyID == "id")
      let (asked, used) = (try #require(await world.log.seen.first), try #require(await world.log.seen.last))
      #expect([asked.method, asked.path] == ["POST", "/token"])
      let body = try JSONValue(parsing: asked.body)
      #expect(
        body == [
          "clientId": "canary-client", "clientSecret": "canary-secret", "grantType": "refresh_token",
          "refreshToken": "canary-refresh",
        ])
      #expect(used.headers["x-amz-sso_bearer_token"] == "fresh")
      let path = world.home + "/" + Self.sessionFile
      let kept = try JSONValue(parsing: try String(contentsOfFile: path, encoding: .utf8))
      #expect(kept["accessToken"]?.stringValue == "fresh" && kept["refreshToken"]?.stringValue == "next")
      #expect(kept["expiresAt"]?.stringValue == "2026-11-23T09:00:00Z")
      #expect(kept["startUrl"]?.stringValue == "u" && kept["clientId"]?.stringValue == "canary-client")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      // The next process uses what is kept.
      _ = try await world.source(profile: "p").credentials()
      #expect(await world.log.seen.filter { $0.path == "/token" }.count == 1)
    }
  }

  @Test("a session that can't be renewed means: sign in; nothing is asked where something is missing")
  func notRenewable() async throws {
    let gone = [
      ("2027-01-01", "2026-01-01"), ("refreshToken", "other"), ("clientId", "other"),
      ("clientSecret", "other"),
    ]
    for (text, other) in gone {
      let cache = Self.renewable.replacingOccurrences(of: text, with: other)
      try await withExpired(cache, renewing: .init(status: 500)) { world in
        let error = try await credentialsError { try await world.source(profile: "p").credentials() }
        #expect(error?.attempts == [.init(.profile("p"), .signInNeeded(profile: "p"))], "\(text)")
        #expect(await world.log.seen.isEmpty, "\(text)")
      }
    }
    for status in [400, 401] {
      let refused = CredentialsWorld.Answer(
        status: status, body: #"{"error":"invalid_grant","error_description":"canary"}"#)
      try await withExpired(Self.renewable, renewing: refused) { world in
        let error = try await credentialsError { try await world.source(profile: "p").credentials() }
        #expect(error?.attempts == [.init(.profile("p"), .signInNeeded(profile: "p"))])
        #expect(await world.log.seen.count == 1)
        let kept = try String(contentsOfFile: world.home + "/" + Self.sessionFile, encoding: .utf8)
        #expect(kept == Self.renewable)
      }
    }
  }

  @Test(
    "a reply that is no token is told, whatever it says, and nothing of it is kept",
    arguments: [
      (#"{"expiresIn":3600}"#, "accessToken"), (#"{"accessToken":"","expiresIn":3600}"#, "accessToken"),
      (#"{"accessToken":"canary"}"#, "expiresIn"), (#"{"accessToken":"canary","expiresIn":0}"#, "expiresIn"),
      (#"{"accessToken":"canary","expiresIn":-5}"#, "expiresIn"),
      (#"{"accessToken":"canary","expiresIn":9223372036854775807}"#, "expiresIn"),
      (#"{"accessToken":"canary","expiresIn":1e30}"#, "expiresIn"), ("canary", nil),
    ] as [(String, String?)])
  func noToken(_ body: String, _ field: String?) async throws {
    try await withExpired(Self.renewable, renewing: .init(body: body)) { world in
      let error = try await credentialsError { try await world.source(profile: "p").credentials() }
      #expect(
        error?.attempts.last?.reason == .service("the sign-on service", .unreadableReply(field: field)))
      #expect(error.map { !"\($0)".contains("canary") } == true)
      let kept = try String(contentsOfFile: world.home + "/" + Self.sessionFile, encoding: .utf8)
      #expect(kept == Self.renewable)
    }
  }
}
