import Foundation
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("DynamoDB over the wire behaves as every store", .emulators)
struct EmulatorTests {
  /// One behaviour on one server.
  struct Trial: Sendable, CustomTestStringConvertible {
    let server: Emulator.Kind
    let behaviour: StoreSuite.Case

    var testDescription: String { "\(server.rawValue): \(behaviour.name)" }
  }

  /// What a server can't do, with the reason; every case that is left out needs one of these.
  static let lacking: [Emulator.Kind: [StoreSuite.Capability: String]] = [
    .ministack: [
      .numbersInOrder: "it scans a partition in the order of the numbers' texts",
      .laterIndexes: "it looks at an index's key only where the attribute is written",
    ],
    .roto: [
      .laterIndexes: "it looks at an index's key only where the attribute is written",
      .onePageIsOneMegabyte: "it puts a whole table into one page",
      .backupTimes: "it gives a backup's time in whole seconds",
    ],
  ]

  static let trials = Emulator.Kind.allCases.flatMap { server in
    let able = Set(StoreSuite.Capability.allCases).subtracting(Set((lacking[server] ?? [:]).keys))
    return StoreSuite.cases(with: able).map { Trial(server: server, behaviour: $0) }
  }

  @Test("the suite of all stores", arguments: trials)
  func passes(_ trial: Trial) async throws {
    let url = try Emulators.server(trial.server).url
    let prefix = "t" + String(UUID().uuidString.prefix(8)).lowercased()
    try await withStore(at: url) { connected in
      try await trial.behaviour.run(StoreSuite(store: connected.store, prefix: prefix))
    }
  }

  @Test("what a restore loses is read where the server knows of it", arguments: Emulator.Kind.allCases)
  func settings(_ kind: Emulator.Kind) async throws {
    try await withStore(at: try Emulators.server(kind).url) { connected in
      let table = "settings-\(kind)"
      let key = KeySchema(partition: KeyAttribute("id", .string))
      try await connected.store.create(TableSpec(name: table, key: key))
      let plain = try await connected.store.settings(of: table)
      #expect(plain["timeToLive"] == nil)
      _ = try await connected.client.call(
        "UpdateTimeToLive",
        [
          "TableName": .string(table),
          "TimeToLiveSpecification": ["AttributeName": "expiresAt", "Enabled": true],
        ])
      let facts = try #require(try await connected.store.facts(of: table))
      _ = try await connected.client.call(
        "TagResource", ["ResourceArn": .string(facts.arn), "Tags": [["Key": "team", "Value": "red"]]])
      let settings = try await connected.store.settings(of: table)
      #expect(settings["timeToLive"] == "expiresAt" && settings["tag.team"] == "red")
      await #expect(throws: StoreError.self) { _ = try await connected.store.settings(of: "not-there") }
    }
  }

  @Test("a server that is killed and comes back costs no write")
  func killedServer() async throws {
    try await withTemporaryFolder { folder in
      let server = try await Emulator.start(.roto, in: folder)
      let result: Result<Void, any Error>
      do {
        result = .success(try await writeOver(server))
      } catch {
        result = .failure(error)
      }
      await server.kill()
      try result.get()
    }
  }

  private func writeOver(_ server: Emulator) async throws {
    var configuration = DynamoDBClient.Configuration.patient
    configuration.retry = RetryPolicy(maximumAttempts: 1_000, longestDelay: .milliseconds(100))
    try await withStore(at: server.url, connections: 8, configuration: configuration) { connected in
      let schema = KeySchema(partition: KeyAttribute("id", .string))
      try await connected.store.create(TableSpec(name: "killed", key: schema))
      async let replies = connected.store.write(
        (0..<400).map { number in
          let item: Item = ["id": .string("k\(number)")]
          return [Change(table: "killed", key: Key(item), before: nil, after: item)]
        })
      for written in [20, 150] {
        while await connected.client.statistics.requests < written { await Task.yield() }
        await server.kill()
        try await server.start()
      }
      for reply in try await replies {
        switch reply.outcome {
        case .written: break
        // Written before the kill, and the answer lost.
        case .conditionFailed: #expect(reply.maybeSentBefore)
        case .refused(let error): Issue.record(error)
        }
      }
      #expect(await connected.client.statistics.retries > 0)
      let page = try await connected.store.scan(ScanRequest(table: "killed"))
      #expect(page.items.count == 400)
    }
  }
}
