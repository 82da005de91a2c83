import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

/// A server with a proxy before it that breaks things.
struct Faults: Sendable {
  @TaskLocal static var running: [Place: FaultProxy] = [:]

  struct Place: Hashable, Sendable {
    let server: Emulator.Kind
    let isTCP: Bool
  }

  /// Starts the servers and proxies before the first test of a suite and ends them after its last.
  struct Scope: SuiteTrait, TestScoping {
    func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
      try await withTemporaryFolder { folder in
        var started: [Emulator] = []
        let result: Result<Void, any Error>
        do {
          var proxies: [Place: FaultProxy] = [:]
          for kind in Emulator.Kind.allCases {
            try Folder.make("\(folder)/\(kind)")
            let server = try await Emulator.start(kind, in: "\(folder)/\(kind)")
            started.append(server)
            // The HTTP proxy needs 460 MB, so there is one.
            for isTCP in kind == .ministack ? [false, true] : [true] {
              let place = "\(folder)/\(kind)-\(isTCP)"
              try Folder.make(place)
              let proxy = try await FaultProxy.start(isTCP ? .tcp : .http, before: server, in: place)
              started.append(proxy.process)
              proxies[Place(server: kind, isTCP: isTCP)] = proxy
            }
          }
          result = .success(try await Faults.$running.withValue(proxies) { try await function() })
        } catch {
          result = .failure(error)
        }
        for process in started.reversed() { await process.kill() }
        try result.get()
      }
    }
  }

  static func proxy(_ server: Emulator.Kind, tcp: Bool = false) throws -> FaultProxy {
    try #require(running[Place(server: server, isTCP: tcp)], "the suite must have the trait of Faults")
  }
}

@Suite("Faults on the way", Faults.Scope(), .serialized)
struct FaultTests {
  private static let schema = KeySchema(partition: KeyAttribute("id", .string))

  /// Real time, with little of it.
  private static func quick(attempts: Int = 40) -> DynamoDBClient.Configuration {
    var configuration = DynamoDBClient.Configuration.patient
    configuration.retry = RetryPolicy(
      maximumAttempts: attempts, budget: .seconds(3_600), firstDelay: .milliseconds(4),
      longestDelay: .milliseconds(50))
    return configuration
  }

  private static func update(_ table: String, _ id: String, _ from: Int64, _ to: Int64) -> Change {
    Change(
      table: table, key: Key(["id": .string(id)]), before: ["x": .number(from)], after: ["x": .number(to)])
  }

  private static func rule(_ operation: String, _ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    let common: [(String, JSONValue)] = [("service", "dynamodb"), ("operation", .string(operation))]
    let all = common + members.map { ($0.key, $0.value) }
    return .object(all.map { JSONValue.Member(name: $0.0, value: $0.1) })
  }

  /// Runs `body` on a table of the items `k0` … with `x` = 1, reached through the proxy, under these rules.
  private func under(
    _ rules: [JSONValue], table: String, items: Int = 2, on server: Emulator.Kind = .ministack,
    tcp: Bool = false, credentials: any CredentialsSource = FixedCredentials(), connections: Int = 1,
    configuration: DynamoDBClient.Configuration = quick(),
    _ body: (DynamoDBStore, FaultProxy) async throws -> Void
  ) async throws {
    let proxy = try Faults.proxy(server, tcp: tcp)
    try await proxy.setRules([])
    try await withStore(
      at: proxy.url, credentials: credentials, connections: connections, configuration: configuration
    ) { connected in
      try await connected.store.create(TableSpec(name: table, key: Self.schema))
      let loaded: [Item] = (0..<items).map { ["id": .string("k\($0)"), "x": .number(1)] }
      try await connected.store.put(loaded, into: table)
      try await proxy.setRules(rules)
      try await body(connected.store, proxy)
      try await proxy.setRules([])
    }
  }

  private func expect(
    _ store: DynamoDBStore, _ table: String, _ id: String = "k0", isNow value: Int64,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let item = try await store.item(Key(["id": .string(id)]), in: table)
    #expect(item?["x"] == .number(value), sourceLocation: location)
  }

  // MARK: Before the server has seen it

  @Test(
    "a throttle is waited out, and counted as the proxy counts",
    arguments: [
      "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
    ])
  func throttled(_ code: String) async throws {
    let table = "throttled-\(code)"
    let rule = Self.rule("UpdateItem", ["times": 2, "error": ["code": .string(code)]])
    try await under([rule], table: table) { store, proxy in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      #expect(replies == [UnitReply(.written)])
      #expect(try await proxy.fired() == ["UpdateItem", "UpdateItem"])
      let statistics = await store.client.statistics
      #expect(statistics.throttles == [code: 2] && statistics.retries == 2)
      #expect(statistics.throttledTime > .zero)
      try await expect(store, table, isNow: 2)
    }
  }

