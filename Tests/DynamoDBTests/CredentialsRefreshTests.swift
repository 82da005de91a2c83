import DynamoJournalHTTP
import Testing

@testable import DynamoJournalClient

/// Expiry, refresh and refusal, on a clock that the test moves.
@Suite struct CredentialsRefreshTests {
  private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]

  /// Gives `id-1`, `id-2` … each valid for an hour after the world's start plus an hour per call; on command, it fails.
  private actor Issuer {
    private var issued = 0
    private var failing = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isHeld = false

    func answer() async -> CredentialsWorld.Answer {
      if isHeld { await withCheckedContinuation { waiting.append($0) } }
      guard !failing else { return .init(status: 403) }
      issued += 1
      return .init(
        body: Replies.metadata(
          id: "id-\(issued)", expiration: "2026-11-23T\(issued + 8 < 10 ? "0" : "")\(issued + 8):00:00Z"))
    }

    func fail(_ failing: Bool) { self.failing = failing }

    func hold() { isHeld = true }

    func letGo() {
      isHeld = false
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
  }

  private func withIssuer(_ body: (CredentialsWorld, Issuer) async throws -> Void) async throws {
    let issuer = Issuer()
    try await withCredentialsWorld({ _ in await issuer.answer() }) { try await body($0, issuer) }
  }

  @Test("credentials are kept until five minutes before they expire, then fetched anew")
  func refreshed() async throws {
    try await withIssuer { world, _ in
      let source = world.source(Self.container)
      let id = { try await source.credentials().accessKeyID }
      let first = try await id()
      #expect(first == "id-1")
      world.clock.advance(3600 - 301)
      #expect(try await id() == "id-1")
      world.clock.advance(1)
      #expect(try await id() == "id-2")
      #expect(try await id() == "id-2")
      world.clock.advance(7200)
      #expect(try await id() == "id-3")
      #expect(await world.log.seen.count == 3)
    }
  }

  @Test("callers that come during a refresh share one call")
  func concurrent() async throws {
    try await withIssuer { world, issuer in
      let source = world.source(Self.container)
      await issuer.hold()
      let ids = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<50 { group.addTask { try await source.credentials().accessKeyID } }
        while await source.waiters < 50 { await Task.yield() }
        await issuer.letGo()
        return try await group.reduce(into: [String]()) { $0.append($1) }
      }
      #expect(ids == [String](repeating: "id-1", count: 50))
      #expect(await world.log.seen.count == 1)
    }
  }

  @Test("a caller that is cancelled doesn't end the refresh for the others")
  func cancelled() async throws {
    try await withIssuer { world, issuer in
      let source = world.source(Self.container)
      await issuer.hold()
      let first = Task { try await source.credentials().accessKeyID }
      while await source.waiters < 1 { await Task.yield() }
      first.cancel()
      let second = Task { try await source.credentials().accessKeyID }
      while await source.waiters < 2 { await Task.yield() }
      await issuer.letGo()
      let found = try await second.value
      #expect(found == "id-1")
      #expect(await world.log.seen.count == 1)
    }
  }

  @Test("when a refresh fails, credentials that are still valid stay in use, and it is tried again later")
  func staysInUse() async throws {
    try await withIssuer { world, issuer in
      let source = world.source(Self.container)
      let id = { try await source.credentials().accessKeyID }
      _ = try await id()
      await issuer.fail(true)
      world.clock.advance(3400)
      for _ in 0..<5 { #expect(try await id() == "id-1") }
      #expect(await world.log.seen.count == 2)
      world.clock.advance(30)
      #expect(try await id() == "id-1")
      #expect(await world.log.seen.count == 3)
      world.clock.advance(170)
      let error = try await credentialsError { try await source.credentials() }
      #expect(error?.attempts.map(\.source) == [.container])
      await issuer.fail(false)
      #expect(try await id() == "id-2")
    }
  }

  @Test("refused credentials are not given out again, newer ones are")
  func invalidated() async throws {
    try await withIssuer { world, issuer in
      let source = world.source(Self.container)
      let first = try await source.credentials()
      await source.invalidate(first)
      let second = try await source.credentials()
      #expect(second.accessKeyID == "id-2")
      await source.invalidate(first)
      #expect(try await source.credentials() == second)
      await issuer.fail(true)
      await source.invalidate(second)
      _ = try await credentialsError { try await source.credentials() }
      #expect(await world.log.seen.count == 3)
    }
  }

  @Test("a source that has nothing newer than what was refused says so")
  func nothingNewer() async throws {
    try await withCredentialsWorld { world in
      let source = world.source(["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"])
      await source.invalidate(try await source.credentials())
      let error = try await credentialsError { try await source.credentials() }
      #expect(error?.attempts == [.init(.environment, .refusedByServer)])
    }
  }

  @Test("a refresh asks the first source only: a run doesn't change its identity")
  func sticks() async throws {
    try await withIssuer { world, _ in
      try world.write(
        ".aws/credentials", "[default]\naws_access_key_id=file\naws_secret_access_key=s\n")
      let source = world.source(Self.container)
      let first = try await source.credentials()
      #expect(first.accessKeyID == "file")
      try world.write(".aws/credentials", "")
      await source.invalidate(first)
      let error = try await credentialsError { try await source.credentials() }
      #expect(error?.attempts == [.init(.profile("default"), .nothingInProfile("default"))])
      try world.write(
        ".aws/credentials", "[default]\naws_access_key_id=renewed\naws_secret_access_key=s\n")
      #expect(try await source.credentials().accessKeyID == "renewed")
      #expect(await world.log.seen.isEmpty)
    }
  }

  @Test("a source and its surroundings don't show what they hold")
  func silent() async throws {
    try await withCredentialsWorld { world in
      let source = world.source([
        "AWS_ACCESS_KEY_ID": "canary-id", "AWS_SECRET_ACCESS_KEY": "canary-secret",
        "AWS_SESSION_TOKEN": "canary-token",
      ])
      _ = try await source.credentials()
      let chain = CredentialsChain(
        explicit: nil, profile: nil, region: nil,
        surroundings: world.surroundings(["AWS_SECRET_ACCESS_KEY": "canary"]))
      let surroundings = world.surroundings(["AWS_SESSION_TOKEN": "canary"])
      var shown = ["\(source)", "\(surroundings)", "\(chain)", String(reflecting: surroundings)]
      for value in [source, surroundings, chain, SigningKeys.shared] as [Any] {
        var text = ""
        dump(value, to: &text)
        shown.append(text)
      }
      for text in shown { #expect(!text.contains("canary"), "\(text)") }
    }
  }

  @Test(
    "moments in replies are read in every form that AWS writes",
    arguments: zip(
      [
        "2026-11-23T08:00:00Z", "2026-11-23T08:00:00.123Z", "2026-11-23T09:00:00+01:00",
        "2026-11-23T03:30:00-0430",
        "2026-11-23T08:00:00UTC", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2000-03-01T00:00:00Z", "",
        "2026-11-23", "2026-11-23T08:00:00", "2026-13-23T08:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T08:00:0aZ",
        "2026-11-23T08:00:00+1", "2026/11/23T08:00:00Z",
      ],
      [
        CredentialsWorld.start, CredentialsWorld.start, CredentialsWorld.start, CredentialsWorld.start,
        CredentialsWorld.start, 0, 1_709_251_199, 951_868_800, nil, nil, nil, nil, nil, nil, nil, nil,
      ]))
  func moments(_ text: String, _ seconds: Int64?) {
    #expect(Timestamps.seconds(parsing: text) == seconds)
  }
}
