import Foundation
import TestSupport
import Testing

@Suite("Reviewing a plan") struct PlanReviewTests {
  private struct ChangeLine: Decodable {
    let change: Int
    let unit: Int
    let stage: Int
    let kind: String
    let table: String
    let key: [String: [String: String]]
  }

  private func planned(_ body: (OperatorFolder) async throws -> Void) async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await body(data)
    }
  }

  private func changes(_ data: OperatorFolder, _ options: String...) async throws -> [ChangeLine] {
    let outcome = try await data.product().run(["show", "latest", "--changes", "--format", "json"] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(ChangeLine.self, from: Data($0.utf8))
    }
  }

  @Test("every change is shown, by table, item, attribute and kind")
  func filters() async throws {
    try await planned { data in
      let all = try await changes(data)
      #expect(all.map(\.change) == Array(1...24))
      #expect(Set(all.map(\.unit)).count == 12)
      #expect(try await changes(data, "--table", source).map(\.kind) == Array(repeating: "delete", count: 12))
      #expect(try await changes(data, "--kind", "create").map(\.table) == Array(repeating: target, count: 12))
      let key = "discordId=\(data.id(3))"
      #expect(try await changes(data, "--table", source, "--key", key).count == 1)
      #expect(try await changes(data, "--attribute", "score").count == 24)
      #expect(try await changes(data, "--attribute", "score", "--kind", "delete").count == 12)
    }
  }

  @Test("a sample is spread over the plan, and the same each time")
  func sample() async throws {
    try await planned { data in
      let sample = try await changes(data, "--sample", "4")
      #expect(sample.map(\.change) == [6, 12, 18, 24])
      #expect(try await changes(data, "--sample", "3", "--kind", "create").count == 3)
      #expect(try await changes(data, "--sample", "99").count == 24)
    }
  }

  @Test("what matches nothing is refused, and filters without --changes are wrong usage")
  func nothing() async throws {
    try await planned { data in
      let product = data.product()
      let none = try await product.run("show", "latest", "--changes", "--table", "other")
      #expect(none.status == 2, "\(none.output)")
      #expect(none.errors.contains("no change of run"))
      #expect(try await product.run("show", "latest", "--table", source).status == 64)
      #expect(try await product.run("show", "latest", "--changes", "--key", "a=b").status == 64)
      #expect(try await product.run("show", "latest", "--changes", "--sample", "0").status == 64)
    }
  }

  @Test("as text a change is a difference, with colour where it is asked for, and what is removed is shown")
  func text() async throws {
    try await planned { data in
      let text = try await data.product().succeed("show", "latest", "--changes")
      #expect(text.contains("delete \(source) discordId=\(data.id(3))\n"))
      #expect(text.contains("\n  - score = 3.5\n"))
      #expect(text.contains("\n  + score = 3.5\n"))
      #expect(text.hasSuffix("\n24 of 24 changes\n"))
      #expect(!text.contains("\u{1B}"))
      let colour = try await data.product().succeed("show", "latest", "--changes", "--color", "always")
      #expect(colour.contains("\u{1B}[32m  + score = 3.5\u{1B}[0m\n"))
      #expect(colour.contains("\u{1B}[31m  - score = 3.5\u{1B}[0m\n"))
    }
  }

  @Test("the plan counts by table and attribute, in text and as JSON")
  func totals() async throws {
    try await withOperators { data in
      let text = try await data.product().succeed(
        "change", "--table", source, "--set", "score = 7, extra = 1", "--remove", "tags", "--dry-run",
        "--reason", "a look")
      for line in [
        "15 changes in 15 units", "operators  extra         15        0        0",
        "operators  score          0       15        0", "operators  tags           0        0       15",
      ] {
        #expect(text.contains(line), "'\(line)' is missing in \(text)")
      }
      let answer = try JSONSerialization.jsonObject(
        with: Data(try await data.product().succeed("show", "latest", "--format", "json").utf8))
      let plan = try #require((answer as? [String: Any])?["plan"] as? [String: Any])
      let tables = try #require(plan["tables"] as? [[String: Any]])
      #expect(plan["changes"] as? Int == 15)
      #expect(tables.first?["updates"] as? Int == 15)
      #expect(
        (tables.first?["attributes"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == [
          "extra", "score", "tags",
        ])
    }
  }

  @Test("--detailed-exit-code tells changes from nothing to do")
  func detailedExitCode() async throws {
    try await withOperators { data in
      let product = data.product()
      #expect(try await product.run("run", rekeying, "--dry-run", "--detailed-exit-code").status == 6)
      try await product.succeed("run", rekeying, "--detailed-exit-code")
      #expect(try await product.run("run", rekeying, "--dry-run", "--detailed-exit-code").status == 0)
    }
  }

  @Test("on a terminal changes open in the pager, and so they do at the question")
  func pager() async throws {
    try await planned { data in
      var environment = data.product().environment
      environment.merge(["TERM": "xterm", "PAGER": "sed s/^/paged:/"]) { $1 }
      func typed(_ command: String, _ lines: String) async throws -> Shell.Outcome {
        try await Shell.run(
          "/usr/bin/script", ["-qec", "'\(Product.path)' \(command)", "/dev/null"], input: Array(lines.utf8),
          environment: environment, folder: data.folder)
      }
      let shown = try await typed("show latest --changes", "")
      #expect(shown.output.contains("paged:24 of 24 changes"), "\(shown.output)")
      let asked = try await typed("resume latest", "d\nn\n")
      #expect(asked.status == 2, "\(asked.output)")
      #expect(asked.output.contains("paged:24 of 24 changes"), "\(asked.output)")
      #expect(asked.output.contains("d shows every change"), "\(asked.output)")
    }
  }
}
