import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("00_update_node_operators")
struct UpdateNodeOperatorsTests {
  let migration = UpdateNodeOperators()
  private let bare = TableSpec(name: Sparta.old, key: Sparta.oldTable().key)

  private func index(_ name: String, on attribute: Text) -> IndexSpec {
    IndexSpec(name: name, key: KeySchema(partition: KeyAttribute(attribute, .string)))
  }

  private var indexed: TableSpec {
    TableSpec(
      name: bare.name, key: bare.key,
      indexes: [
        index("WalletAddressIndex", on: "walletAddress"),
        index("DiscordUsernameIndex", on: "discordUsername"),
      ])
  }

  @Test("both indexes are made, one at a time, and isApproved is set where it is missing")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      let new = Sparta.anOperator("1", ["updatedAt": .number(5)]).without("isApproved")
      let undated = Sparta.anOperator("2").without("isApproved")
      let others = [
        Sparta.anOperator("3"), Sparta.anOperator("4", ["isApproved": .bool(false)]),
        Sparta.anOperator("5", ["isApproved": .null]),
      ]
      try await harness.seed(bare, [new, undated] + others)
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 4) {
        try await harness.expect(indexed)
      }
      #expect(run.fold.plan?.tally.map(\.tableChanges) == [2])
      let counters = [
        "indexes created": 2, "operators": 5, "set to not approved": 2, "with isApproved": 3, "errors": 0,
      ]
      #expect(harness.counters(of: run) == counters)
      // The last run that wrote is the cycle's second one.
      let now = try #require(
        try await harness.items(of: Sparta.old).first { $0["discordId"] == .string("1") })
      let set: Item = ["isApproved": .bool(false), "updatedAt": try #require(now["updatedAt"])]
      #expect(now["updatedAt"] != .number(5))
      try await harness.expect(Sparta.old, holds: [new.with(set), undated.with(set)] + others)
    }
  }

  @Test("an operator that a new index would make read-only is named before, and left as it is")
  func unfit() async throws {
    try await MigrationHarness.use { harness in
      let unfit = [
        Sparta.anOperator("1", ["walletAddress": .number(7)]).without("isApproved"),
        Sparta.anOperator("2", ["discordUsername": .string("")]).without("isApproved"),
        Sparta.anOperator("3", ["discordUsername": ItemSamples.text(of: 2_049)]),
      ]
      let fit = Sparta.anOperator("4").without("walletAddress").without("isApproved")
      try await harness.seed(bare, unfit + [fit])
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 3) {
        let items = Set(try await harness.items(of: Sparta.old))
        #expect(items.isSuperset(of: unfit))
      }
      #expect(harness.counters(of: run)["errors"] == 3)
      #expect(
        Set(try await harness.notes(of: run))
          == Set((1...3).map { "data unfitForIndex discordId=\($0)" }))
    }
  }

  @Test("an index that is there is left alone, and so is an empty table")
  func partly() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      try await harness.cycle(migration, Sparta.settings(), planned: 1) {
        try await harness.expect(indexed)
      }
    }
  }

  @Test("updatedAt is the run's own start")
  func now() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(indexed, [Sparta.anOperator("1").without("isApproved")])
      harness.passTime()
      let run = try await harness.run(migration, Sparta.settings())
      let items = try await harness.items(of: Sparta.old)
      #expect(items.map { $0["updatedAt"] } == [.number(harness.now(of: run))])
    }
  }

  @Test("test mode takes five operators, beside the indexes")
  func testMode() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(bare, (1...8).map { Sparta.anOperator("\($0)").without("isApproved") })
      let run = try await harness.run(migration, Sparta.settings(testMode: true))
      #expect(run.counts.applied == 7)
    }
  }

  @Test(
    "a table that is missing or keyed otherwise, and an index of that name on something else, are refused")
  func refusals() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.newTable())
      let missing = try await harness.refusal(migration, Sparta.settings())
      #expect(missing.contains("there is no table 'operators'"))
      let settings = Sparta.settings(["NODE_OPERATORS_TABLE_NAME": Sparta.new])
      #expect(try await harness.refusal(migration, settings).contains("needs discordId:S"))
      let strange = index("DiscordUsernameIndex", on: "nickname")
      try await harness.seed(TableSpec(name: Sparta.old, key: bare.key, indexes: [strange]))
      let refusal = try await harness.refusal(migration, Sparta.settings())
      #expect(refusal.contains("nickname:S") && refusal.contains("discordUsername:S"))
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(bare, (1...2).map { Sparta.anOperator("\($0)").without("isApproved") })
      try await harness.loseEachWrite(migration, Sparta.settings(), writes: 4)
    }
  }
}
