import Foundation
import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("02_populate_validators")
struct PopulateValidatorsTests {
  let migration = PopulateValidators()
  private static let token = "a b/ü+=?&%2F"

  /// Two pages of operators, and a set with an address twice.
  private func answer(_ harness: MigrationHarness) {
    harness.inputs.set("validators", Sparta.onChain(["0xAa", "0xBB", "0xaA", "0xCc", "0xDd", "0xEe"]))
    harness.inputs.set(
      "operators-1", Sparta.operators([("1", "0xaA"), ("2", "0xbb"), ("9", "0x99")], next: Self.token))
    harness.inputs.set("operators-2", Sparta.operators([("3", "0xcc"), ("4", "0xDD"), ("8", "0xAA")]))
  }

  @Test("validators are matched by wallet: new ones are made, strayed ones given back, right ones left alone")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      let stray = Sparta.validatorItem("0xbB", "7")
      let right = Sparta.validatorItem("0xCc", "3")
      let nobodys = Sparta.validatorItem("0xdd", nil)
      try await harness.seed(Sparta.validatorsTable(), [stray, right, nobodys])
      answer(harness)
      let first = try await harness.run(migration, Sparta.settings())
      let now = AttributeValue.number(harness.now(of: first))
      let made: Item = [
        "validatorAddress": .string("0xAa"), "nodeOperatorId": .string("1"), "createdAt": now,
        "updatedAt": now,
      ]
      try await harness.expect(
        Sparta.validators,
        holds: [
          made, right, stray.with(["nodeOperatorId": .string("2"), "updatedAt": now]),
          nobodys.with(["nodeOperatorId": .string("4"), "updatedAt": now]),
        ])
      _ = try await harness.rollBack(first)
      let run = try await harness.cycle(migration, Sparta.settings(), planned: 3) {
        try await harness.expect(Sparta.validators, count: 4)
      }
      #expect(try await harness.notes(of: run) == ["conflict walletShared"])
      #expect(
        run.fold.plan?.counters.map { "\($0.name): \($0.value)" } == [
          "validators on chain: 5", "validators with operators: 4", "validators without operators: 1",
          "operators with validators: 4", "operators without validators: 2", "created: 1",
          "given to another operator: 2", "already as wanted: 1", "wallets of several operators: 1",
          "errors: 0",
        ])
    }
  }

  @Test("after the API has changed only the differences are planned")
  func differences() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      answer(harness)
      #expect(try await harness.run(migration, Sparta.settings()).counts.applied == 4)
      harness.inputs.set("operators-1", Sparta.operators([("2", "0xbb"), ("5", "0xeE"), ("8", "0xAA")]))
      let run = try await harness.run(migration, Sparta.settings())
      #expect(run.counts.planned == 2)
      #expect(harness.counters(of: run)["already as wanted"] == 1)
    }
  }

  @Test("the page's token is percent-encoded, and sent as it came otherwise")
  func token() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      answer(harness)
      let settings = ["API_URL": "https://api.test", "BACKEND_API_KEY": "k"]
      let run = try await harness.run(migration, Sparta.settings(settings))
      let encoded = "pageToken=a%20b%2F%C3%BC%2B%3D%3F%26%252F"
      #expect(
        harness.inputs.requests.map(\.url) == [
          "https://api.test/api/operator/validators", "https://api.test/api/operator/operators",
          "https://api.test/api/operator/operators?\(encoded)",
        ])
      #expect(harness.inputs.requests.allSatisfy { $0.headers.map(\.value) == ["k"] })
      #expect(run.counts.applied == 4)
    }
  }

  @Test("of files, the second page is the one with the query in its name")
  func files() async throws {
    try await MigrationHarness.use { harness in
      try await withTemporaryFolder { folder in
        let api = folder + "/api/operator"
        try FileManager.default.createDirectory(atPath: api, withIntermediateDirectories: true)
        let write = { (name: String, text: String) in
          try text.write(toFile: "\(api)/\(name)", atomically: true, encoding: .utf8)
        }
        try write("validators", Sparta.onChain(["0xA", "0xB"]))
        try write("operators", Sparta.operators([("1", "0xa")], next: "x/y z"))
        try write("operators?pageToken=x%2Fy%20z", Sparta.operators([("2", "0xb")]))
        try await harness.seed(Sparta.validatorsTable())
        let run = try await harness.run(migration, Sparta.settings(["API_URL": "file://" + folder]))
        #expect(run.counts.applied == 2)
      }
    }
  }

  @Test(
    "a page that is not what it must be is refused, saying what was missing",
    arguments: [
      ("<html>", "not valid JSON"), ("[]", "it is not an object"), ("{}", "'operators' is missing"),
      (#"{"operators": {}}"#, "'operators' is not an array"),
      (#"{"operators": [], "nextPageToken": 7}"#, "'nextPageToken' is not a string"),
      (#"{"operators": [], "nextPageToken": "again"}"#, "read already"),
    ])
  func badPages(page: String, problem: String) async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      answer(harness)
      harness.inputs.set("operators-1", #"{"operators": [], "nextPageToken": "again"}"#)
      harness.inputs.set("operators-2", page)
      let message = try await harness.refusedRun(migration, Sparta.settings())
      #expect(message.contains(problem) && message.contains("/api/operator/operators"))
      #expect(!message.contains("again"))
    }
  }

  @Test("odd data is reported: an operator without a wallet, an address that is in the table twice")
  func oddities() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(
        Sparta.validatorsTable(), [Sparta.validatorItem("0xAA", "1"), Sparta.validatorItem("0xaa", "1")])
      harness.inputs.set("validators", Sparta.onChain(["0xAa"]))
      harness.inputs.set(
        "operators-1", #"{"operators": [{"discordId": "2"}, {"discordId": "1", "walletAddress": "0xAA"}, 7]}"#
      )
      let run = try await harness.run(migration, Sparta.settings())
      #expect(run.counts.planned == 0)
      let codes = try await harness.notes(of: run).map { $0.prefix { $0 != "=" } }
      #expect(codes == ["data badOperator", "data badOperator", "data validatorTwice validatorAddress"])
      #expect(harness.counters(of: run)["errors"] == 3)
    }
  }

  @Test("empty replies plan nothing, and test mode takes five validators")
  func limits() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable())
      harness.inputs.set("validators", Sparta.onChain([]))
      harness.inputs.set("operators-1", Sparta.operators([]))
      try await harness.cycle(migration, Sparta.settings(), planned: 0) {}
      harness.inputs.set("validators", Sparta.onChain((1...9).map { "0x\($0)" }))
      harness.inputs.set("operators-1", Sparta.operators((1...9).map { ("\($0)", "0x\($0)") }))
      #expect(try await harness.run(migration, Sparta.settings(testMode: true)).counts.applied == 5)
    }
  }

  @Test("a table that is missing or keyed otherwise, and a server without a key, are refused")
  func refusals() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable())
      #expect(try await harness.refusal(migration, Sparta.settings()).contains("01_migrate_validators"))
      let keyed = Sparta.settings(["VALIDATORS_TABLE_NAME": Sparta.old])
      #expect(try await harness.refusal(migration, keyed).contains("needs validatorAddress:S"))
      let remote = Sparta.settings(["API_URL": ""])
      #expect(try await harness.refusal(migration, remote).contains("BACKEND_API_KEY"))
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.validatorsTable(), [Sparta.validatorItem("0xbB", "7")])
      answer(harness)
      try await harness.loseEachWrite(migration, Sparta.settings(), writes: 4)
    }
  }
}