  @Test("a fault of the server is waited out, and makes the send ambiguous", arguments: [500, 503])
  func serverFault(_ status: Int) async throws {
    let table = "fault-\(status)"
    let code: JSONValue = status == 500 ? "InternalServerError" : "ServiceUnavailable"
    let rule = Self.rule("UpdateItem", ["times": 3, "error": ["code": code, "status": .number(status)]])
    try await under([rule], table: table) { store, proxy in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      #expect(replies == [UnitReply(.written, maybeSentBefore: true)])
      #expect(try await proxy.fired().count == 3)
      #expect(await store.client.statistics.retries == 3)
      try await expect(store, table, isNow: 2)
    }
  }

  @Test("60 writes at once, most of them throttled at first, are all written, and the counts agree")
  func throttledCrowd() async throws {
    let table = "crowd"
    let rule = Self.rule(
      "UpdateItem", ["sequence": ["fail": 2, "pass": 3], "error": ["code": "ThrottlingException"]])
    try await under([rule], table: table, items: 60, connections: 8) { store, proxy in
      let replies = try await store.write((0..<60).map { [Self.update(table, "k\($0)", 1, 2)] })
      #expect(replies.allSatisfy { $0.outcome == .written })
      let fired = try await proxy.fired().count
      #expect(fired >= 38)
      let statistics = await store.client.statistics
      #expect(statistics.throttles == ["ThrottlingException": fired] && statistics.retries == fired)
      let page = try await store.scan(ScanRequest(table: table))
      #expect(page.items.count == 60 && page.items.allSatisfy { $0["x"] == .number(2) })
    }
  }

  @Test("a connection that is reset before the server saw the request does no harm")
  func reset() async throws {
    let table = "reset"
    try await under([Self.rule("UpdateItem", ["times": 1, "reset": true])], table: table) { store, proxy in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      #expect(replies == [UnitReply(.written, maybeSentBefore: true)])
      #expect(try await proxy.fired() == ["UpdateItem"])
      try await expect(store, table, isNow: 2)
    }
  }

  @Test("credentials that expire are renewed and the call is made again")
  func expiredToken() async throws {
    let (table, source) = ("expired", CountingCredentials())
    let rule = Self.rule("UpdateItem", ["times": 1, "error": ["code": "ExpiredTokenException"]])
    try await under([rule], table: table, credentials: source) { store, _ in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      #expect(replies == [UnitReply(.written)])
      #expect(await source.refusals == 1)
      try await expect(store, table, isNow: 2)
    }
  }

  @Test("a unit that meets another transaction is sent again")
  func transactionConflict() async throws {
    let table = "conflict"
    let reasons: JSONValue = [
      ["Code": "TransactionConflict", "Message": "as asked"], ["Code": "None"],
    ]
    let error: JSONValue = [
      "code": "TransactionCanceledException", "fields": ["CancellationReasons": reasons],
    ]
    let rule = Self.rule("TransactWriteItems", ["times": 2, "error": error])
    try await under([rule], table: table) { store, proxy in
      let unit = [Self.update(table, "k0", 1, 2), Self.update(table, "k1", 1, 2)]
      let replies = try await store.write([unit])
      #expect(replies == [UnitReply(.written)])
      #expect(try await proxy.fired().count == 2)
      try await expect(store, table, isNow: 2)
      try await expect(store, table, "k1", isNow: 2)
    }
  }

  // MARK: After the server has written

  /// What can become of an answer, as the proxy says it.
  enum Loss: String, CaseIterable {
    case beforeTheBody = "abort_bytes"
    case inTheMiddle = "abort_frac"
    case cutShortAs200 = "truncate_frac"
    case flippedBytes = "corrupt_bytes"

    var response: JSONValue {
      let amount: JSONValue =
        switch self {
        case .beforeTheBody: 0
        case .inTheMiddle, .cutShortAs200: .number("0.5")
        case .flippedBytes: 8
        }
      return .object([JSONValue.Member(name: rawValue, value: amount)])
    }
  }

  @Test("an answer that is lost or broken after the write is found to be our own", arguments: Loss.allCases)
  func lostAnswer(_ loss: Loss) async throws {
    let table = "lost-\(loss)"
    let rule = Self.rule("UpdateItem", ["times": 1, "response": loss.response])
    try await under([rule], table: table) { store, proxy in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      let after: Item = ["id": .string("k0"), "x": .number(2)]
      #expect(replies == [UnitReply(.conditionFailed([Found(after)]), maybeSentBefore: true)])
      #expect(try await proxy.fired() == ["UpdateItem"])
      try await expect(store, table, isNow: 2)
    }
  }

