import Foundation
import TestSupport
import Testing

@Suite("A rollback in part, as it is typed") struct PartialRollbackTests {
  private struct Plan: Decodable {
    struct Decision: Decodable {
      struct Way: Decodable {
        let commands: [String]
      }
      let choice: String
      let why: [String]
      let undo: Way
      let restore: Way?
    }
    struct Since: Decodable {
      struct Part: Decodable {
        let attribute: String?
        let items: Int
      }
      struct Author: Decodable {
        let migration: String
        let items: Int
      }
      let attributes: [Part]
      let by: [Author]
      let unknown: Int
    }
    let changes: Int
    let decision: Decision?
    let changedSince: Since?
  }

  private func keys(_ data: OperatorFolder, _ numbers: some Sequence<Int>) -> String {
    numbers.map { #"{"table":"\#(target)","key":{"address":{"S":"\#(data.address($0))"}}}"# + "\n" }.joined()
  }

  @Test("keys come from options, from a file, or from standard input; what stays is said, exit code 0")
  func keys() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      let two = try await product.run(
        "rollback", "latest", "--table", target, "--key", "address=\(data.address(0))", "--key",
        "address=\(data.address(1))")
      #expect(
        two.status == 0 && two.errors.contains("rolled back but for 20 changes, as asked"), "\(two.errors)")
      let file = data.folder + "/keys"
      try write(keys(data, 2..<5) + "\n", to: file)
      let three = try await product.run("rollback", "latest", "--keys-from", file, "--format", "json")
      #expect(three.status == 0, "\(three.errors)")
      #expect(try three.decoded(RunAnswer.self).counts["compensated"] == 10)
      #expect(try await product.export(source).count == 3 + 5)
      let again = try await product.run("rollback", "latest", "--keys-from", file)
      expectSentence(again, 2, ["left nothing to undo in the tables of these keys", data.address(2)])
    }
  }

  @Test(
    "a file that is no list of keys is refused with its line, and nothing is undone",
    arguments: [
      ("nonsense", "line 1"), (#"{"address":{"S":"x"}}"#, "does not say which table"), ("", "names no key"),
      (#"{"table":"elsewhere","key":{"address":{"S":"x"}}}"#, "left nothing to undo"),
    ])
  func badFiles(text: String, words: String) async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      try await data.product().succeed("run", rekeying)
      let head = try await data.product().succeed("audit", "verify")
      let file = data.folder + "/keys"
      try write(text + "\n", to: file)
      expectSentence(try await data.product().run("rollback", "latest", "--keys-from", file), 2, [words])
      #expect(try await data.product().succeed("audit", "verify") == head)
    }
  }

  @Test("a condition is asked of items as the run left them; one that nothing meets is exit 2")
  func condition() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      let plan = try await product.run(
        "rollback-plan", "latest", "--table", target, "--where", "begins_with(#name, 'someone 1')",
        "--format",
        "json")
      #expect(plan.status != 0)
      let condition = "begins_with(name, 'someone 1') AND isApproved = false"
      let found = try await product.run(
        "rollback-plan", "latest", "--table", target, "--where", condition, "--format", "json")
      #expect(found.status == 0, "\(found.errors)")
      let answer: Plan = try found.decoded()
      #expect(answer.changes == 4, "operators 1 and 11")
      #expect(answer.decision?.choice == "undo")
      #expect(answer.decision?.undo.commands.first?.contains("--where 'begins_with(name") == true)
      try await product.succeed("rollback", "latest", "--table", target, "--where", condition)
      #expect(try await product.export(target).count == 10)
      expectSentence(
        try await product.run("rollback", "latest", "--where", "name = 'nobody'"), 2, ["is what was selected"]
      )
      expectSentence(
        try await product.run("rollback", "latest", "--attribute", "nothing"), 2, ["is what was selected"])
    }
  }

  @Test("--check tells which attributes were changed since, and which run did it")
  func check() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      try await data.change(4, in: target)
      try await product.succeed(
        "change", "--table", target, "--where", "address = '\(data.address(6))'", "--set", "score = 7",
        "--reason", "a test")
      let first = try await product.succeed("runs", "--format", "json")
      let run = try #require(first.firstMatch(of: /06-[0-9]{8}-[0-9]{6}-[a-z0-9]+/)).output
      let plan = try await product.run("rollback-plan", String(run), "--check", "--format", "json")
      #expect(plan.status == 0, "\(plan.errors)")
      let since = try #require(try plan.decoded(Plan.self).changedSince)
      #expect(since.attributes.map(\.attribute) == ["name", "score"])
      #expect(since.by.map(\.items) == [1] && since.by.map(\.migration) == ["change"])
      #expect(since.unknown == 1)
      let text = try await product.succeed("rollback-plan", String(run), "--check")
      for part in ["changed since the run", "decision: undo", "loses", "minutes at the run's own pace"] {
        #expect(text.contains(part), "\(part)\n\(text)")
      }
    }
  }
}
