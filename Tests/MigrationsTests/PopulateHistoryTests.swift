import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("05_populate_validator_history")
struct PopulateHistoryTests {
  let migration = PopulateValidatorHistory()

  private func settings(
    _ more: [String: String] = [:], testMode: Bool = false, limit: Int? = nil
  ) -> Settings {
    let variables = [
      "VALIDATOR_HISTORY_TABLE_NAME": "history", "AZTEC_RPC_URL": "https://node.test/rpc?key=s3cret",
    ]
    return Settings(variables: variables.merging(more) { $1 }, testMode: testMode, limit: limit)
  }

  private func table(_ slot: KeyType = .number) -> TableSpec {
    let key = KeySchema(
      partition: KeyAttribute("validatorAddress", .string), sort: KeyAttribute("slot", slot))
    return TableSpec(name: "history", key: key)
  }

  private func item(_ address: String, _ slot: Int64, _ status: String, at time: Int64) -> Item {
    [
      "validatorAddress": .string(Sparta.address(address)), "slot": .number(slot), "status": .string(status),
      "timestamp": .number(time),
    ]
  }

  private func reply(_ stats: String) -> String {
    let whole = stats.replacing(/"(0x[0-9a-fA-F]{1,4})"/) { "\"\(Sparta.address(String($0.1)))\"" }
    return #"{"jsonrpc": "2.0", "id": 1, "result": {"stats": \#(whole)}}"#
  }

  private let sent = #""status": "attestation-sent""#

