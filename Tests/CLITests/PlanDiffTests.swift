import Foundation
import TestSupport
import Testing

@Suite("plan-diff") struct PlanDiffTests {
  private func change(_ data: OperatorFolder, _ set: String, _ more: String...) async throws {
    let outcome = try await data.product().run(
      ["change", "--table", source, "--set", set, "--dry-run", "--reason", "a look"] + more)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  private func runs(_ data: OperatorFolder) async throws -> [String] {
    let lines = try await data.product().succeed("runs", "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(lines.utf8))
    let runs = (object as? [[String: Any]]) ?? ((object as? [String: Any])?["runs"] as? [[String: Any]])
    return try #require(runs).compactMap { $0["run"] as? String }
  }

  private func diff(_ data: OperatorFolder, _ more: String...) async throws -> Shell.Outcome {
    let runs = try await runs(data)
    return try await data.product().run(["plan-diff", runs[0], runs[1]] + more)
  }

  @Test("the same plan made twice is the same, by another order of reading, too")
  func same() async throws {
    try await withOperators { data in
      try await change(data, "plan = 'free'")
      try await change(data, "plan = 'free'", "--segments", "3")
      let outcome = try await diff(data, "--detailed-exit-code")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("the plans make the same changes"))
      #expect(outcome.output.contains("in both                 15 changes"))
    }
  }

  @Test("what only one plan has, and what both change in another way, is shown and counted")
  func differences() async throws {
    try await withOperators { data in
      try await change(data, "plan = 'free'", "--where", "score < 9")
      try await change(data, "plan = if_not_exists(tier, 'free')", "--where", "score > 3")
      try await data.product().succeed(
        "change", "--table", source, "--set", "plan = 'paid'", "--where", "score > 3", "--dry-run",
        "--reason",
        "x")
      let outcome = try await diff(data, "--detailed-exit-code")
      #expect(outcome.status == 6, "\(outcome.errors)")
      #expect(outcome.output.contains("in both                 6 changes"), "\(outcome.output)")
      #expect(outcome.output.contains("only in the first       3 changes"))
      #expect(outcome.output.contains("only in the second      6 changes"))
      let runs = try await runs(data)
      let paid = try await data.product().run("plan-diff", runs[0], runs[2], "--format", "json")
      let object = try JSONSerialization.jsonObject(with: Data(paid.output.utf8)) as? [String: Any]
      #expect(object?["same"] as? Bool == false)
      #expect(object?["different"] as? Int == 6)
      let listed = try #require(object?["differences"] as? [[String: Any]])
      #expect(listed.count == 15)
      let pair = try #require(listed.first { $0["kind"] as? String == "different" })
      #expect((pair["first"] as? [String: Any])?["table"] as? String == source)
      #expect((pair["second"] as? [String: Any])?["table"] as? String == source)
    }
  }

  @Test("ten of a kind are shown, all when asked; another journal may have the second plan")
  func limits() async throws {
    try await withOperators { data in
      try await change(data, "plan = 'free'")
      try await change(data, "plan = 'paid'", "--journal", data.folder + "/other.sqlite")
      let run = try await runs(data)[0]
      let options = ["plan-diff", run, "latest", "--second-journal", data.folder + "/other.sqlite"]
      let ten = try await data.product().run(options)
      #expect(ten.status == 0, "\(ten.errors)")
      #expect(ten.output.contains("another change in each (10 of 15; all with --all)"), "\(ten.output)")
      let all = try await data.product().run(options + ["--all"])
      #expect(all.output.components(separatedBy: "first: update").count == 16, "\(all.output)")
    }
  }
}
