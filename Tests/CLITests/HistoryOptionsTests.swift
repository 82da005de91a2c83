import Foundation
import TestSupport
import Testing

@Suite("What history, audit and verify tell") struct HistoryOptionsTests {
  private struct History: Decodable {
    struct Event: Decodable {
      struct Place: Decodable {
        let table: String
      }
      let event: String
      let movedTo: Place?
      let movedFrom: Place?
      let standing: String
    }
    let events: [Event]
  }

  @Test("history tells where the item went and whether that was undone; a dry run stands apart")
  func history() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      try await product.succeed("run", rekeying)
      let key = "discordId=\(data.id(1))"
      let moved = try await product.run("history", source, key, "--format", "json")
      let events = try moved.decoded(History.self).events.filter { $0.movedTo != nil }
      #expect(events.map(\.standing) == ["planned", "standing"])
      #expect(events.allSatisfy { $0.movedTo?.table == target })
      try await product.succeed("rollback", "latest")
      let text = try await product.succeed("history", source, key)
      for part in ["moved to \(target)", "undone since", "planned, and not made"] {
        #expect(text.contains(part), "\(text)")
      }
      let place = try #require(text.firstRange(of: "planned, and not made")).lowerBound
      #expect(text[..<place].contains("undone since"))
    }
  }

  @Test("audit and history write comma-separated values; other commands refuse them")
  func csv() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--reason", "=HYPERLINK(\"x\"),y")
      let audit = try await product.succeed("audit", "--format", "csv", "--run", "latest")
      let lines = audit.components(separatedBy: "\r\n")
      #expect(lines.first?.hasPrefix("seq,at,event,run,migration,table,key,before,after,actor") == true)
      #expect(lines.count == 2 * 2 * 2 + 2)
      #expect(audit.contains("\"'=HYPERLINK(\"\"x\"\"),y\""))
      let history = try await product.succeed("history", source, "discordId=\(data.id(0))", "--format", "csv")
      #expect(history.components(separatedBy: "\r\n").count >= 4)
      expectSentence(try await product.run("runs", "--format", "csv"), 64, ["--format csv is for"])
    }
  }

  @Test("a migration and an actor that the journal does not know are said, exit code 2")
  func unknown() async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      expectSentence(try await product.run("audit", "--migration", "06_add"), 2, ["no run of '06_add'"])
      expectSentence(try await product.run("audit", "--actor", "nobody"), 2, ["nobody called 'nobody'"])
      expectSentence(try await product.run("audit", "--run", "99"), 64, ["no run '99'"])
      #expect(try await product.run("audit", "--since", "2030-01").status == 0)
    }
  }

  @Test("verify tells what was not achieved apart from what was changed since")
  func verify() async throws {
    try await withOperators(owned: 5, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      try await data.change(2)
      #expect(try await product.run("resume", "latest").status == 1)
      let whole = try await product.run("verify", "latest")
      #expect(
        whole.status == 0
          && whole.output.contains("2 were not achieved by the run: 2 failed, 0 not sent, 0 in doubt"),
        "\(whole.output)")
      try await data.change(3, in: target)
      let changed = try await product.run("verify", "latest", "--format", "json")
      #expect(
        changed.status == 1 && changed.output.contains("\"failed\": 2")
          && changed.output.contains("\"changedSince\": 1"), "\(changed.output)")
    }
  }
}
