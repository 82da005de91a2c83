import Foundation
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("Guards in a table of a server", .emulators)
struct GuardTableTests {
  /// One behaviour on one server.
  struct Trial: Sendable, CustomTestStringConvertible {
    let server: Emulator.Kind
    let behaviour: GuardSuite.Case

    var testDescription: String { "\(server.rawValue): \(behaviour.name)" }
  }

  static let trials = Emulator.Kind.allCases.flatMap { server in
    GuardSuite.cases.map { Trial(server: server, behaviour: $0) }
  }

  /// A name that nobody else has.
  private static func name(_ start: String) -> String {
    start + "-" + String(UUID().uuidString.prefix(8)).lowercased()
  }

  @Test("the suite of all keepers", arguments: trials)
  func passes(_ trial: Trial) async throws {
    let table = Self.name("guards")
    try await withStore(at: try Emulators.server(trial.server).url, guardTable: table) { connected in
      #expect(try await connected.store.guards == nil)
      try await connected.store.create(TableGuards.spec(named: table))
      let keeper = try #require(try await connected.store.guards)
      try await trial.behaviour.run(GuardSuite(keeper: keeper, table: "items"))
    }
  }

  @Test("a table of another key is not taken for one of guards", arguments: Emulator.Kind.allCases)
  func foreign(_ kind: Emulator.Kind) async throws {
    let table = Self.name("foreign")
    try await withStore(at: try Emulators.server(kind).url, guardTable: table) { connected in
      let key = KeySchema(partition: KeyAttribute("id", .string))
      try await connected.store.create(TableSpec(name: table, key: key))
      let error = await #expect(throws: StoreError.self) { _ = try await connected.store.guards }
      #expect(error?.code == "NotAGuardTable")
    }
  }

  @Test("a server that describes every table alike has no guards, unless somebody names one")
  func sink() async throws {
    let url = try Emulators.server(.ministack).url
    try await withStore(at: url, guardTable: TableGuards.defaultName) { connected in
      let key = KeySchema(partition: KeyAttribute("id", .string))
      try await connected.store.create(TableSpec(name: TableGuards.defaultName, key: key))
      #expect(try await connected.store.guards == nil)
      try await connected.store.delete(TableGuards.defaultName)
    }
  }

  @Test("a run that is held to a slow pace renews its guard all the same", .timeLimit(.minutes(2)))
  func unpaced() async throws {
    let (guards, items) = (Self.name("guards"), Self.name("items"))
    var configuration = DynamoDBClient.Configuration()
    // So slow that nothing more is let through for an hour once a first write was.
    configuration.maximumWriteUnits = 1 / 3_600
    let url = try Emulators.server(.ministack).url
    try await withStore(at: url, configuration: configuration, guardTable: guards) { connected in
      try await connected.store.create(TableGuards.spec(named: guards))
      let key = KeySchema(partition: KeyAttribute("id", .string))
      try await connected.store.create(TableSpec(name: items, key: key))
      let writing = Task {
        for number in 0..<3 { try await connected.store.put([["id": .string("\(number)")]], into: items) }
      }
      defer { writing.cancel() }
      let lease = GuardLease(
        try #require(try await connected.store.guards), on: ["items"], for: .sample())
      _ = try await lease.take()
      for _ in 0..<5 { try await lease.renew() }
      try await lease.release()
    }
  }
}

@Suite("Which server it is", .emulators)
struct EmulatorIdentityTests {
  @Test("every spelling of a server is the same target", arguments: Emulator.Kind.allCases)
  func spellings(_ kind: Emulator.Kind) async throws {
    let server = try Emulators.server(kind)
    var identities: [TargetIdentity] = []
    for url in ["http://127.0.0.1:\(server.port)", "http://LOCALHOST:\(server.port)/"] {
      try await withStore(at: url) { connected in
        identities.append(try await connected.store.identity())
      }
    }
    #expect(identities[1].difference(from: identities[0]) == nil)
    #expect(identities[0].text.hasPrefix("http://localhost:\(server.port) us-east-1 "))
  }

  @Test("another region is another target, and a store is not bound to it", arguments: Emulator.Kind.allCases)
  func region(_ kind: Emulator.Kind) async throws {
    try await withStore(at: try Emulators.server(kind).url) { connected in
      let here = try await connected.store.identity()
      guard case .server(let server) = here.kind else { throw StubProblem.noPort }
      let there = TargetIdentity.server(server.address, region: "eu-west-1", account: server.account)
      let error = await #expect(throws: StoreError.self) { try await connected.store.bind(to: there) }
      #expect(error?.code == "TargetChanged")
      #expect(error?.message.contains("region us-east-1 instead of eu-west-1") == true)
      try await connected.store.bind(to: here)
      let table = "bound-\(String(UUID().uuidString.prefix(8)).lowercased())"
      let key = KeySchema(partition: KeyAttribute("id", .string))
      try await connected.store.create(TableSpec(name: table, key: key))
      try await connected.store.put([["id": .string("a")]], into: table)
      try await connected.store.delete(table)
    }
  }

  @Test("keys of another account, under way, reach no table of it: no write is sent")
  func account() async throws {
    let url = try Emulators.server(.ministack).url
    let key = KeySchema(partition: KeyAttribute("id", .string))
    let table = "accounts-\(String(UUID().uuidString.prefix(8)).lowercased())"
    let (mine, theirs) = ("111111111111", "222222222222")
    for account in [mine, theirs] {
      try await withStore(at: url, credentials: Keys(account)) { connected in
        try await connected.store.create(TableSpec(name: table, key: key))
      }
    }
    let keys = Keys(mine)
    try await withStore(at: url, credentials: keys) { connected in
      let store = connected.store
      let identity = try await store.identity()
      #expect(identity.text.hasSuffix(mine))
      try await store.bind(to: identity)
      try await store.put([["id": .string("a")]], into: table)
      await keys.change(to: theirs)
      let change = Change(
        table: table, key: Key(["id": .string("b")]), before: nil, after: ["id": .string("b")])
      let writes: [() async throws -> Void] = [
        { _ = try await store.write([[change]]) },
        { try await store.put([["id": .string("c")]], into: table) },
        { try await store.create(TableSpec(name: table + "-2", key: key)) },
        { try await store.delete(table) },
      ]
      for write in writes {
        let error = await #expect(throws: StoreError.self) { try await write() }
        #expect(error?.code == "TargetChanged" && error?.message.contains(theirs) == true)
      }
      await keys.change(to: mine)
      #expect(try await store.write([[change]]).first?.outcome == .written)
    }
    try await withStore(at: url, credentials: Keys(theirs)) { connected in
      let items = try await connected.store.scan(ScanRequest(table: table)).items
      let made = try await connected.store.describe(table + "-2")
      #expect(items.isEmpty && made == nil)
    }
  }
}

/// Credentials that a test changes, as a refresh would.
actor Keys: CredentialsSource {
  private var id: String
  private var next: String?

  init(_ id: String) { self.id = id }

  func change(to id: String) { self.id = id }
  /// Once more the same, then another.
  func change(afterNext id: String) { next = id }

  func credentials() async throws -> AWSCredentials {
    defer { if let next { (id, self.next) = (next, nil) } }
    return AWSCredentials(accessKeyID: id, secretAccessKey: "test")
  }
  func invalidate(_ refused: AWSCredentials) async {}
}
