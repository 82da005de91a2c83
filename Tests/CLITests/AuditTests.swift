import Foundation
import TestSupport
import Testing

@Suite("audit and history") struct AuditTests {
  /// A journal with a run that was applied and rolled back, and one of another migration.
  private func withHistory(_ body: (OperatorFolder) async throws -> Void) async throws {
    try await withOperators { data in
      try await data.product().succeed("run", "test-migration", "--reason", "a look")
      try await data.product().succeed("run", rekeying, "--reason", "OPS-1")
      let other = data.product(["USER": "other", "LOGNAME": "other"])
      try await other.succeed("rollback", "latest")
      try await body(data)
    }
  }

  private func audit(_ data: OperatorFolder, _ filters: String...) async throws -> [AuditLine] {
    let outcome = try await data.product().run(["audit", "--format", "json"] + filters)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.lines()
  }

  @Test("a line has the members of the contract, events stand in order")
  func members() async throws {
    try await withHistory { data in
      let lines = try await audit(data)
      #expect(lines.map(\.seq) == lines.map(\.seq).sorted())
      #expect(Set(lines.map(\.event)) == ["planned", "applied", "compensated"])
      let raw = try await data.product().succeed("audit", "--format", "json").split(separator: "\n")
      let object = try JSONSerialization.jsonObject(with: Data(raw[0].utf8)) as? [String: Any]
      let names = Set(try #require(object).keys)
      let contract = [
        "seq", "at", "event", "run", "migration", "table", "key", "before", "after", "actor", "reason",
      ]
      #expect(names.isSuperset(of: contract))
      let text = try await data.product().succeed("audit")
      #expect(text.split(separator: "\n").count == lines.count + 1)
      #expect(text.contains("discordId=\(data.id(3))"))
    }
  }

  @Test("every filter lets through what it names, and all of them hold at once")
  func filters() async throws {
    try await withHistory { data in
      #expect(try await audit(data, "--migration", rekeying).count == 72)
      #expect(try await audit(data, "--run", "latest").count == 72)
      #expect(try await audit(data, "--table", source).count == 36)
      #expect(try await audit(data, "--event", "compensated").count == 24)
      #expect(try await audit(data, "--event", "failed").isEmpty)
      let key = "discordId=\(data.id(5))"
      #expect(
        try await audit(data, "--table", source, "--key", key).map(\.event) == [
          "planned", "applied", "compensated",
        ])
      #expect(
        try await audit(data, "--table", source, "--key", #"{"discordId":{"S":"\#(data.id(5))"}}"#).count == 3
      )
      #expect(try await audit(data, "--attribute", "score").count == 72)
      #expect(try await audit(data, "--attribute", "none").isEmpty)
      let lines = try await audit(data)
      let reasons = Dictionary(grouping: lines, by: \.migration).mapValues { Set($0.map(\.reason)) }
      #expect(reasons == ["test-migration": ["a look"], rekeying: ["OPS-1"]])
      let actors = Dictionary(grouping: lines, by: \.actor.user).mapValues(\.count)
      for (user, count) in actors {
        #expect(try await audit(data, "--actor", user).count == count)
        #expect(try await audit(data, "--actor", "\(user)@\(lines[0].actor.host)").count == count)
      }
      try await expectRefusal(data, ["audit", "--actor", "nobody at all"], 2, ["nobody at all"])
      let start = try #require(lines.first { $0.migration == rekeying }).at
      #expect(try await audit(data, "--since", start).count == lines.filter { $0.at >= start }.count)
      #expect(try await audit(data, "--until", start).count == lines.filter { $0.at <= start }.count)
      #expect(try await audit(data, "--since", "2020-01-01", "--until", "2020-12-31").isEmpty)
      #expect(try await audit(data, "--table", target, "--event", "applied", "--run", "06-").count == 12)
    }
  }

  @Test("the history of an item says what changed, when, by whom, in which run and why")
  func history() async throws {
    try await withHistory { data in
      let text = try await data.product().succeed("history", source, "discordId=\(data.id(5))")
      let run = try await audit(data, "--run", "latest")[0]
      for part in [
        "\(source) discordId=\(data.id(5))", "delete, moved to \(target) address=0x",
        "by run \(run.run) of \(rekeying)", "reason: OPS-1",
        #"- name = "someone 5""#, "- score = 5.5", "applied by \(run.actor.user)@\(run.actor.host)",
        "undone by",
      ] { #expect(text.contains(part), "'\(part)' is missing in \(text)") }
      let same = try await data.product().succeed("history", source, #"{"discordId":{"S":"\#(data.id(5))"}}"#)
      #expect(same == text)
      let document = try await data.product().run(
        "history", source, "discordId=\(data.id(5))", "--format", "json")
      #expect(try document.members() == ["table", "key", "events"])
      #expect(
        try document.decoded(History.self).events.map(\.event) == ["planned", "applied", "compensated"])
    }
  }

  @Test("a key of two attributes is typed as a pair, and an item that no run touched has no history")
  func sortKeys() async throws {
    try await withHistory { data in
      let product = data.product()
      try await product.succeed(
        "tables", "create", "slots", "--key", "validatorAddress:S", "--sort", "slot:N")
      let outcome = try await product.run(
        "history", "slots", "validatorAddress=0xab,slot=048211.0", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains(#"{"slot":{"N":"48211"},"validatorAddress":{"S":"0xab"}}"#))
      #expect(try outcome.decoded(History.self).events.isEmpty)
      for slot in ["many", ""] {
        expectSentence(
          try await product.run("history", "slots", "validatorAddress=0xab,slot=\(slot)"), 64, ["number"])
      }
      let text = try await product.succeed("history", "slots", "slot=1,validatorAddress=0xab")
      #expect(text.contains("no run in this journal has planned a change of this item"))
      expectSentence(
        try await product.run("history", "slots", "validatorAddress=0xab"), 64, ["validatorAddress=…,slot=…"])
      expectSentence(
        try await product.run("history", "none", "id=1"), 2, ["no table 'none'", "DynamoDB JSON"])
    }
  }

  private struct History: Decodable {
    struct Event: Decodable { let event: String }
    let table: String
    let events: [Event]
  }
}
