import Foundation
import TestSupport
import Testing

/// SIGKILL while runs are archived and backups are deleted: the old state or the new one, and nothing lost.
@Suite(.serialized) struct RetentionKillTests {
  private static let table = "operators"

  private func withRuns(_ body: (Product, [String]) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try TortureData.write(400, to: folder + "/items.jsonl")
      let product = Product(in: folder, environment: ["NODE_OPERATORS_TABLE_NAME": Self.table])
      try await product.succeed("tables", "import", Self.table, "items.jsonl", "--key", "discordId:S")
      for number in 1...3 {
        try await product.succeed(
          "change", "--table", Self.table, "--set", "round = \(number)", "--reason", "a test", "--yes")
      }
      try await body(product, try await events(product, nil))
    }
  }

  /// Every change event of a journal, as `audit` writes it but for what says whether the chain was verified.
  private func events(_ product: Product, _ journal: String?) async throws -> [String] {
    let options = journal.map { ["--journal", $0] } ?? []
    let outcome = try await product.run(["audit", "--format", "json"] + options)
    guard outcome.status == 0 else { throw UnexpectedEnd(outcome: outcome) }
    return outcome.output.split(separator: "\n").map(String.init)
  }

  private func killed(_ product: Product, _ arguments: [String], after milliseconds: Int) async throws -> Bool
  {
    try await withTemporaryFolder { scratch in
      let child = try await product.start(arguments, scratch: scratch)
      try await Task.sleep(for: .milliseconds(milliseconds))
      child.send(SIGKILL)
      return try await child.wait() == -SIGKILL
    }
  }

  @Test("an archiving that is killed at any moment leaves every event in the journal or in the archive")
  func archive() async throws {
    try await withRuns { product, all in
      let command = ["runs", "archive", "--before", "0s", "--to", "old.sqlite", "--yes"]
      var kills = 0
      for delay in stride(from: 20, through: 900, by: 40) {
        if try await killed(product, command, after: delay) { kills += 1 }
        try await product.succeed("audit", "verify")
        let here = try await events(product, nil)
        guard here.isEmpty else {
          #expect(here == all, "after \(delay) ms")
          continue
        }
        break
      }
      #expect(kills > 0, "nothing was killed")
      if try await !events(product, nil).isEmpty {
        let outcome = try await product.run(command)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      try await product.succeed("audit", "verify", "--journal", "old.sqlite")
      #expect(try await events(product, "old.sqlite") == all)
      #expect(try await events(product, nil).isEmpty)
      try await product.succeed("audit", "verify")
    }
  }

  @Test("a deletion that is killed at any moment promises no backup that is gone, and can be typed again")
  func delete() async throws {
    try await withRuns { product, all in
      let made = try await product.run("backups", "--format", "json").decodedNames()
      #expect(made.count >= 3)
      var kills = 0
      for delay in stride(from: 20, through: 900, by: 40) {
        if try await killed(product, ["backups", "delete", "--older-than", "0s", "--yes"], after: delay) {
          kills += 1
        }
        try await product.succeed("audit", "verify")
        let left = try await product.run("backups", "--format", "json").decodedNames()
        let promised = try await product.run("runs", "--format", "json").output
        for name in made where promised.contains("\"\(name)\"") { #expect(left.contains(name), "\(name)") }
        if left.isEmpty { break }
      }
      #expect(kills > 0, "nothing was killed")
      let left = try await product.run("backups", "--format", "json").decodedNames()
      if !left.isEmpty { try await product.succeed(left) }
      #expect(try await product.run("backups", "--format", "json").decodedNames().isEmpty)
      #expect(try await events(product, nil) == all)
    }
  }
}

extension Product {
  /// Deletes what is left.
  fileprivate func succeed(_ names: [String]) async throws {
    let outcome = try await run(["backups", "delete"] + names + ["--yes"])
    guard outcome.status == 0 else { throw UnexpectedEnd(outcome: outcome) }
  }
}

extension Shell.Outcome {
  fileprivate func decodedNames() throws -> [String] {
    struct Stored: Decodable {
      let name: String
    }
    if output.isEmpty { return [] }
    return try JSONDecoder().decode([Stored].self, from: Data(output.utf8)).map(\.name)
  }
}