  @Test("a unit whose answer is lost is answered again under its token", arguments: Loss.allCases)
  func lostAnswerOfUnit(_ loss: Loss) async throws {
    let table = "lost-unit-\(loss)"
    let rule = Self.rule("TransactWriteItems", ["times": 1, "response": loss.response])
    try await under([rule], table: table) { store, proxy in
      let unit = [Self.update(table, "k0", 1, 2), Self.update(table, "k1", 1, 2)]
      let replies = try await store.write([unit])
      #expect(replies == [UnitReply(.written, maybeSentBefore: true)])
      #expect(try await proxy.fired().count == 1)
      // Undone and done again: the token of the first series must not be taken for the second's.
      let undone = try await store.write([unit.map(\.inverse)])
      #expect(undone == [UnitReply(.written)])
      let again = try await store.write([unit])
      #expect(again == [UnitReply(.written)])
      try await expect(store, table, isNow: 2)
      try await expect(store, table, "k1", isNow: 2)
    }
  }

  @Test("an item that comes back broken is not believed", arguments: Loss.allCases)
  func brokenItem(_ loss: Loss) async throws {
    let table = "broken-\(loss)"
    let rule = Self.rule("GetItem", ["times": 2, "response": loss.response])
    try await under([rule], table: table) { store, proxy in
      try await expect(store, table, isNow: 1)
      #expect(try await proxy.fired().count == 2)
    }
  }

  @Test("a server that hangs is given up after the request's time, and asked again")
  func hang() async throws {
    let table = "hang"
    var configuration = Self.quick()
    configuration.requestTimeout = .seconds(2)
    let rule = Self.rule("UpdateItem", ["times": 1, "latency": 600_000])
    try await under([rule], table: table, configuration: configuration) { store, proxy in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      #expect(try #require(replies.first).maybeSentBefore)
      #expect(try await proxy.fired() == ["UpdateItem"])
      try await expect(store, table, isNow: 2)
    }
  }

  // MARK: libcurl's own resend

  @Test(
    "a connection that is cut before the first byte of a reply makes libcurl send the write twice, to no harm",
    arguments: Emulator.Kind.allCases)
  func zeroByteCut(_ server: Emulator.Kind) async throws {
    let table = "cut-\(server.rawValue)"
    let rule: JSONValue = [
      "service": "tcp", "operation": "conn", "payload": "UpdateItem", "times": 1,
      "cut_reply": ["after_bytes": 0],
    ]
    try await under([rule], table: table, on: server, tcp: true) { store, proxy in
      let replies = try await store.write([[Self.update(table, "k0", 1, 2)]])
      let after: Item = ["id": .string("k0"), "x": .number(2)]
      #expect(replies == [UnitReply(.conditionFailed([Found(after)]), maybeSentBefore: true)])
      #expect(try await proxy.fired().count == 1)
      // It was libcurl that sent it again: we made one attempt.
      #expect(await store.client.statistics.retries == 0)
      try await expect(store, table, isNow: 2)
    }
  }

  @Test(
    "a unit that libcurl sends twice is written once: by its token, or by its conditions",
    arguments: Emulator.Kind.allCases)
  func zeroByteCutOfUnit(_ server: Emulator.Kind) async throws {
    let table = "cut-unit-\(server.rawValue)"
    let rule: JSONValue = [
      "service": "tcp", "operation": "conn", "payload": "TransactWriteItems", "times": 1,
      "cut_reply": ["after_bytes": 0],
    ]
    try await under([rule], table: table, on: server, tcp: true) { store, proxy in
      let unit = [Self.update(table, "k0", 1, 2), Self.update(table, "k1", 1, 2)]
      let replies = try await store.write([unit])
      let found = ["k0", "k1"].map { Found(["id": .string($0), "x": .number(2)]) }
      // roto does not know the token, and applies the unit anew.
      let outcome: UnitReply.Outcome = server == .ministack ? .written : .conditionFailed(found)
      #expect(replies == [UnitReply(outcome, maybeSentBefore: true)])
      #expect(try await proxy.fired().count == 1)
      #expect(await store.client.statistics.retries == 0)
      try await expect(store, table, isNow: 2)
      try await expect(store, table, "k1", isNow: 2)
    }
  }
}

/// Credentials that count how often they were refused.
private actor CountingCredentials: CredentialsSource {
  private(set) var refusals = 0

  func credentials() async throws -> AWSCredentials {
    AWSCredentials(accessKeyID: "key\(refusals)", secretAccessKey: "secret")
  }

  func invalidate(_ refused: AWSCredentials) async { refusals += 1 }
}
