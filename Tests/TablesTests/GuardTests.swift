import TestSupport
import Testing

@testable import DynamoJournalTables

@Suite("Guards of tables")
struct GuardTests {
  private static let spec = TableSpec(
    name: "items", key: KeySchema(partition: KeyAttribute("id", .string)))

  @Test("the embedded store keeps guards", arguments: GuardSuite.cases)
  func embedded(_ behaviour: GuardSuite.Case) async throws {
    try await withTemporaryFolder { folder in
      let store = try EmbeddedStore(path: "\(folder)/tables.sqlite")
      try await behaviour.run(GuardSuite(keeper: store, table: "items"))
      #expect(try await store.tables().isEmpty)
    }
  }

  @Test("a table keeps guards", arguments: GuardSuite.cases)
  func table(_ behaviour: GuardSuite.Case) async throws {
    try await withTemporaryFolder { folder in
      let store = try EmbeddedStore(path: "\(folder)/tables.sqlite")
      try await store.create(TableGuards.spec(named: "guards"))
      try await behaviour.run(GuardSuite(keeper: TableGuards(store, table: "guards"), table: "items"))
    }
  }

  @Test("an item in the table of guards that is none is named, and nothing is made of it")
  func unreadable() async throws {
    try await withTemporaryFolder { folder in
      let store = try EmbeddedStore(path: "\(folder)/tables.sqlite")
      try await store.create(TableGuards.spec(named: "guards"))
      let guards = TableGuards(store, table: "guards")
      _ = try await guards.take("items", by: .sample(), lease: .seconds(60), now: 0)
      let good = try #require(try await store.item(Key(["table": .string("items")]), in: "guards"))
      for name in good.names where name != "table" && name != "reason" {
        var bad = good
        bad[name] = .bool(true)
        try await store.put([bad], into: "guards")
        for attempt in 0..<2 {
          let error = await #expect(throws: StoreError.self, "\(name)") {
            if attempt == 0 { _ = try await guards.claims() }
            _ = try await guards.take("items", by: .sample("bob"), lease: .seconds(60), now: .max)
          }
          #expect(error?.code == "GuardUnreadable", "\(name)")
        }
      }
    }
  }

  @Test("numbers at the edge crash nothing and free nothing")
  func edges() {
    var claim = GuardClaim(
      table: "t", holder: .sample(), fence: .max, expiresAt: .max, mark: nil, state: .held)
    let bob = GuardHolder.sample("bob")
    #expect(GuardRules.take("t", by: bob, found: claim, lease: .max, now: .max) == .held(claim))
    #expect(GuardHeld(claim: claim, now: .min).seconds > 0)
    claim.state = .released
    // A number that can't grow would let the holder before go on.
    #expect(GuardRules.take("t", by: bob, found: claim, lease: 1, now: 0) == .held(claim))
    claim.fence = .min
    guard case .put(let taken) = GuardRules.take("t", by: bob, found: claim, lease: .max, now: .max) else {
      Issue.record("not taken")
      return
    }
    #expect(taken.fence == .min + 1 && taken.expiresAt == .max)
  }

  @Test("of takers by connections of their own, as processes have them, one gets the guard", arguments: 0..<5)
  func connections(round: Int) async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      let stores = try (0..<4).map { _ in try EmbeddedStore(path: path) }
      let takes = try await withThrowingTaskGroup(of: GuardTake.self) { group in
        for (number, store) in stores.enumerated() {
          group.addTask { try await take(store, .sample("taker \(number)"), at: 0) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let winners = takes.compactMap { if case .taken(let claim, _) = $0 { claim } else { nil } }
      let kept = try await stores[0].claims()
      #expect(winners == kept && kept.count == 1)
      #expect(takes.filter { $0 == .held(by: kept[0]) }.count == 3)
    }
  }

  // MARK: Fencing

  @Test("in the embedded store a holder that lost its guard can't write at all", arguments: [true, false])
  func fencing(isForced: Bool) async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      let (mine, theirs) = (try EmbeddedStore(path: path), try EmbeddedStore(path: path))
      try await mine.create(Self.spec)
      guard case .taken(let claim, _) = try await take(mine, .sample(), at: 0) else { throw Unexpected() }
      await mine.hold([claim])
      try await write(mine, "before")
      _ = try await mine.renew(claim, lease: .seconds(60), now: 5)
      try await write(mine, "renewed")
      if isForced {
        _ = try await theirs.forceRelease("items", reason: "gone", now: 1_000_000_000)
      } else {
        guard case .taken = try await take(theirs, .sample("bob"), at: 1_000_000_000) else {
          throw Unexpected()
        }
      }
      let error = await #expect(throws: StoreError.self) { try await write(mine, "after") }
      #expect(error?.code == "GuardLost" && error?.kind == .refused)
      #expect(error?.message.contains(isForced ? "gone" : "bob@host") == true)
      await #expect(throws: StoreError.self) {
        try await mine.create(TableSpec(name: "more", key: Self.spec.key))
      }
      await #expect(throws: StoreError.self) { try await mine.delete("items") }
      #expect(try await ids(theirs) == ["before", "renewed"])
      #expect(try await mine.tables() == ["items"])
      await mine.hold([])
      try await write(mine, "free")
    }
  }

  private struct Unexpected: Error {}

  private func take(_ store: EmbeddedStore, _ holder: GuardHolder, at now: Int64) async throws -> GuardTake {
    try await store.take("items", by: holder, lease: .seconds(60), now: now)
  }

  private func write(_ store: EmbeddedStore, _ id: String) async throws {
    let change = Change(
      table: "items", key: Key(["id": .string(id)]), before: nil, after: ["id": .string(id)])
    #expect(try await store.write([[change]]).first?.outcome == .written)
  }

  private func ids(_ store: EmbeddedStore) async throws -> [String] {
    try await store.scan(ScanRequest(table: "items")).items.compactMap { $0["id"]?.stringValue }.sorted()
  }
}

@Suite("What tells a journal's file from its copies")
struct GuardTokenTests {
  @Test("the same file has the same token by whatever path; a copy and a new file have others")
  func token() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/journal.sqlite"
      #expect(GuardToken.token(ofJournalAt: path) == nil)
      try TestFile.write("a", to: path)
      let token = try #require(GuardToken.token(ofJournalAt: path))
      #expect(GuardToken.token(ofJournalAt: "\(folder)/./journal.sqlite") == token)
      try TestFile.copy(path, to: "\(folder)/copy.sqlite")
      #expect(GuardToken.token(ofJournalAt: "\(folder)/copy.sqlite") != token)
      try TestFile.move(path, to: "\(folder)/moved.sqlite")
      #expect(GuardToken.token(ofJournalAt: "\(folder)/moved.sqlite") == token)
    }
  }
}