  @Test("entries are written that the table lacks, slots being strings or numbers")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      let known = item("0xAb", 48_212, "other", at: 1)
      try await harness.seed(table(), [known])
      harness.inputs.set(
        "validators-stats",
        reply(
          """
          {"0xAb": {"address": "0xab", "history": [{"slot": "48211", \(sent)}, {"slot": 48212, \(sent)}], "total": 2},
           "0xab": {"history": [{"slot": 48211.0, "status": "block-mined", "more": [1]}]},
           "0xcc": {"address": "0xcc"}, "0xdd": {"history": null}, "0xee": {"history": []}}
          """))
      let run = try await harness.cycle(migration, settings(), planned: 2) {
        try await harness.expect("history", count: 3)
      }
      let now = harness.now(of: run)
      try await harness.expect(
        "history",
        holds: [
          known, item("0xAb", 48_211, "attestation-sent", at: now),
          item("0xab", 48_211, "block-mined", at: now),
        ])
      #expect(try await harness.notes(of: run).isEmpty)
      #expect(
        run.fold.plan?.counters.map { "\($0.name): \($0.value)" } == [
          "validators fetched: 5", "validators with history: 3", "entries fetched: 3", "entries processed: 3",
          "new entries: 2", "entries that exist: 1", "entries of a slot that came twice: 0", "errors: 0",
        ])
      let request = try #require(harness.inputs.requests.first)
      #expect(request.method == "POST")
      let body = #"{"jsonrpc":"2.0","id":1,"method":"node_getValidatorsStats","params":[]}"#
      #expect(String(decoding: request.body, as: UTF8.self) == body)
      #expect(!run.fold.started.options.values.contains { $0.contains("s3cret") })
    }
  }

  @Test("a slot that comes twice counts once, and what is no entry is a data error")
  func oddEntries() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table())
      harness.inputs.set(
        "validators-stats",
        reply(
          """
          {"0xa": {"history": [{"slot": 7, \(sent)}, {"slot": "7", "status": "late"}, {"slot": 6, \(sent)}]},
           "0xb": {"history": [{"slot": 1.5, \(sent)}, {"slot": "x", \(sent)}, {"slot": -1, \(sent)}, {\(sent)},
                               {"slot": 1}, 9, [2], {"slot": null, \(sent)}, {"slot": "", \(sent)}]},
           "": {"history": [{"slot": 1, \(sent)}]}, "0x00000": {"history": [{"slot": 1, \(sent)}]},
           "0xZ0000000000000000000000000000000000000ab": {"history": [{"slot": 1, \(sent)}]}, "0xa": {"history": [{"slot": 6, \(sent)}]}}
          """))
      let run = try await harness.cycle(migration, settings(), planned: 2) {
        try await harness.expect("history", count: 2)
      }
      let notes = try await harness.notes(of: run)
      #expect(notes.filter { $0 == "data slotTwice" }.count == 2)
      #expect(notes.filter { $0 == "data badEntry" }.count == 12)
      #expect(harness.counters(of: run)["errors"] == 12)
      #expect(harness.counters(of: run)["entries of a slot that came twice"] == 2)
      let statuses = try await harness.items(of: "history").map { $0["status"]?.stringValue }
      #expect(statuses == ["attestation-sent", "attestation-sent"])
    }
  }

  @Test(
    "a reply that is not what it must be is refused, saying what was missing",
    arguments: [
      ("", "not valid JSON"), ("[]", "it is not an object"), (#"{"id": 1}"#, "'result' is missing"),
      (#"{"result": 7}"#, "'result' is not an object"), (#"{"result": {}}"#, "'result.stats' is missing"),
      (#"{"result": {"stats": []}}"#, "'result.stats' is not an object"),
      (#"{"result": {"stats": {"0xa": 1}}}"#, "validator 1 of 'result.stats' is not an object"),
      (#"{"result": {"stats": {"0xa": {"history": {}}}}}"#, "the history of validator 1"),
      (#"{"result": {"stats": {"0xa": {"history": [{"slot": 1, "status": "x"}]}}}"#, "not valid JSON"),
      (
        #"{"id": 1, "error": {"code": -32601, "message": "method\nnot found"}}"#,
        "the server reports error -32601: method not found"
      ),
      (#"{"result": {"stats": {}}, "error": {}}"#, "error unknown: no message"),
    ])
  func badReplies(reply: String, problem: String) async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table())
      harness.inputs.set("validators-stats", reply)
      let message = try await harness.refusedRun(migration, settings())
      #expect(message.contains(problem) && message.contains("https://node.test [secret part "))
      #expect(!message.contains("s3cret"))
    }
  }

  @Test("test mode takes the first two validators, and --limit so many entries")
  func limits() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table())
      let history = (1...300).map { #"{"slot": \#($0), \#(sent)}"# }.joined(separator: ",")
      let stats = ["0xa", "0xb", "0xc"].map { #""\#($0)": {"history": [\#(history)]}"# }.joined(
        separator: ",")
      harness.inputs.set("validators-stats", reply("{\(stats)}"))
      let limited = try await harness.run(migration, settings(limit: 250))
      #expect(limited.counts.applied == 250)
      let run = try await harness.run(migration, settings(testMode: true))
      #expect(run.counts.applied == 350 && harness.counters(of: run)["entries that exist"] == 250)
      try await harness.expect("history", count: 600)
    }
  }

  @Test(
    "a history table whose slot is not a number is refused with the remedy, and so is one that is not there")
  func refusals() async throws {
    try await MigrationHarness.use { harness in
      let unset = try await harness.refusal(migration, settings(["VALIDATOR_HISTORY_TABLE_NAME": ""]))
      #expect(unset.contains("VALIDATOR_HISTORY_TABLE_NAME is not set"))
      let missing = try await harness.refusal(migration, settings())
      #expect(missing.contains("there is no table 'history'"))
      try await harness.seed(table(.string))
      let keyed = try await harness.refusal(migration, settings())
      #expect(keyed.contains("slot:S") && keyed.contains("--key validatorAddress:S --sort slot:N"))
      let noURL = try await harness.refusal(migration, settings(["AZTEC_RPC_URL": ""]))
      #expect(noURL.contains("AZTEC_RPC_URL is not set") && noURL.contains("no default"))
      let badURL = try await harness.refusal(migration, settings(["AZTEC_RPC_URL": "node.test"]))
      #expect(badURL.contains("AZTEC_RPC_URL") && !badURL.contains("node.test"))
    }
  }

  @Test("a plan that is interrupted in the middle goes on without the server, and repeats nothing")
  func interrupted() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table())
      // Slots come twice, so that what is read past must be known as well.
      let history = (0..<3_000).map { #"{"slot": \#($0 % 2_500), \#(sent)}"# }.joined(separator: ",")
      harness.inputs.set("validators-stats", reply(#"{"0xa": {"history": [\#(history)]}}"#))
      let whole = try await harness.run(migration, settings(), RunRequest(dryRun: true))
      let stop = StopSignal()
      let looks = Count()
      let store = WatchedStore(
        harness.store, before: { if case .items = $0, looks.next() == 20 { stop.request() } })
      let cut = try await harness.run(migration, settings(), on: store, stop: stop)
      #expect(try cut.fold.position.state == .interrupted && cut.fold.checkpoint?.step == "history")
      harness.inputs.set("validators-stats", nil)
      let resumed = try await harness.resume(cut, migration, variables: settings().variables)
      #expect(resumed.fold.plan?.digest == whole.fold.plan?.digest)
      #expect(resumed.fold.plan?.counters == whole.fold.plan?.counters)
      #expect(resumed.counts.applied == 2_500)
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table())
      let history = (1...3).map { #"{"slot": \#($0), \#(sent)}"# }.joined(separator: ",")
      harness.inputs.set("validators-stats", reply(#"{"0xa": {"history": [\#(history)]}}"#))
      try await harness.loseEachWrite(migration, settings(), writes: 3)
    }
  }
}
