import Foundation
import TestSupport
import Testing

@Suite("Backups one after the other, and of tables with long names") struct BackupNameTests {
  private struct Answer: Decodable {
    struct Backup: Decodable {
      let name: String
      let arn: String
    }
    let run: String
    let backups: [Backup]
  }

  private static let migrations = [
    "00_update_node_operators", "01_migrate_validators", "04_remove_discord_username_attribute",
  ]

  /// Runs `body` with a table of that name, which the migrations change one after the other.
  private func withTable(_ name: String, _ body: (Product) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let product = Product(
        in: folder, environment: ["NODE_OPERATORS_TABLE_NAME": name, "VALIDATORS_TABLE_NAME": "validators"])
      let line = #"{"discordId":{"S":"1"},"discordUsername":{"S":"u"},"validators":{"L":[{"S":"0xa"}]}}"#
      try write(line + "\n", to: folder + "/items.jsonl")
      try await product.succeed("tables", "import", name, "items.jsonl", "--key", "discordId:S")
      try await body(product)
    }
  }

  @Test(
    "runs in a row each restore the state before themselves", arguments: ["on-demand", "export"],
    [6, 222, 223, 255])
  func inARow(_ kind: String, _ length: Int) async throws {
    let table = String(repeating: "t", count: length)
    try await withTable(table) { product in
      var before: [(answer: Answer, items: [String])] = []
      for migration in Self.migrations {
        let items = try await product.export(table)
        let outcome = try await product.run("run", migration, "--backup", kind, "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        before.append((try outcome.decoded(), items))
      }
      #expect(Set(before.map(\.items)).count == 3, "each run changes something")
      #expect(
        Set(before.flatMap(\.answer.backups).map(\.arn)).count == before.flatMap(\.answer.backups).count)
      for (number, run) in before.enumerated() {
        let tables = run.answer.backups.count > 1 ? ["--table", table] : []
        let outcome = try await product.run(["restore", run.answer.run, "--to", "copy-\(number)"] + tables)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try await product.export("copy-\(number)") == run.items)
      }
    }
  }

  @Test("backups that are asked for at once are each one of their own", arguments: ["on-demand", "export"])
  func atOnce(_ kind: String) async throws {
    try await withTable("items") { product in
      for _ in 0..<4 { try await product.succeed("backup", "items", "--backup", kind) }
      let listed: [Answer.Backup] = try await product.run("backups", "items", "--format", "json").decoded()
      #expect(Set(listed.map(\.name)).count == 4)
      for (number, backup) in listed.enumerated() {
        try await product.succeed("restore", backup.name, "--to", "copy-\(number)")
      }
    }
  }
}
