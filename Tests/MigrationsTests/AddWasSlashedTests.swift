import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("03_add_wasslashed_field")
struct AddWasSlashedTests {
  let migration = AddWasSlashedField()

  private func marked(_ item: Item, by run: RunResult, _ harness: MigrationHarness) -> Item {
    item.with([
      "isApproved": .bool(false), "wasSlashed": .bool(true), "updatedAt": .number(harness.now(of: run)),
    ])
  }

  /// Two validators of operator 1 are gone, one of 2 (who is marked already), one of nobody, one of a stranger.
  private func seed(_ harness: MigrationHarness) async throws -> (operators: [Item], validators: [Item]) {
    let operators = [
      Sparta.anOperator("1", ["discordUsername": .string("ann")]),
      Sparta.anOperator("2", ["isApproved": .bool(false), "wasSlashed": .bool(true)]), Sparta.anOperator("3"),
    ]
    let validators = [
      Sparta.validatorItem("0xA1", "1"), Sparta.validatorItem("0xA2", "1"), Sparta.validatorItem("0xB1", "2"),
      Sparta.validatorItem("0xC1", nil), Sparta.validatorItem("0xD1", "99"),
      Sparta.validatorItem("0xEe", "1"), Sparta.validatorItem("0xF1", "3"), Sparta.validatorItem("0xF2", "3"),
      Sparta.validatorItem("0xF3", "3"), Sparta.validatorItem("0xF4", "3"), Sparta.validatorItem("0xF5", "3"),
    ]
    try await harness.seed(Sparta.oldTable(), operators)
    try await harness.seed(Sparta.validatorsTable(), validators)
    harness.inputs.set(
      "validators", Sparta.onChain(["0xeE", "0xf1", "0xF2", "0xF3", "0xF4", "0xF5", "0xff"]))
    return (operators, validators)
  }

