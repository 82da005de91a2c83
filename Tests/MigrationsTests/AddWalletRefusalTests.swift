import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("06_add_wallet_to_operators refuses")
struct AddWalletRefusalTests {
  let migration = AddWalletToOperators()

  /// The sentence of the refusal with which a run is not begun.
  private func refusal(_ harness: MigrationHarness, _ settings: Settings) async throws -> String {
    let error = await #expect(throws: Refusal.self) { _ = try await harness.run(migration, settings) }
    #expect(try await harness.journal.runs().isEmpty)
    return try #require(error).description
  }

  @Test("a source that is not named, not there, or keyed otherwise")
  func source() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.newTable())
      let unset = try await refusal(harness, Sparta.settings(["NODE_OPERATORS_TABLE_NAME": ""]))
      #expect(unset.contains("NODE_OPERATORS_TABLE_NAME is not set"))
      let missing = try await refusal(harness, Sparta.settings())
      #expect(missing.contains("'operators'") && missing.contains("NODE_OPERATORS_TABLE_NAME"))
      let older = try await refusal(harness, Sparta.settings(["OLD_NODE_OPERATORS_TABLE_NAME": "older"]))
      #expect(older.contains("'older'") && older.contains("OLD_NODE_OPERATORS_TABLE_NAME"))
      let keyed = try await refusal(harness, Sparta.settings(["NODE_OPERATORS_TABLE_NAME": Sparta.new]))
      #expect(keyed.contains("address:S") && keyed.contains("discordId:S"))
    }
  }

  @Test("a target that is not there, keyed otherwise, or the source itself")
  func target() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      let missing = try await refusal(harness, Sparta.settings())
      #expect(missing.contains("'\(Sparta.new)'") && missing.contains("--create-target"))
      let same = try await refusal(harness, Sparta.settings(["NEW_NODE_OPERATORS_TABLE_NAME": Sparta.old]))
      #expect(same.contains("source and target are both"))
      try await harness.seed(Sparta.oldTable("other"))
      let keyed = try await refusal(
        harness, Sparta.settings(["NEW_NODE_OPERATORS_TABLE_NAME": "other"], options: [.createTarget]))
      #expect(keyed.contains("'other' has the key discordId:S") && keyed.contains("address:S"))
      let sorted = KeySchema(partition: KeyAttribute("address", .string), sort: KeyAttribute("slot", .number))
      try await harness.seed(TableSpec(name: "sorted", key: sorted))
      let pair = try await refusal(harness, Sparta.settings(["NEW_NODE_OPERATORS_TABLE_NAME": "sorted"]))
      #expect(pair.contains("address:S,slot:N"))
    }
  }

  @Test("a target that is not named, unless there is one pair of tables only")
  func unnamedTarget() async throws {
    try await MigrationHarness.use { harness in
      let settings = Sparta.settings(["NEW_NODE_OPERATORS_TABLE_NAME": ""], options: [.createTarget])
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
      let none = try await refusal(harness, settings)
      #expect(none.contains("NEW_NODE_OPERATORS_TABLE_NAME is not set") && none.contains("--create-target"))
      try await harness.seed(TableSpec(name: "bare", key: Sparta.newTable().key))
      #expect(try await refusal(harness, settings).contains("no table is keyed by address:S"))
      try await harness.seed(Sparta.newTable("first"))
      try await harness.seed(Sparta.newTable("second"))
      let several = try await refusal(harness, settings)
      #expect(several.contains("first") && several.contains("second"))
      try await harness.store.delete("second")
      try await harness.seed(Sparta.oldTable("operators-prod"))
      #expect(try await refusal(harness, settings).contains("operators-prod"))
      try await harness.store.delete("operators-prod")
      harness.inputs.set("validators", Sparta.reply([Sparta.validator("0x1", "1")]))
      #expect(try await harness.run(migration, settings).counts.applied == 2)
      #expect(try await harness.items(of: "first").count == 1)
    }
  }

  @Test("an API over the network without a key; the key is sent and never journaled")
  func key() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      try await harness.seed(Sparta.newTable())
      for url in ["", "http://api.test", "HTTPS://api.test"] {
        #expect(try await refusal(harness, Sparta.settings(["API_URL": url])).contains("BACKEND_API_KEY"))
      }
      #expect(try await refusal(harness, Sparta.settings(["API_URL": "api.test"])).contains("API_URL"))
      harness.inputs.set("validators", Sparta.reply([]))
      let secret = ["API_URL": "https://api.test/base//", "BACKEND_API_KEY": "s3cret"]
      let run = try await harness.run(migration, Sparta.settings(secret))
      let request = try #require(harness.inputs.requests.first)
      #expect(request.url == "https://api.test/base/api/validator/validators")
      #expect(request.headers.map { "\($0.name): \($0.value)" } == ["x-api-key: s3cret"])
      let journaled = try #require(run.fold.started.options["API_URL"])
      #expect(journaled.hasPrefix("https://api.test [secret part ") && !journaled.contains("base"))
      #expect(!run.fold.started.options.values.contains { $0.contains("s3cret") })
    }
  }

  @Test("the default API is the local one")
  func defaultAPI() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      try await harness.seed(Sparta.newTable())
      harness.inputs.set("validators", Sparta.reply([]))
      _ = try await harness.run(migration, Sparta.settings(["API_URL": "", "BACKEND_API_KEY": "k"]))
      #expect(harness.inputs.requests.map(\.url) == ["http://localhost:3000/api/validator/validators"])
    }
  }

  @Test(
    "a reply that is not what it must be, saying what was missing",
    arguments: [
      ("", "not valid JSON"), ("<html>", "not valid JSON"), ("[]", "not an object"),
      (#"{"success": true}"#, "'data' is missing"),
      (#"{"success": true, "data": []}"#, "'data' is not an object"),
      (#"{"success": true, "data": {}}"#, "'data.validators' is missing"),
      (#"{"success": true, "data": {"validators": null}}"#, "'data.validators' is not an array"),
      (#"{"success": true, "data": {"validators": {}}}"#, "'data.validators' is not an array"),
      (#"{"data": {"validators": []}}"#, "'success' is not true"),
      (#"{"data": {"validators": [{"address": "0x1", "operatorId": "1"}]}, "success": false}"#, "'success'"),
      (#"{"success": "true", "data": {"validators": []}}"#, "'success' is not true"),
      (#"{"success": true, "data": {"validators": []}} x"#, "not valid JSON"),
      (#"{"success": true, "data": {"validators": [{"address": "0x1", "operatorId": "1"}"#, "not valid JSON"),
      (#"{"success": true, "data": {"validators": []}, "data": {}}"#, "'data' twice"),
    ])
  func badReplies(reply: String, problem: String) async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
      try await harness.seed(Sparta.newTable())
      let start = try await harness.dump()
      harness.inputs.set("validators", reply)
      let run = try await harness.run(migration, Sparta.settings())
      guard case .refused(let message) = run.end else {
        Issue.record("the run ended as \(run.end)")
        return
      }
      #expect(message.contains(problem) && message.contains("file:///api/api/validator/validators"))
      #expect(run.counts.planned == 0)
      #expect(try await harness.dump() == start)
      // A better reply is fetched anew when the run is resumed.
      harness.inputs.set("validators", Sparta.reply([Sparta.validator("0x1", "1")]))
      let resumed = try await harness.resume(run, migration)
      #expect(resumed.fold.position.state == .applied)
      #expect(resumed.counts.applied == 2)
    }
  }
}
