import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@testable import SpartaMigrations

@Suite("What migrations say that they need") struct NeedsTests {
  private static let addresses = ["API_URL": "file:///nowhere", "AZTEC_RPC_URL": "file:///nowhere"]

  /// Settings that name every table, each by its variable in lower case.
  private var named: Settings {
    let names = ConfiguredTable.all.map { ($0.variable, $0.variable.lowercased()) }
    return Settings(variables: Dictionary(uniqueKeysWithValues: names).merging(Self.addresses) { $1 })
  }

  private func spec(_ need: Needs.Table, _ settings: Settings) throws -> TableSpec {
    TableSpec(
      name: try #require(need.name(in: settings)),
      key: need.keys.first ?? KeySchema(partition: KeyAttribute("id", .string)))
  }

  @Test("with these tables its check is content, without one it refuses exactly where the needs say so")
  func agreesWithCheck() async throws {
    for migration in SpartaMigrations.all {
      let needs = migration.needs.tables
      #expect(!needs.isEmpty, "\(migration.name)")
      try await expectAccepted(migration, needs)
      for (index, need) in needs.enumerated() {
        let others = needs.enumerated().filter { $0.offset != index }.map(\.element)
        switch need.absence {
        case .refused, .created(.some): try await expectRefused(migration, others)
        case .created(nil), .passedOver: try await expectAccepted(migration, others)
        }
      }
    }
  }

  @Test("a table that is keyed otherwise is refused by each migration that says which keys it takes")
  func keys() async throws {
    for migration in SpartaMigrations.all {
      for (index, need) in migration.needs.tables.enumerated() where !need.keys.isEmpty {
        let odd = Needs.Table(
          variables: need.variables, defaultName: need.defaultName,
          keys: [KeySchema(partition: KeyAttribute("odd", .binary))])
        var tables = migration.needs.tables
        tables[index] = odd
        try await expectRefused(migration, tables)
      }
    }
  }

  @Test("a table that must be named is refused when it is not, and has no default name")
  func names() async throws {
    for migration in SpartaMigrations.all {
      for need in migration.needs.tables where need.defaultName == nil {
        #expect(need.name(in: Settings(variables: [:])) == nil)
        try await MigrationHarness.use { harness in
          for table in migration.needs.tables { try await harness.store.create(spec(table, named)) }
          let settings = Settings(variables: Self.addresses)
          await #expect(throws: Refusal.self) {
            try await migration.check(settings, TableReader(harness.store))
          }
        }
      }
    }
  }

  @Test("every variable that names a table or an address is among those that the journal keeps")
  func variables() {
    for migration in SpartaMigrations.all {
      let read = migration.needs.tables.flatMap(\.variables) + migration.needs.inputs.map(\.variable)
      #expect(Set(read) == Set(migration.variables), "\(migration.name)")
    }
  }

  @Test("together they ask each address once, and only where its variable is set")
  func together() {
    let none = SpartaMigrations.catalog.needs(Settings(variables: [:]))
    #expect(none.tables.count == 5 && none.inputs.isEmpty)
    let all = SpartaMigrations.catalog.needs(named)
    #expect(all.inputs.map(\.variable) == ["API_URL", "API_URL", "AZTEC_RPC_URL", "API_URL"])
    let keyless = SpartaMigrations.catalog.needs(Settings(variables: ["API_URL": "http://127.0.0.1:1"]))
    #expect(keyless.inputs.count == 1)
  }

  @Test("a long reply is looked at by its beginning")
  func beginnings() throws {
    let input = try #require(AddWalletToOperators().needs.inputs.first)
    #expect(input.flaw(in: Array(#" {"success":true,"da"#.utf8), isWhole: false) == nil)
    #expect(input.flaw(in: Array("[1,2".utf8), isWhole: false) == "it is not a JSON object")
    #expect(input.flaw(in: Array("<html>".utf8), isWhole: false)?.contains("HTML") == true)
  }

  private func expectAccepted(_ migration: any Migration, _ tables: [Needs.Table]) async throws {
    try await MigrationHarness.use { harness in
      for need in tables { try await harness.store.create(spec(need, named)) }
      try await migration.check(named, TableReader(harness.store))
    }
  }

  private func expectRefused(_ migration: any Migration, _ tables: [Needs.Table]) async throws {
    try await MigrationHarness.use { harness in
      for need in tables { try await harness.store.create(spec(need, named)) }
      await #expect(throws: Refusal.self, "\(migration.name)") {
        try await migration.check(named, TableReader(harness.store))
      }
    }
  }
}