  @Test(
    "slashed validators go, their operators are marked, and those without an operator stay and are reported")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      let (_, validators) = try await seed(harness)
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 4) {
        try await harness.expect(Sparta.validators, holds: Array(validators[3...]))
      }
      #expect(run.fold.plan?.units == 2)
      #expect(
        Set(try await harness.notes(of: run)) == [
          "data validatorWithoutOperator validatorAddress=0xC1",
          "data operatorNotFound validatorAddress=0xD1",
          "warning operatorSlashed discordId=1", "warning operatorSlashed discordId=2",
          "warning validatorSlashed validatorAddress=0xA1", "warning validatorSlashed validatorAddress=0xA2",
          "warning validatorSlashed validatorAddress=0xB1",
        ])
      #expect(
        run.fold.plan?.counters.map { "\($0.name): \($0.value)" } == [
          "validators in the database: 11", "validators on chain: 7", "slashed validators: 5",
          "slashed validators with operators: 3", "slashed validators without operators: 2",
          "affected operators: 2", "validators removed: 3", "operators marked: 1",
          "operators already marked: 1", "errors: 2",
        ])
      let messages = try await harness.journal.notes(of: run.fold.number).map {
        try $0.decode(NoteDetail.self).message
      }
      #expect(
        messages.contains(
          "validators slashed: 2; discordUsername: ann; walletAddress: 0xWallet1; was approved: yes"))
    }
  }

  @Test(
    "after 06 operators are found in the table keyed by address: named as the table, as the new one, or by itself",
    arguments: [
      ["NODE_OPERATORS_TABLE_NAME": Sparta.new, "NEW_NODE_OPERATORS_TABLE_NAME": ""], [:],
      ["NEW_NODE_OPERATORS_TABLE_NAME": ""],
    ])
  func afterRekeying(variables: [String: String]) async throws {
    try await MigrationHarness.use { harness in
      let (operators, validators) = try await seed(harness)
      // 2 has no validator with an address and stayed behind; 1 and 3 moved.
      try await harness.store.delete(Sparta.old)
      let isMovedWhole = variables["NODE_OPERATORS_TABLE_NAME"] != nil
      let stayed = isMovedWhole ? [] : [operators[1]]
      try await harness.seed(Sparta.oldTable(), stayed)
      let moved = zip(isMovedWhole ? operators : [operators[0], operators[2]], ["0xA", "0xB", "0xC"]).map {
        Sparta.moved($0, to: $1)
      }
      try await harness.seed(Sparta.newTable(), moved)
      let settings = Sparta.settings(variables)
      let run = try await harness.cycle(migration, settings, planned: 4) {
        try await harness.expect(Sparta.validators, holds: Array(validators[3...]))
      }
      let notes = try await harness.notes(of: run)
      #expect(
        notes.filter { $0.hasPrefix("data operatorNotFound") } == [
          "data operatorNotFound validatorAddress=0xD1"
        ])
      #expect(notes.contains("warning operatorSlashed address=\(Sparta.address("0xA"))"))
      #expect(harness.counters(of: run)["operators marked"] == 1)
    }
  }

  @Test("an operator that 06 with --keep-source has left in both tables is marked in both, in one unit")
  func keptSource() async throws {
    try await MigrationHarness.use { harness in
      let (operators, _) = try await seed(harness)
      try await harness.seed(Sparta.newTable(), [Sparta.moved(operators[0], to: "0xA")])
      let run = try await harness.run(migration, Sparta.settings())
      #expect(run.fold.plan?.units == 2 && run.counts.applied == 5)
      try await harness.expect(
        Sparta.new, holds: [marked(Sparta.moved(operators[0], to: "0xA"), by: run, harness)])
    }
  }

  @Test("an operator's other attributes stay as they are")
  func marks() async throws {
    try await MigrationHarness.use { harness in
      let (operators, _) = try await seed(harness)
      let run = try await harness.run(migration, Sparta.settings())
      try await harness.expect(
        Sparta.old, holds: [marked(operators[0], by: run, harness), operators[1], operators[2]])
    }
  }

  @Test("an operator who was changed meanwhile keeps the validators: both or neither")
  func unit() async throws {
    try await MigrationHarness.use { harness in
      let (operators, validators) = try await seed(harness)
      let dry = try await harness.run(migration, Sparta.settings(), RunRequest(dryRun: true))
      try await harness.store.put([operators[0].with(["isApproved": .null])], into: Sparta.old)
      let run = try await harness.resume(dry, migration)
      #expect(run.counts.failed == 3 && run.counts.applied == 1)
      try await harness.expect(Sparta.validators, holds: Array(validators[..<2] + validators[3...]))
    }
  }

  @Test("a set that is empty or would slash more than half is refused after planning, unless it is allowed")
  func massDelete() async throws {
    for chain in [[], ["0x1", "0x2"]] {
      try await MigrationHarness.use { harness in
        try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
        try await harness.seed(Sparta.validatorsTable(), (1...5).map { Sparta.validatorItem("0x\($0)", "1") })
        harness.inputs.set("validators", Sparta.onChain(chain))
        let message = try await harness.refusedRun(migration, Sparta.settings())
        #expect(message.contains("--allow-mass-delete") && message.contains("API_URL"))
        let fold = try #require(try await harness.journal.runs().first)
        #expect(fold.plan?.changes == 6 - chain.count && fold.position.state == .planned)
        let allowed = Sparta.settings(options: [.allowMassDelete])
        try await harness.cycle(migration, allowed, planned: 6 - chain.count) {
          try await harness.expect(Sparta.validators, count: chain.count)
        }
      }
    }
  }

  @Test("half of the table is not more than half, and empty tables are nothing to guard")
  func noMassDelete() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
      try await harness.seed(Sparta.validatorsTable())
      harness.inputs.set("validators", Sparta.onChain([]))
      try await harness.cycle(migration, Sparta.settings(), planned: 0) {}
      try await harness.store.put(
        (1...4).map { Sparta.validatorItem("0x\($0)", "1") }, into: Sparta.validators)
      harness.inputs.set("validators", Sparta.onChain(["0x1", "0x2"]))
      try await harness.cycle(migration, Sparta.settings(), planned: 3) {
        try await harness.expect(Sparta.validators, count: 2)
      }
    }
  }

  @Test("test mode takes the first slashed validator only, with its operator")
  func testMode() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
      try await harness.seed(Sparta.validatorsTable(), (1...5).map { Sparta.validatorItem("0x\($0)", "1") })
      harness.inputs.set("validators", Sparta.onChain(["0x4", "0x5", "0x1"]))
      let run = try await harness.run(migration, Sparta.settings(testMode: true))
      #expect(run.counts.applied == 2 && run.fold.plan?.units == 1)
      try await harness.expect(Sparta.validators, count: 4)
      #expect(harness.counters(of: run)["slashed validators"] == 2)
      #expect(run.fold.plan?.unread == [UnreadPart("slashed validators", read: 1, of: 2)])
    }
  }

  @Test(
    "a reply that is not what it must be is refused, saying what was missing",
    arguments: [
      ("<html>", "not valid JSON"),
      (#"{"success": true, "data": {}}"#, "'data.blockchainValidators' is missing"),
      (
        #"{"success": true, "data": {"blockchainValidators": {}}}"#,
        "'data.blockchainValidators.validators' is missing"
      ),
      (#"{"success": true, "data": {"blockchainValidators": {"validators": [1]}}}"#, "entry 1 of"),
      (#"{"success": false, "data": {"blockchainValidators": {"validators": []}}}"#, "'success' is not true"),
    ])
  func badReplies(reply: String, problem: String) async throws {
    try await MigrationHarness.use { harness in
      _ = try await seed(harness)
      harness.inputs.set("validators", reply)
      let message = try await harness.refusedRun(migration, Sparta.settings())
      #expect(message.contains(problem) && message.contains("/api/operator/validators"))
    }
  }

  @Test("missing tables and keys, and a server without a key, are refused")
  func refusals() async throws {
    try await MigrationHarness.use { harness in
      let missing = try await harness.refusal(migration, Sparta.settings())
      #expect(missing.contains("'validators'") && missing.contains("01_migrate_validators"))
      try await harness.seed(Sparta.validatorsTable())
      #expect(try await harness.refusal(migration, Sparta.settings()).contains("'operators'"))
      let keyed = Sparta.settings(["NODE_OPERATORS_TABLE_NAME": Sparta.validators])
      #expect(try await harness.refusal(migration, keyed).contains("needs discordId:S or address:S"))
      try await harness.seed(Sparta.oldTable())
      let remote = Sparta.settings(["API_URL": "https://api.test"])
      #expect(try await harness.refusal(migration, remote).contains("BACKEND_API_KEY"))
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      _ = try await seed(harness)
      try await harness.loseEachWrite(migration, Sparta.settings(), writes: 2)
    }
  }

  @Test("a plan that is interrupted in the middle goes on without the API, and repeats nothing")
  func interrupted() async throws {
    try await MigrationHarness.use { harness in
      let ids = (0..<1_500).map { String(1_000 + $0) }
      try await harness.seed(
        Sparta.oldTable(), ids.filter { !$0.hasSuffix("7") }.map { Sparta.anOperator($0) })
      try await harness.seed(Sparta.validatorsTable(), ids.map { Sparta.validatorItem("0x\($0)", $0) })
      harness.inputs.set("validators", Sparta.onChain(["0xother"]))
      let settings = Sparta.settings(options: [.allowMassDelete])
      let whole = try await harness.run(migration, settings, RunRequest(dryRun: true))
      let stop = StopSignal()
      let looks = Count()
      let store = WatchedStore(
        harness.store, before: { if case .items = $0, looks.next() == 8 { stop.request() } })
      let cut = try await harness.run(migration, settings, on: store, stop: stop)
      #expect(try cut.fold.position.state == .interrupted && cut.fold.checkpoint?.step == "operators")
      harness.inputs.set("validators", nil)
      let resumed = try await harness.resume(cut, migration)
      #expect(resumed.fold.plan?.digest == whole.fold.plan?.digest)
      #expect(resumed.fold.plan?.counters == whole.fold.plan?.counters)
      #expect(resumed.counts.applied == 2 * 1_350)
      try await harness.expect(Sparta.validators, count: 150)
    }
  }

  @Test("an operator with more validators than a transaction takes is one unit still, and passes the cycle")
  func large() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
      try await harness.seed(
        Sparta.validatorsTable(), (0..<250).map { Sparta.validatorItem("0x\(1_000 + $0)", "1") })
      harness.inputs.set("validators", Sparta.onChain(["0xother"]))
      let settings = Sparta.settings(options: [.allowMassDelete])
      let run = try await harness.cycle(migration, settings, planned: 251) {
        try await harness.expect(Sparta.validators, count: 0)
      }
      #expect(run.fold.plan?.units == 1)
    }
  }
}
