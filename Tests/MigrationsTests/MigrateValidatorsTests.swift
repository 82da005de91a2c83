import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("01_migrate_validators")
struct MigrateValidatorsTests {
  let migration = MigrateValidators()

  private func listing(_ id: String, _ entries: [AttributeValue]) -> Item {
    Sparta.anOperator(id, ["validators": .list(entries), "updatedAt": .number(5)])
  }

  private func listing(_ id: String, _ addresses: String...) -> Item {
    listing(id, addresses.map { .string($0) })
  }

  private func made(_ address: String, _ id: String, by run: RunResult, _ harness: MigrationHarness) -> Item {
    let now = AttributeValue.number(harness.now(of: run))
    return [
      "validatorAddress": .string(address), "nodeOperatorId": .string(id), "createdAt": now, "updatedAt": now,
    ]
  }

  @Test("lists become items of a table that is made, and rolling back restores both")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      let plain = Sparta.anOperator("3")
      let lists = [listing("1", "0xAa", "0xBb", "0xaA"), listing("2", "0xCc"), listing("4")]
      try await harness.seed(Sparta.oldTable(), lists + [plain])
      let first = try await harness.run(migration, Sparta.settings())
      try await harness.expect(Sparta.old, holds: lists.map { $0.without("validators") } + [plain])
      try await harness.expect(
        Sparta.validators,
        holds: [("0xAa", "1"), ("0xBb", "1"), ("0xCc", "2")].map { made($0.0, $0.1, by: first, harness) })
      _ = try await harness.rollBack(first)
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 7) {
        try await harness.expect(Sparta.validatorsTable())
      }
      #expect(try await harness.notes(of: run).isEmpty)
      #expect(
        run.fold.plan?.counters.map { "\($0.name): \($0.value)" } == [
          "operators: 4", "operators with a list: 3", "entries: 4", "validators created: 3",
          "validators there already: 0", "lists removed: 3", "lists kept: 0", "conflicts: 0", "errors: 0",
        ])
    }
  }

  @Test("an address in two lists goes to the first operator, and the other keeps the whole list")
  func listedTwice() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      try await harness.seed(
        Sparta.oldTable(), [listing("1", "0xA1", "0xShared"), listing("2", "0xSHARED", "0xB1")])
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 4) {
        try await harness.expect(Sparta.validators, count: 3)
      }
      let order = try await harness.items(of: Sparta.old).compactMap { $0["discordId"]?.stringValue }
      let loser = try #require(order.last)
      #expect(try await harness.notes(of: run) == ["conflict validatorListedTwice discordId=\(loser)"])
      let kept = try await harness.items(of: Sparta.old).filter { $0["validators"] != nil }
      #expect(kept.map { $0["discordId"]?.stringValue } == [loser])
      let shared = try await harness.items(of: Sparta.validators)
        .first { $0["validatorAddress"]?.stringValue?.lowercased() == "0xshared" }
      #expect(shared?["nodeOperatorId"]?.stringValue == order.first)
    }
  }

  @Test("an address that the table has already counts as there, or as taken, by its operator")
  func known() async throws {
    try await MigrationHarness.use { harness in
      let ours = Sparta.validatorItem("0xaa", "1")
      let others = [Sparta.validatorItem("0xB1", "7"), Sparta.validatorItem("0xC1", nil)]
      try await harness.seed(Sparta.validatorsTable(), [ours] + others)
      let lists = [listing("1", "0xAA"), listing("2", "0xb1", "0xB2"), listing("3", "0xC1")]
      try await harness.seed(Sparta.oldTable(), lists)
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 2) {
        try await harness.expect(Sparta.old, holds: [lists[0].without("validators"), lists[1], lists[2]])
        try await harness.expect(Sparta.validators, count: 4)
      }
      #expect(
        Set(try await harness.notes(of: run)) == [
          "conflict validatorTaken discordId=2", "conflict validatorTaken discordId=3",
        ])
      #expect(harness.counters(of: run)["lists kept"] == 2)
    }
  }

  @Test("an entry that is not an address, or a list that is none, is a data error, and the list stays")
  func oddLists() async throws {
    try await MigrationHarness.use { harness in
      let lists = [
        listing("1", [.string("0xA"), .number(7), .string("")]),
        Sparta.anOperator("2", ["validators": .stringSet(["0xB"])]),
      ]
      try await harness.seed(Sparta.validatorsTable(), [])
      try await harness.seed(Sparta.oldTable(), lists)
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 1) {
        try await harness.expect(Sparta.old, holds: lists)
        try await harness.expect(Sparta.validators, count: 1)
      }
      let notes = try await harness.notes(of: run).sorted()
      #expect(
        notes == [
          "data badValidators discordId=1", "data badValidators discordId=1",
          "data badValidators discordId=2",
        ]
      )
      #expect(harness.counters(of: run)["errors"] == 3)
    }
  }

  @Test("a table without its index gets it")
  func index() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      try await harness.seed(Sparta.validatorsTable(withIndex: false))
      try await harness.cycle(migration, Sparta.settings(), planned: 1) {
        try await harness.expect(Sparta.validatorsTable())
      }
    }
  }

  @Test("test mode takes five operators; tables that are missing or keyed otherwise are refused")
  func limits() async throws {
    try await MigrationHarness.use { harness in
      #expect(
        try await harness.refusal(migration, Sparta.settings()).contains("there is no table 'operators'"))
      try await harness.seed(Sparta.oldTable(), (1...7).map { listing("\($0)", "0x\($0)") })
      let keyed = Sparta.settings(["VALIDATORS_TABLE_NAME": Sparta.old])
      #expect(try await harness.refusal(migration, keyed).contains("needs validatorAddress:S"))
      let run = try await harness.run(migration, Sparta.settings(testMode: true))
      #expect(run.counts.applied == 11)
    }
  }

  // MARK: More than a transaction takes

  private func large(_ id: String = "1") -> Item {
    listing(id, (0..<500).map { .string("0x\(id)-\(1_000 + $0)") })
  }

  @Test("an operator with 500 validators passes the cycle")
  func largeCycle() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      try await harness.seed(Sparta.oldTable(), [large("1"), large("2")])
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 1_002) {
        try await harness.expect(Sparta.validators, count: 1_000)
        try await harness.expect(
          Sparta.old, holds: [large("1").without("validators"), large("2").without("validators")])
      }
      #expect(run.fold.plan?.units == 2)
    }
  }

  @Test("a target that is lost between any two parts is resumed, forward and backward")
  func lostBetweenParts() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      try await harness.seed(Sparta.oldTable(), [large()])
      try await harness.loseEachWrite(migration, Sparta.settings(), writes: 6)
    }
  }

  @Test("a validator that somebody else puts in between keeps the list, and a rollback restores the rest")
  func conflict() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      try await harness.seed(Sparta.oldTable(), [large()])
      let dry = try await harness.run(migration, Sparta.settings(), RunRequest(dryRun: true))
      let stranger = Sparta.validatorItem("0x1-1250", "7")
      try await harness.store.put([stranger], into: Sparta.validators)
      let run = try await harness.resume(dry, migration)
      #expect(run.end == .incomplete)
      #expect(run.counts.applied == 200 && run.counts.failed == 301)
      try await harness.expect(Sparta.old, holds: [large()])
      try await harness.expect(Sparta.validators, count: 201)
      let undone = try await harness.rollBack(run)
      #expect(undone.result.fold.position.state == .rolledBack)
      try await harness.expect(Sparta.validators, holds: [stranger])
    }
  }
}
