import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("04_remove_discord_username_attribute")
struct RemoveDiscordUsernameTests {
  let migration = RemoveDiscordUsername()

  @Test("the attribute goes, of whatever type it is, and every other one stays")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      let ann = Sparta.anOperator("1", ["discordUsername": .string("ann")])
      let bob = Sparta.anOperator("2", ["discordUsername": .null])
      let cid = Sparta.anOperator("3")
      try await harness.seed(Sparta.oldTable(), [ann, bob, cid])
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 2) {
        try await harness.expect(
          Sparta.old, holds: [ann.without("discordUsername"), bob.without("discordUsername"), cid])
      }
      #expect(try await harness.notes(of: run).isEmpty)
      let counters = ["operators": 3, "with discordUsername": 2, "removed": 2, "without discordUsername": 1]
      #expect(harness.counters(of: run) == counters)
    }
  }

  @Test("operators that were re-keyed already, and an empty table, are fine as well")
  func otherTables() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      try await harness.cycle(migration, Sparta.settings(), planned: 0) {}
      let moved = Sparta.moved(Sparta.anOperator("1", ["discordUsername": .string("ann")]), to: "0x1")
      try await harness.seed(Sparta.newTable(), [moved])
      let settings = Sparta.settings(["NODE_OPERATORS_TABLE_NAME": Sparta.new])
      try await harness.cycle(migration, settings, planned: 1) {
        try await harness.expect(Sparta.new, holds: [moved.without("discordUsername")])
      }
    }
  }

  @Test("an index that still stands is reported")
  func index() async throws {
    try await MigrationHarness.use { harness in
      let key = KeySchema(partition: KeyAttribute("discordUsername", .string))
      let index = IndexSpec(name: "DiscordUsernameIndex", key: key)
      let plain = Sparta.oldTable()
      try await harness.seed(TableSpec(name: plain.name, key: plain.key, indexes: plain.indexes + [index]))
      let run = try await harness.run(migration, Sparta.settings())
      #expect(try await harness.notes(of: run) == ["warning indexStillStands operators"])
    }
  }

  @Test("test mode takes five operators")
  func testMode() async throws {
    try await MigrationHarness.use { harness in
      let items = (1...8).map { Sparta.anOperator("\($0)", ["discordUsername": .string("name")]) }
      try await harness.seed(Sparta.oldTable(), items)
      let run = try await harness.run(migration, Sparta.settings(testMode: true))
      #expect(run.counts.applied == 5)
    }
  }

  @Test("a table that is not named, not there, or keyed otherwise is refused")
  func refusals() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      let unset = try await harness.refusal(migration, Sparta.settings(["NODE_OPERATORS_TABLE_NAME": ""]))
      #expect(unset.contains("NODE_OPERATORS_TABLE_NAME is not set"))
      let missing = try await harness.refusal(migration, Sparta.settings())
      #expect(missing.contains("there is no table 'operators': set NODE_OPERATORS_TABLE_NAME"))
      let settings = Sparta.settings(["NODE_OPERATORS_TABLE_NAME": Sparta.validators])
      let keyed = try await harness.refusal(migration, settings)
      #expect(keyed.contains("has the key validatorAddress:S") && keyed.contains("discordId:S or address:S"))
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      let items = (1...3).map { Sparta.anOperator("\($0)", ["discordUsername": .string("name")]) }
      try await harness.seed(Sparta.oldTable(), items)
      try await harness.loseEachWrite(migration, Sparta.settings(), writes: 3)
    }
  }
}
